#pragma once
// One identity over all sessions: candidates of different sessions that are the same place on the same side
// of the same dendrite.

#include <vector>

#include "core/dendrite.hpp"
#include "core/spine.hpp"
#include "evidence/evidence.hpp"

namespace spinechron {

/// A candidate in the series' common coordinates.
struct Sighting {
  size_t session = 0, candidate = 0;  ///< candidates[session][candidate]
  size_t dendrite = 0;                ///< index in Frame::dendrites
  Site here;                          ///< in its session
  double ref_arc_um = 0;              ///< the arc in the reference
  double arc_error_um = 0;            ///< standard error of ref_arc_um
  double strength = 0;                ///< snr; stronger sightings say more about where the site is
};

/// A place beside a dendrite with its sightings, at most one a session.
struct Place {
  size_t dendrite = 0;
  Side side = Side::left;
  double ref_arc_um = 0, out_um = 0, depth_um = 0;  ///< mean of the sightings, weighted by strength
  double arc_error_um = 0;                          ///< the largest of its sightings'
  std::vector<Sighting> sightings;
  void settle();  ///< recomputes the mean
  const Sighting* in(size_t session) const;
};

/// Links nearest pairs first, whatever the order of the sessions; `gate_um` is the largest distance along the
/// dendrite.
std::vector<Place> link(std::vector<Sighting> sightings, double gate_um);

}  // namespace spinechron
