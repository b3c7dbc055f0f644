#pragma once
// How far the content of each slice lies beside that of the slice before it, with the error of that.

#include <Eigen/Core>
#include <vector>

#include "core/image.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// Lateral shift from one slice to the next.
struct SliceStep {
  Eigen::Vector2d shift_um = Eigen::Vector2d::Zero();
  Eigen::Matrix2d covariance_um2 = Eigen::Matrix2d::Zero();  ///< enormous along what cannot be measured
};

/// One step for each pair of neighbouring slices (none for images under 24 bins of about 0.24 um aside).
///
/// Slices are binned, band-passed and cut off at what noise reaches; each is compared with the next by the
/// peak of their cross-correlation, in tiles of about 2.4 um. Only products of two slices enter, so noise
/// does not pull the peak to zero, and a structure that only gets dimmer does not move it. Of a shaft only
/// what it says across itself counts: where it leans, its sharp part wanders along it. The step is what the
/// tiles agree on, robustly, and its covariance comes from their disagreement, so it holds noise as well as
/// structures that change with depth; slices that have less in common are trusted less. A direction along
/// which all structures run, or fewer than 5 tiles with structures, tells nothing.
/// @param most_um largest step that is looked for
std::vector<SliceStep> measure_steps(const Image& image, double most_um, const Context& context);

}  // namespace spinechron
