#pragma once
// Rescue at growing distances over a whole study.

#include <vector>

#include "report/study.hpp"
#include "report/table.hpp"

namespace spinechron::report {

/// For each group, interval and distance: formed and rescued spines of all series, how many rescues chance
/// would give, and the probability of as many or more (see rescue_sweep_table, whose files it reads). Every
/// series keeps its own chance, which depends on its lost sites and lengths.
Table group_rescue_table(const std::vector<SeriesOnDisk>& series);

}  // namespace spinechron::report
