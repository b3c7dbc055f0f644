#pragma once
// Motion within a stack: how far each slice lies beside where its neighbours say it should, and undoing it.

#include <Eigen/Core>
#include <vector>

#include "core/image.hpp"
#include "core/stage.hpp"

namespace spinechron {

struct MotionConfig {
  double smooth_um = 4;  ///< movement slower than this along z is kept: dendrites that run obliquely look so
  double most_um = 1.2;  ///< largest movement from one slice to the next that is looked for
  double significance = 2;  ///< movement counts when it is so many times its own standard error
  double least_um = 0.02;   ///< r.m.s. movement that is worth an interpolation
};

/// Lateral movement of the slices of a stack.
struct Motion {
  std::vector<Eigen::Vector2d> shift_um;  ///< of each slice's content, x and y; subtract it to undo
  double rms_um = 0;    ///< r.m.s. of the movement's length over the slices that could be measured
  double error_um = 0;  ///< the part of it that the measurement's own error makes
  bool significant = false;
};

/// Movement of slices against their neighbours, measured on structures only.
///
/// Slices are binned to about 0.24 um, band-passed and cut off at what noise reaches; each is compared with
/// the next by the place of the peak of their cross-correlation, in tiles (only products of two slices enter,
/// so noise does not pull the peak to zero). What the tiles agree on, robustly, is movement; what they
/// disagree on, its error. Positions are the running sum, and what a line over `smooth_um` of neighbouring
/// slices cannot follow is movement; the rest may be tilted structures and stays. Measured movement is shrunk
/// by the share that error has in it. Fewer than 5 slices, or no structures: no movement.
Motion measure_motion(const Image& image, const MotionConfig& config, const Context& context);

/// Moves the content of each slice by minus its shift: windowed-sinc interpolation (Lanczos, 3 lobes), which
/// nearly keeps the noise; beyond the borders the border value goes on. Slices with shifts below a fiftieth
/// of a voxel stay as they are, voxel for voxel.
void undo_motion(Image& image, const std::vector<Eigen::Vector2d>& shift_um, const Context& context);

}  // namespace spinechron
