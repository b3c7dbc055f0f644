#pragma once
// A stack in blocks of 8 x 8 voxels of one slice: the coarse look that fits and windows are chosen by.

#include <vector>

#include "core/image.hpp"

namespace spinechron {

/// Means of all whole blocks of every slice. The first row of voxels is left out and so is at least one
/// behind the last block, so that each block has a neighbour row above and below.
class BlockMeans {
 public:
  static constexpr size_t kSide = 8;

  /// One pass over the image; sums do not depend on threads.
  explicit BlockMeans(const Image& image);

  size_t nx() const { return nx_; }
  size_t ny() const { return ny_; }
  size_t nz() const { return nz_; }
  /// Voxel of the block's corner.
  static size_t first_x(size_t bx) { return bx * kSide; }
  static size_t first_y(size_t by) { return 1 + by * kSide; }
  float operator()(size_t bx, size_t by, size_t z) const { return means_[(z * ny_ + by) * nx_ + bx]; }

 private:
  size_t nx_ = 0, ny_ = 0, nz_ = 0;
  std::vector<float> means_;
};

}  // namespace spinechron
