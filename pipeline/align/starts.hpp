#pragma once
// How every session of a series lies to every other before any is the reference, and which is to be it.

#include <vector>

#include "align/coarse.hpp"
#include "core/stage.hpp"

namespace spinechron {

class Starts {
 public:
  /// Registers every pair of sessions once, whichever came first in time: nothing here depends on the order
  /// of the sessions.
  Starts(const std::vector<const Stack*>& stacks, double max_rotation_deg);

  const Projected& view(size_t session) const { return views_[session]; }
  const CoarseFit& fit(size_t reference, size_t session) const { return fits_[reference * n_ + session]; }

  /// The sessions with a dendrite in the order in which they are to be the reference: first the one that all
  /// others resemble most; of equals the one with the most dendrite.
  std::vector<size_t> order(const std::vector<Tracing>& tracings) const;

 private:
  size_t n_;
  std::vector<Projected> views_;
  std::vector<CoarseFit> fits_;
};

}  // namespace spinechron
