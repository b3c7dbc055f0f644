#pragma once
// Which results there are, and the short table at the end of a run.

#include <string>
#include <vector>

#include "core/series.hpp"

namespace spinechron {

/// The series in `out` whose result counts (`find_finished`); what is left out becomes a warning each.
std::vector<Series> finished_or_warned(const std::string& out);

std::vector<std::string> stems_of(const std::vector<Series>& series);

/// One row for every interval of every series that has a result in `out`, read from its tables: spines at the
/// earlier session, eliminated, formed, rescued, not assessable. A series with a single session has one row
/// with its spines.
std::string summary_table(const std::string& out, const std::vector<Series>& series);

}  // namespace spinechron
