#include "evidence/smoothing.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/lanes.hpp"

namespace spinechron {
namespace {

// out[x] = k[0] * mid[x] + sum over j of k[j] * (low[j][x] + high[j][x]), all taps in one pass over memory.
template <int Reach>
SPINECHRON_INLINE void weigh(float* __restrict out, size_t width, const float* mid, const float* const* low,
                             const float* const* high, const float* k) {
  for (size_t x = 0; x < width; ++x) {
    float sum = k[0] * mid[x];
    for (int j = 1; j <= Reach; ++j) sum += k[j] * (low[j][x] + high[j][x]);
    out[x] = sum;
  }
}

SPINECHRON_INLINE void weigh_more(float* __restrict out, size_t width, const float* mid,
                                  const float* const* low, const float* const* high, const float* k,
                                  int reach) {
  for (size_t x = 0; x < width; ++x) out[x] = k[0] * mid[x];
  for (int j = 1; j <= reach; ++j) {
    const float w = k[j], *a = low[j], *b = high[j];
    for (size_t x = 0; x < width; ++x) out[x] += w * (a[x] + b[x]);
  }
}

SPINECHRON_LANES
void weigh_lines(float* out, size_t width, const float* mid, const float* const* low,
                 const float* const* high, const float* k, int reach) {
  switch (reach) {
    case 1:
      return weigh<1>(out, width, mid, low, high, k);
    case 2:
      return weigh<2>(out, width, mid, low, high, k);
    case 3:
      return weigh<3>(out, width, mid, low, high, k);
    case 4:
      return weigh<4>(out, width, mid, low, high, k);
    case 5:
      return weigh<5>(out, width, mid, low, high, k);
    case 6:
      return weigh<6>(out, width, mid, low, high, k);
    case 7:
      return weigh<7>(out, width, mid, low, high, k);
    case 8:
      return weigh<8>(out, width, mid, low, high, k);
    case 9:
      return weigh<9>(out, width, mid, low, high, k);
    case 10:
      return weigh<10>(out, width, mid, low, high, k);
    default:
      return weigh_more(out, width, mid, low, high, k, reach);
  }
}

/// A kernel and room for the lines that it weighs.
class Smoother {
 public:
  Smoother() = default;
  Smoother(double sigma, int reach)
      : k_(half_gaussian(sigma, reach)), low_(k_.size()), high_(k_.size()), reach_(reach) {}

  bool does_nothing() const { return k_.empty(); }

  /// `line(i)` for i in [0, n) are lines of `width` samples; smooths across them at line `at`.
  template <typename Line>
  void across(float* out, size_t width, std::ptrdiff_t at, std::ptrdiff_t n, const Line& line) {
    for (std::ptrdiff_t j = 1; j <= reach_; ++j) {
      low_[static_cast<size_t>(j)] = line(std::max<std::ptrdiff_t>(at - j, 0));
      high_[static_cast<size_t>(j)] = line(std::min(at + j, n - 1));
    }
    weigh_lines(out, width, line(at), low_.data(), high_.data(), k_.data(), reach_);
  }

  /// One line along itself; `out` may be `in`.
  void along(float* out, const float* in, size_t n) {
    const auto reach = static_cast<size_t>(reach_);
    padded_.resize(n + 2 * reach);
    std::fill_n(padded_.begin(), reach, in[0]);
    std::copy_n(in, n, padded_.begin() + reach_);
    std::fill_n(padded_.begin() + reach_ + static_cast<std::ptrdiff_t>(n), reach, in[n - 1]);
    const float* mid = padded_.data() + reach;
    for (size_t j = 1; j <= reach; ++j) low_[j] = mid - j, high_[j] = mid + j;
    weigh_lines(out, n, mid, low_.data(), high_.data(), k_.data(), reach_);
  }

 private:
  std::vector<float> k_, padded_;
  std::vector<const float*> low_, high_;
  int reach_ = 0;
};

}  // namespace

std::vector<float> half_gaussian(double sigma, int reach) {
  std::vector<float> k(static_cast<size_t>(reach) + 1);
  double sum = 0;
  for (int i = 0; i <= reach; ++i) sum += (i ? 2.0 : 1.0) * std::exp(-0.5 * i * i / (sigma * sigma));
  for (int i = 0; i <= reach; ++i)
    k[static_cast<size_t>(i)] = static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)) / sum);
  return k;
}

