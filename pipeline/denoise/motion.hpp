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
  double significance = 3;  ///< a slice is moved when its movement is so many times its own standard error
  double least_um = 0.02;   ///< r.m.s. movement that is worth an interpolation
};

/// Lateral movement of the slices of a stack.
struct Motion {
  std::vector<Eigen::Vector2d> shift_um;  ///< of each slice's content, x and y; subtract it to undo
  double rms_um = 0;                      ///< r.m.s. over all slices of the movement that is to be undone
  double error_um = 0;                    ///< r.m.s. standard error of a slice's movement
  bool significant = false;
};

/// Movement of slices against their neighbours: what all structures of a slice do together and not smoothly.
///
/// The steps between neighbouring slices with their covariances (see measure_steps) are a sum of three
/// things: a slow drift, as structures that lean one way make it (Gaussian process with length `smooth_um`),
/// which is no movement; jitter of every slice on its own; and a few jumps, of one slice or of all slices
/// beyond a step. The jitter's size is the likeliest one, none unless that beats none; a jump enters when it
/// alone explains a chi-square of 20 (30 where it lasts) and is larger than 0.15 um, the clearest first;
/// jitter alone is taken where it explains the steps better than jumps do. A slice's movement is its
/// expectation given the steps; so a slice that could not be measured stays where it is and disturbs no
/// other, and of a lone straight dendrite only the movement across it is undone. After a jump that lasts the
/// longer part of the stack stays in place. Movement within a slice, from line to line, is not looked for.
/// Fewer than 5 slices or no structures: no movement. Deterministic; cost linear in voxels, at least cubic in
/// slices.
Motion measure_motion(const Image& image, const MotionConfig& config, const Context& context);

/// Moves the content of each slice by minus its shift: windowed-sinc interpolation (Lanczos, 3 lobes), which
/// nearly keeps the noise; beyond the borders the border value goes on. Slices with shifts below a fiftieth
/// of a voxel stay as they are, voxel for voxel.
void undo_motion(Image& image, const std::vector<Eigen::Vector2d>& shift_um, const Context& context);

}  // namespace spinechron
