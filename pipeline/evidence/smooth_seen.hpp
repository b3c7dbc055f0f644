#pragma once
// Smoothing of samples some of which are not there.

#include "evidence/strip.hpp"

namespace spinechron {

/// Gaussian smoothing along the levels, the arc and the distance of a block, with standard deviations in
/// samples (below 0.2: not along that one). What is not finite is left out and stays as it is.
void smooth_seen(Block& block, double sigma_levels, double sigma_arcs, double sigma_across);

}  // namespace spinechron
