#pragma once
// What would be found if new spines chose their places at random.

#include <cstdint>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace spinechron::report {

/// A place on one side of a dendrite.
struct Site {
  double arc_um = 0;
  Side side = Side::left;
};

/// Stretches of arc (from, to; um of the reference, in order, not overlapping).
using Stretches = std::vector<std::pair<double, double>>;

/// Stretches of dendrite `d` (index) that both sessions show.
Stretches shared_stretches(const SeriesResult& result, size_t d, size_t session_a, size_t session_b);

/// Probability that a spine put anywhere on the stretches, on either side, stands within `within_um` of one
/// of the `lost` sites on the same side. It is exact (the share of length that the sites' surroundings
/// cover), which is what a permutation of the new spines tends to. 0 without stretches.
double chance_of_rescue(const Stretches& stretches, const std::vector<Site>& lost, double within_um);

}  // namespace spinechron::report
