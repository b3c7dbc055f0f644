#pragma once
// Ridge points joined into paths: spanning trees, their longest paths, and straight-on pairing where paths
// meet.

#include <vector>

#include "segment/ridge.hpp"

namespace spinechron {

/// A path along ridges, in um of the image.
struct Path {
  Curve points;
  std::vector<float> strength;  ///< of the ridge at each point
};

/// Median of the ridge strength along a path; 0 for an empty one.
float median_strength(const Path& path);

/// Mean direction of a path's end over `over_um` of its length, pointing outwards (away from the path);
/// `skip_um` next to the end are left out. Unit length with depth halved: depth is known less well. Zero for
/// a path of one point.
Vec3 end_direction(const Curve& curve, bool at_back, double over_um, double skip_um = 0.0);

/// Cuts paths where the ridge steps up or down by more than `ratio` for good (medians over 8 um on either
/// side: there an axon goes on from a dendrite's end, or a thin branch from a trunk), and where the
/// directions over 3.5 um on either side have a cosine below `least_cosine` (two dendrites that meet).
void split_at_breaks(std::vector<Path>& paths, double ratio, double least_cosine);

/// Links ridge points of the coarse image.
///
/// Neighbours (two voxels apart at most) form a minimum spanning tree under cost = distance / strength; trees
/// without any point of strength `high` are dropped; each tree is taken apart into longest paths, where side
/// paths shorter than `min_branch_um` are spines and vanish; where three or more arms meet (within 2.5 um),
/// the pair that bends least goes on as one path, the others end there. Longest path first.
std::vector<Path> link_points(const std::vector<RidgePoint>& points, const Coarse& coarse, float high,
                              double min_branch_um);

}  // namespace spinechron
