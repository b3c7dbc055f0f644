#pragma once
// A voxel grid in micrometres: the one image type that passes through the pipeline.

#include <array>
#include <cstddef>
#include <vector>

#include "core/geometry.hpp"
#include "core/large_memory.hpp"

namespace spinechron {

/// Number of voxels along x (columns), y (rows) and z (slices).
struct Size3 {
  size_t x = 0, y = 0, z = 0;
  size_t count() const { return x * y * z; }
  bool operator==(const Size3&) const = default;
};

/// A three-dimensional image of float samples, x fastest, then y, then z. Moves are cheap; copies are
/// explicit.
class Image {
 public:
  Image() = default;
  Image(Size3 size, Vec3 voxel_um, float fill = 0.0F)
      : size_(size), voxel_um_(voxel_um), samples_(size.count(), fill) {}
  /// An image whose samples hold anything: for a caller that writes all of them.
  static Image unfilled(Size3 size, Vec3 voxel_um) {
    Image image;
    image.size_ = size;
    image.voxel_um_ = voxel_um;
    image.samples_ = Samples(size.count());
    return image;
  }
  Image(Image&&) = default;
  Image& operator=(Image&&) = default;
  Image clone() const { return Image(*this); }

  const Size3& size() const { return size_; }
  const Vec3& voxel_um() const { return voxel_um_; }  ///< size of a voxel along x, y, z
  Vec3 extent_um() const {                            ///< position of the last voxel's centre
    return Vec3(double(size_.x) - 1, double(size_.y) - 1, double(size_.z) - 1).cwiseProduct(voxel_um_);
  }
  bool empty() const { return samples_.empty(); }

  float* data() { return samples_.data(); }
  const float* data() const { return samples_.data(); }
  float* slice(size_t z) { return data() + z * size_.x * size_.y; }
  const float* slice(size_t z) const { return data() + z * size_.x * size_.y; }
  float* row(size_t y, size_t z) { return slice(z) + y * size_.x; }
  const float* row(size_t y, size_t z) const { return slice(z) + y * size_.x; }
  float& at(size_t x, size_t y, size_t z) { return row(y, z)[x]; }
  float at(size_t x, size_t y, size_t z) const { return row(y, z)[x]; }

  /// Trilinear sample at a point in um; NaN outside the grid.
  float sample(const Vec3& point_um) const;

 private:
  using Samples = std::vector<float, LargeMemory<float>>;
  Image(const Image&) = default;
  Size3 size_;
  Vec3 voxel_um_ = Vec3::Ones();
  Samples samples_;
};

}  // namespace spinechron
