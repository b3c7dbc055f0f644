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
  double significance = 3;  ///< jitter counts when the whole stack shows it with so many standard errors
  double least_um = 0.04;   ///< r.m.s. movement that is worth an interpolation: it blurs by 1 %
};

/// Lateral movement of the slices of a stack.
struct Motion {
  std::vector<Eigen::Vector2d> shift_um;  ///< of each slice's content, x and y; subtract it to undo
  double rms_um = 0;                      ///< r.m.s. of the movement that was found, shrunk as it is undone
  double error_um = 0;  ///< r.m.s. standard error of a slice's place, what could not be measured included
  bool significant = false;
};

/// Movement of slices against their neighbours: what all structures of a slice do together and not smoothly.
///
/// The steps between neighbouring slices with their covariances (measure_steps) are a sum of three things: a
/// slow drift, as structures that lean one way make it (Gaussian process with length `smooth_um`), which is
/// no movement; jitter of every slice on its own; and a few jumps, of one slice or of all slices beyond a
/// step. The jitter has one variance for the whole stack, the likeliest, and none unless the likelihood ratio
/// against none is `significance` standard errors; it is the stack that is tested, not each slice. A jump
/// enters, the clearest first, if a still stack would show one such by a chance of 0.001 and it is larger
/// than 0.15 um. Jitter alone is taken where it explains the steps better than jumps do.
///
/// A slice's movement is its expectation given all steps (random effects: measured movement is shrunk by the
/// share that error has in it). So a slice that could not be measured stays where it is and disturbs no
/// other, and of a lone straight dendrite only the movement across it is undone. After a jump that lasts the
/// longer part of the stack stays in place. Movement within a slice, from line to line, is not looked for.
/// Fewer than 5 slices or no structures: no movement. Deterministic; cost linear in voxels, cubic in slices.
Motion measure_motion(const Image& image, const MotionConfig& config, const Context& context);

/// Moves the content of each slice by minus its shift: windowed-sinc interpolation (Lanczos, 3 lobes), which
/// nearly keeps the noise; beyond the borders the border value goes on. Slices with shifts below a fiftieth
/// of a voxel stay as they are, voxel for voxel.
void undo_motion(Image& image, const std::vector<Eigen::Vector2d>& shift_um, const Context& context);

}  // namespace spinechron
