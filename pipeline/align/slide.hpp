#pragma once
// Registration along a dendrite, in its own frame: which arc of one session is which arc of another.
//
// A straight shaft says nothing about where along it one is; what stands beside it and how thick it is does.
// The offset is found by dynamic programming over the whole dendrite, slope-limited, on profiles of excess
// light on both sides at all depths and of the shaft's thickness. Spines that come or go are a minority in
// any stretch, and no offset can follow one.

#include <vector>

#include "evidence/evidence.hpp"

namespace spinechron {

struct Slide {
  std::vector<double> arc_um;    ///< arc in `to` at every sample of `from`; NaN outside
  std::vector<double> error_um;  ///< posterior standard deviation of it
};

/// Both curves must start as images of each other (same sampling, offsets within `reach_um`).
Slide slide_along(const Evidence& from, const Evidence& to, double reach_um);

}  // namespace spinechron
