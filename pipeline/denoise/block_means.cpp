#include "denoise/block_means.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>

#include "core/lanes.hpp"

namespace spinechron {
namespace {

SPINECHRON_LANES
void add(float* sum, const float* row, size_t n) {
  for (size_t x = 0; x < n; ++x) sum[x] += row[x];
}

}  // namespace

BlockMeans::BlockMeans(const Image& image) {
  const Size3 s = image.size();
  nx_ = s.x / kSide;
  ny_ = s.y >= 2 ? (s.y - 2) / kSide : 0;
  nz_ = s.z;
  means_.assign(nx_ * ny_ * nz_, 0.0F);
  tbb::parallel_for(size_t{0}, nz_, [&](size_t z) {
    std::vector<float> sums(nx_ * kSide);
    for (size_t by = 0; by < ny_; ++by) {
      std::fill(sums.begin(), sums.end(), 0.0F);
      for (size_t y = 0; y < kSide; ++y) add(sums.data(), image.row(1 + by * kSide + y, z), sums.size());
      float* out = means_.data() + (z * ny_ + by) * nx_;
      for (size_t bx = 0; bx < nx_; ++bx) {
        const float* s8 = sums.data() + bx * kSide;
        out[bx] =
            (((s8[0] + s8[4]) + (s8[1] + s8[5])) + ((s8[2] + s8[6]) + (s8[3] + s8[7]))) / (kSide * kSide);
      }
    }
  });
}

}  // namespace spinechron
