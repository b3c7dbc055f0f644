#pragma once
// The detector and the digitiser: expected photons become counts.

#include "core/image.hpp"
#include "core/noise.hpp"
#include "phantom/config.hpp"
#include "phantom/optics.hpp"
#include "phantom/random.hpp"

namespace spinechron {

/// One session's light path and electronics.
struct Camera {
  NoiseModel noise;       ///< gain, offset, read noise, correlation along the line (0 to 0.65) and across
  double flux = 1;        ///< laser power and dye, relative to the first session's
  double background = 0;  ///< photons a voxel everywhere
  double depth_um = 300;  ///< the signal falls by exp(-z / depth)
  double shading = 0;     ///< relative fall of the signal from the field's middle to its corners
  double shading_x = 0, shading_y = 0;  ///< relative tilt of the field's brightness along x and y
  double line_jitter_um = 0;            ///< s.d. of each line's shift along the scan
  SliceShifts slice_shifts;             ///< of every slice; empty: none

  /// Signal that arrives from a point, relative to the middle of the first slice.
  double transmission(const Vec3& at_um, const Vec3& extent_um) const;
};

Camera random_camera(const PhantomConfig& config, size_t session, std::uint64_t seed);

/// Multiplies a noise-free image by flux and transmission and adds the background, in place.
void expose(Image& photons, const Camera& camera);

/// Shifts lines by the jitter, draws photons, correlates their noise, adds gain, offset and read noise, and
/// rounds to whole counts from 0 to 65535. Below zero is clipped, as digitisers do.
Image detect_counts(const Image& expected_photons, const Camera& camera, Random& random);

/// By how much the correlation of neighbouring noise raises the variance of a sum over a patch wider than
/// it: 1 for white noise.
double patch_variance_factor(const NoiseModel& noise);

}  // namespace spinechron
