#pragma once
// Dendrites: centrelines with radii, and the same dendrite in every session.

#include <memory>
#include <string>
#include <vector>

#include "core/geometry.hpp"

namespace spinechron {

/// A traced dendrite or branch in one image.
struct Dendrite {
  int id = 0;                     ///< 1, 2, ... in a fixed order; unique in its tracing
  Curve centreline;               ///< um, equal steps of arc
  std::vector<double> radius_um;  ///< half width at half maximum at each point; same size as centreline
  int parent = 0;                 ///< id of the dendrite it branches off, 0: none
  size_t parent_point = 0;        ///< index in the parent's centreline where it begins
  double snr = 0;                 ///< shaft over the noise beside it; 0: not measured
};

/// Over the noise beside it, smoothed as for evidence; a shaft below lies on noise: the dendrite is lost.
inline constexpr double kLeastShaftSnr = 3;

/// All dendrites of one image.
using Tracing = std::vector<Dendrite>;

class Evidence;  // evidence/evidence.hpp

/// Where the dendrites of a series lie in one session, and how to get from there to the reference frame.
///
/// `dendrites[d]` is the same piece of tissue in every session of a series (same id, same order), on the
/// session's own image; `arc_from_reference[d][i]` is the arc position there (um) of the point at arc i *
/// arc_step_um on the reference curve, NaN where this session does not show it. The reference curve is that
/// of some session, not always the first.
struct Frame {
  bool usable = true;  ///< false: nothing of this session can be compared; `reason` says why
  std::string reason;
  Affine reference_from_session;
  Tracing dendrites;
  double arc_step_um = 0.12;
  std::vector<std::vector<double>> arc_from_reference;
  std::vector<std::vector<double>> error_um;  ///< standard error of that arc position, same shape
  /// What the image says beside each dendrite, measured once; empty until then.
  std::vector<std::shared_ptr<const Evidence>> evidence;
};

}  // namespace spinechron
