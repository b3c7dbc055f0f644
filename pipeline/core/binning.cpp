#include "core/binning.hpp"

#include <algorithm>
#include <vector>

#include "core/lanes.hpp"

namespace spinechron {
namespace {

SPINECHRON_LANES
void add(float* __restrict sum, const float* row, size_t n) {
  for (size_t x = 0; x < n; ++x) sum[x] += row[x];
}

template <size_t Side>
SPINECHRON_INLINE void sums_of(const float* in, size_t blocks, float scale, float* __restrict out) {
  for (size_t b = 0; b < blocks; ++b) {
    float sum = in[b * Side];
    for (size_t i = 1; i < Side; ++i) sum += in[b * Side + i];
    out[b] = sum * scale;
  }
}

SPINECHRON_LANES
void scaled_sums(const float* in, size_t side, size_t blocks, float scale, float* out) {
  switch (side) {
    case 1:
      return sums_of<1>(in, blocks, scale, out);
    case 2:
      return sums_of<2>(in, blocks, scale, out);
    case 3:
      return sums_of<3>(in, blocks, scale, out);
    case 4:
      return sums_of<4>(in, blocks, scale, out);
  }
  for (size_t b = 0; b < blocks; ++b) {
    float sum = 0;
    for (size_t i = 0; i < side; ++i) sum += in[b * side + i];
    out[b] = sum * scale;
  }
}

}  // namespace

void bin_means(const Image& image, size_t bx, size_t by, size_t first, size_t end, float* out) {
  const Size3 n = image.size();
  const size_t nx = bins_in(n.x, bx), ny = bins_in(n.y, by), whole = n.x / bx;
  std::vector<float> sum(n.x);
  for (size_t y = 0; y < ny; ++y, out += nx) {
    const size_t y0 = y * by, y1 = std::min(n.y, y0 + by);
    std::copy_n(image.row(y0, first), n.x, sum.begin());
    for (size_t z = first; z < end; ++z)
      for (size_t row = y0 + (z == first); row < y1; ++row) add(sum.data(), image.row(row, z), n.x);
    const auto rows = static_cast<float>((end - first) * (y1 - y0));
    scaled_sums(sum.data(), bx, whole, 1 / (rows * static_cast<float>(bx)), out);
    if (whole < nx) {
      const size_t rest = n.x - whole * bx;
      scaled_sums(sum.data() + whole * bx, rest, 1, 1 / (rows * static_cast<float>(rest)), out + whole);
    }
  }
}

}  // namespace spinechron
