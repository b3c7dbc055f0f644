#pragma once
// A Methods paragraph that is true for one run.

#include <string>

#include "core/result.hpp"
#include "report/context.hpp"
#include "report/group_statistics.hpp"

namespace spinechron::report {

/// What was analysed, and with what.
struct MethodsFacts {
  std::string stacks;     ///< "2 sessions (a and b; voxel size 0.1 x 0.1 x 1 um)"
  size_t n_sessions = 1;  ///< of a series, at most
  std::string reference;  ///< the session whose frame is the reference; empty: each series has its own
  std::string version, commit;
  ReportConfig config;
  double rescue_um = 1.0;
  std::vector<Setting> settings;  ///< in effect; the steps' stages are named from them
};

/// How images were analysed and drawn: plain text, to be pasted into a paper.
std::string analysis_text(const MethodsFacts& facts);

/// The paragraph of one series; every number in it is this run's.
std::string methods_text(const SeriesResult& result, const ReportContext& context);

/// The paragraph of a study: analysis_text() and how animals were compared.
std::string study_methods_text(const MethodsFacts& facts, const GroupStatistics& statistics,
                               double confidence);

/// "a, b and c"
std::string list_of(const std::vector<std::string>& items);

/// The quality of a session in plain words, one or more sentences.
std::string quality_text(const SessionResult& session);

/// Whether a whole series can be used: "usable", "usable with care: why" or "not usable: why". Of several
/// sessions two must be usable; a session that is not plainly usable, or more than a tenth of the spines'
/// states without a verdict in usable sessions, asks for care. Spines that are perhaps boutons are counted in
/// words and change no verdict.
std::string series_quality_text(const SeriesResult& result);

}  // namespace spinechron::report
