#pragma once
// The short table at the end of a run.

#include <string>
#include <vector>

#include "core/series.hpp"

namespace spinechron {

/// One row for every interval of every series that has a result in `out`, read from its tables: spines at the
/// earlier session, eliminated, formed, rescued, not assessable. A series with a single session has one row
/// with its spines.
std::string summary_table(const std::string& out, const std::vector<Series>& series);

}  // namespace spinechron
