#pragma once
// From an arc position in a session to the one in the reference, and back.

#include "core/dendrite.hpp"

namespace spinechron {

/// Arc on the reference curve (um) of a point at `arc_um` of `dendrite` (index) in the frame's own session,
/// by linear interpolation; up to 0.5 um beyond what the session shows it is the nearest end, farther NaN.
double reference_arc(const Frame& frame, size_t dendrite, double arc_um);

/// The way back: arc in the frame's own session (um) of the place at `ref_arc_um` of the reference curve,
/// clamped to its ends; NaN where the session does not show it.
double session_arc(const Frame& frame, size_t dendrite, double ref_arc_um);

/// Arc of the place of `dendrite` (index) nearest to `point`, in this session's own arc: `arc_step_um` from
/// point to point of the centreline, whatever the registration stretched. The dendrite must have a
/// centreline.
double nearest_arc(const Frame& frame, size_t dendrite, const Vec3& point);

}  // namespace spinechron
