#pragma once
// A Methods paragraph that is true for one run.

#include <string>

#include "core/result.hpp"
#include "report/context.hpp"

namespace spinechron::report {

/// Plain text, to be pasted into a paper; every number in it is this run's.
std::string methods_text(const SeriesResult& result, const ReportContext& context);

/// The quality of a session in plain words, one or more sentences.
std::string quality_text(const SessionResult& session);

}  // namespace spinechron::report