void smooth_axis(float* samples, Size3 size, int axis, double sigma) {
  constexpr int kMostReach = 10;
  if (sigma < 0.2) return;
  Smoother smoother(sigma, std::clamp(static_cast<int>(std::ceil(2.5 * sigma)), 1, kMostReach));
  if (axis == 0) {
    for (size_t r = 0; r < size.y * size.z; ++r)
      smoother.along(samples + r * size.x, samples + r * size.x, size.x);
    return;
  }
  // Plane by plane would touch memory far apart along z: one row of all slices at a time stays in the cache.
  const size_t n = axis == 1 ? size.y : size.z, step = axis == 1 ? size.x : size.x * size.y;
  const size_t planes = axis == 1 ? size.z : size.y, between = axis == 1 ? size.x * size.y : size.x;
  std::vector<float> lines(size.x * n);
  for (size_t p = 0; p < planes; ++p) {
    float* plane = samples + p * between;
    for (size_t i = 0; i < n; ++i) std::copy_n(plane + i * step, size.x, lines.data() + i * size.x);
    for (size_t i = 0; i < n; ++i)
      smoother.across(plane + i * step, size.x, static_cast<std::ptrdiff_t>(i),
                      static_cast<std::ptrdiff_t>(n),
                      [&](std::ptrdiff_t l) { return lines.data() + static_cast<size_t>(l) * size.x; });
  }
}

Image smoothed(const Image& image, double lateral_sigma_um, double axial_sigma_um) {
  const Size3 size = image.size();
  Image out = Image::unfilled(size, image.voxel_um());
  const auto lateral = [&](double voxel_um) {
    const double sigma = lateral_sigma_um / voxel_um;
    return sigma > 0 ? Smoother(sigma, std::max(1, static_cast<int>(std::lround(4 * sigma)))) : Smoother();
  };
  const Smoother x_axis = lateral(image.voxel_um().x()), y_axis = lateral(image.voxel_um().y());
  Smoother z_axis;
  const double sigma_z = axial_sigma_um / image.voxel_um().z();
  if (sigma_z > 0.2 && size.z > 1) z_axis = Smoother(sigma_z, static_cast<int>(std::ceil(3 * sigma_z)));

  // A few rows of all slices at a time: what one axis leaves is still in the cache when the next one takes
  // it.
  constexpr size_t kRows = 4;
  const auto ny = static_cast<std::ptrdiff_t>(size.y), nz = static_cast<std::ptrdiff_t>(size.z);
  const auto smooth_bands = [&](const tbb::blocked_range<size_t>& bands) {
    Smoother along_x = x_axis, along_y = y_axis, along_z = z_axis;
    std::vector<float> band(kRows * size.x * size.z);
    for (size_t y0 = bands.begin() * kRows; y0 < std::min(bands.end() * kRows, size.y); y0 += kRows) {
      const size_t end = std::min(y0 + kRows, size.y);
      const auto in_band = [&](size_t y, size_t z) { return band.data() + (z * kRows + y - y0) * size.x; };
      for (size_t z = 0; z < size.z; ++z)
        for (size_t y = y0; y < end; ++y) {
          float* row = in_band(y, z);
          if (along_y.does_nothing())
            std::copy_n(image.row(y, z), size.x, row);
          else
            along_y.across(row, size.x, static_cast<std::ptrdiff_t>(y), ny,
                           [&](std::ptrdiff_t l) { return image.row(static_cast<size_t>(l), z); });
          if (!along_x.does_nothing()) along_x.along(row, row, size.x);
        }
      for (size_t z = 0; z < size.z; ++z)
        for (size_t y = y0; y < end; ++y)
          if (along_z.does_nothing())
            std::copy_n(in_band(y, z), size.x, out.row(y, z));
          else
            along_z.across(out.row(y, z), size.x, static_cast<std::ptrdiff_t>(z), nz,
                           [&](std::ptrdiff_t l) { return in_band(y, static_cast<size_t>(l)); });
    }
  };
  tbb::parallel_for(tbb::blocked_range<size_t>(0, (size.y + kRows - 1) / kRows), smooth_bands);
  return out;
}

void sharpen(Image& image, double lateral_sigma_um, double axial_sigma_um) {
  const Image blurred = smoothed(image, lateral_sigma_um, axial_sigma_um);
  const Size3 size = image.size();
  tbb::parallel_for(size_t{0}, size.z, [&](size_t z) {
    float* v = image.slice(z);
    const float* b = blurred.slice(z);
    for (size_t i = 0; i < size.x * size.y; ++i) v[i] += v[i] - b[i];
  });
}

}  // namespace spinechron
