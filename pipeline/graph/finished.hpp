#pragma once
// Which series have a result in an output folder.

#include <string>
#include <vector>

#include "core/series.hpp"

namespace spinechron {

/// A series as its mark describes it.
struct FinishedSeries {
  Series series;     ///< labels, group, sessions with label and hours; paths as the run saw them
  std::string mark;  ///< the provenance file, from the output folder on
};

/// All series in `out` whose result is whole: the mark can be read and every file that it names is there with
/// the size and bytes it names. In natural order of subject, then sample. Series that are not whole are left
/// out, and those that failures.tsv names: what they have is of an earlier run, from other inputs or another
/// configuration. `problems`, if given, gets one sentence for each. Staging folders are not looked into.
/// UsageError if `out` is no folder; Error if failures.tsv cannot be understood.
std::vector<FinishedSeries> find_finished(const std::string& out,
                                          std::vector<std::string>* problems = nullptr);

}  // namespace spinechron
