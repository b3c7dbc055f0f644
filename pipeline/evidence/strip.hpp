#pragma once
// A dendrite straightened: the image resampled in the dendrite's own frame (arc, signed distance to the axis,
// depth).

#include <cstddef>
#include <vector>

#include "core/geometry.hpp"
#include "core/image.hpp"

namespace spinechron {

/// Grid step along the dendrite and across it, um: near the voxel of a two-photon stack, four to a lateral
/// PSF (FWHM).
inline constexpr double kStepUm = 0.12;

/// Samples block(level, arc, across) of a straightened piece of image; NaN where the image has no voxel.
struct Block {
  int levels = 0, arcs = 0, width = 0;
  std::vector<float> samples;

  Block() = default;
  Block(int levels_, int arcs_, int width_, float fill = 0.0F)
      : levels(levels_), arcs(arcs_), width(width_), samples(size_t(levels_) * arcs_ * width_, fill) {}
  float* row(int level, int arc) { return samples.data() + (size_t(level) * arcs + arc) * width; }
  const float* row(int level, int arc) const { return samples.data() + (size_t(level) * arcs + arc) * width; }
  float& at(int level, int arc, int u) { return row(level, arc)[u]; }
  float at(int level, int arc, int u) const { return row(level, arc)[u]; }
};

/// Unit tangents and left-hand normals of a curve in the image plane, smoothed over 0.6 um. "Left" is seen
/// along the curve from above: with x to the right and y downwards, the normal is (t_y, -t_x).
struct Directions {
  std::vector<Eigen::Vector2d> tangent, left;
};
Directions directions(const Curve& curve);

/// Samples `image` at curve[i] + u * left + dz (trilinear): block(level of dz, i, index of u).
Block straighten(const Image& image, const Curve& curve, const Directions& directions,
                 const std::vector<double>& across_um, const std::vector<double>& depth_um);

/// Moves a curve sideways and in depth onto the ridge of the smoothed image beside it: dynamic programming
/// over the offset at every fourth sample, then smoothing. `lateral_reach_um` and `depth_reach_um` bound the
/// move; `pull` (1/um^2) is how strongly the present place holds it, in units of the ridge's own brightness.
Curve snap_to_ridge(const Image& smoothed, Curve curve, double lateral_reach_um, double depth_reach_um,
                    double pull);

}  // namespace spinechron
