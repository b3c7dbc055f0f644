#pragma once
// Where the image is brighter than on both sides: the ridges on which dendrites run.

#include <vector>

#include "segment/coarse.hpp"

namespace spinechron {

/// Ridge strength of every voxel of the coarse image, and its scale for thresholds.
struct Ridges {
  Image strength;    ///< -sigma^2 * second derivative across, 0 where there is no ridge
  float median = 0;  ///< of the strength's maximum over depth: noise and neuropil
  float top = 0;     ///< its 99.5% quantile: the field's strongest ridges
};

/// Largest over several scales of the second derivative across the ridge in each slice, times sigma^2, damped
/// where the place looks like a blob (Frangi 1998, Lindeberg 1998). Dendrites in a stack run mostly within
/// slices, and the axial blur is far larger than the lateral one: derivatives along z would only add noise.
/// `stabilised`: that of make_coarse.
Ridges find_ridges(Image stabilised, double largest_radius_um);

/// A local maximum of the strength across the ridge and in depth.
struct RidgePoint {
  int x = 0, y = 0, z = 0;
  float strength = 0;
};
/// All with at least `low`, in the order of voxels.
std::vector<RidgePoint> ridge_points(const Ridges& ridges, float low);

}  // namespace spinechron
