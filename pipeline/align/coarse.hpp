#pragma once
// A rigid start between two sessions: rotation and shift in the plane by cross-correlation of projections.

#include <vector>

#include "core/geometry.hpp"
#include "core/image.hpp"

namespace spinechron {

/// What the coarse registration sees of a session, freed of haze.
struct Projected {
  Image slices;    ///< on pixels of about kPixelUm, smoothed by 0.6 um along z
  Vec3 origin_um;  ///< of the first pixel's centre
  /// The maximum projection, compressed:
  std::vector<float> pixels;  ///< rows of `width`
  int width = 0, height = 0;
  static constexpr double kPixelUm = 0.4;  ///< about one lateral PSF (FWHM)
};
Projected project_for_registration(const Image& image);

struct CoarseFit {
  Affine session_from_reference;  ///< depth is left alone
  double correlation = 0;         ///< of the projections at the best place, -1 to 1
};

/// Cross-correlates rotated versions of `session` with `reference` (rotation up to `max_degrees`).
CoarseFit coarse_registration(const Projected& reference, const Projected& session, double max_degrees);

/// Shift in depth (um) at which the curves, moved by `session_from_reference`, lie on the brightest places of
/// the session.
double depth_shift(const std::vector<Curve>& reference_curves, const Affine& session_from_reference,
                   const Projected& session, double max_shift_um);

/// Robust affine fit b ~ f(a) (iteratively reweighted least squares, Geman-McClure weights at `scale_um`),
/// held towards the rigid start by a ridge that only matters where the points do not determine it. At least
/// 10 pairs.
Affine fit_affine(const std::vector<Vec3>& a, const std::vector<Vec3>& b, double scale_um);

}  // namespace spinechron
