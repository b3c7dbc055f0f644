#pragma once
// Maximum projection, a place at a time.

#include "core/image.hpp"

namespace spinechron::report {

/// The brightest sample of an image on a line through its slices, which are read where the line crosses them.
class Column {
 public:
  /// `down`: the line's direction, in voxels of the image along x, y and z for every um of depth.
  Column(const Image& image, const Vec3& down)
      : image_(image), down_(down), aside_(down.x() / down.z(), down.y() / down.z()) {}

  /// Over the slices within `half_um` of depth from the place `middle` (voxels), at least the nearest one.
  /// NaN where the image shows none of it.
  float brightest(const Vec3& middle, double half_um) const;

 private:
  const Image& image_;
  Vec3 down_;
  Eigen::Vector2d aside_;  // from one slice to the next
};

/// The brightest place straight above and below a point (um), at most `half_um` away; NaN where the image
/// shows none.
float brightest_above_and_below(const Image& image, const Vec3& point_um, double half_um);

}  // namespace spinechron::report
