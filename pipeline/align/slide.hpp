#pragma once
// Registration along a dendrite, in its own frame: which arc of one session is which arc of another.
//
// A straight shaft says nothing about where along it one is; what stands beside it and how thick it is does.
// The offset is found by dynamic programming over the whole dendrite, slope-limited, on profiles of excess
// light on both sides at all depths and of the shaft's thickness. Spines that come or go are a minority in
// any stretch, and no offset can follow one.
//
// Whether the two are the same dendrite at all is told by the same score: `to` run through backwards, its
// sides exchanged, or begun at its middle is a dendrite of the same kind that cannot be this one, so the best
// score against these is what chance gives.

#include <array>
#include <vector>

#include "evidence/evidence.hpp"

namespace spinechron {

struct Slide {
  std::vector<double> arc_um;    ///< arc in `to` at every sample of `from`; NaN outside
  std::vector<double> error_um;  ///< posterior standard deviation of it
  double agreement = 0;  ///< of what stands beside the two at these offsets: log likelihood up to a constant
  double by_chance = 0, by_chance_variance = 0;  ///< the same with `to` as other tissue would be
};

/// Both curves must start as images of each other (same sampling, offsets within `reach_um`).
Slide slide_along(const Evidence& from, const Evidence& to, double reach_um);

/// The agreement to expect of two images of one bare shaft: thickness varies as it does between sessions, and
/// nothing stands beside it.
double agreement_of_bare_shafts(double length_um);

}  // namespace spinechron
