#include "core/smoothing.hpp"

#include <algorithm>
#include <cmath>

#include "core/lanes.hpp"

namespace spinechron {
namespace {

// out[x] = k[0] * mid[x] + sum over j of k[j] * (low[j][x] + high[j][x]), all taps in one pass over memory.
SPINECHRON_LANES
void weigh_lines(float* __restrict out, size_t width, const float* mid, const float* const* low,
                 const float* const* high, const float* k, size_t reach) {
  constexpr size_t kStride = 4 * kLanes;
  const auto at = [](const float* p, size_t i) { return reinterpret_cast<const LanesThere*>(p) + i; };
  size_t x = 0;
  for (; x + kStride <= width; x += kStride) {
    Lanes s0 = k[0] * *at(mid + x, 0), s1 = k[0] * *at(mid + x, 1), s2 = k[0] * *at(mid + x, 2),
          s3 = k[0] * *at(mid + x, 3);
    for (size_t j = 1; j <= reach; ++j) {
      const float *a = low[j] + x, *b = high[j] + x;
      s0 += k[j] * (*at(a, 0) + *at(b, 0));
      s1 += k[j] * (*at(a, 1) + *at(b, 1));
      s2 += k[j] * (*at(a, 2) + *at(b, 2));
      s3 += k[j] * (*at(a, 3) + *at(b, 3));
    }
    auto* to = reinterpret_cast<LanesThere*>(out + x);
    to[0] = s0, to[1] = s1, to[2] = s2, to[3] = s3;
  }
  for (; x < width; ++x) {
    float sum = k[0] * mid[x];
    for (size_t j = 1; j <= reach; ++j) sum += k[j] * (low[j][x] + high[j][x]);
    out[x] = sum;
  }
}

}  // namespace

std::vector<float> half_gaussian(double sigma, int reach) {
  std::vector<float> k(static_cast<size_t>(reach) + 1);
  double sum = 0;
  for (int i = 0; i <= reach; ++i) sum += (i ? 2.0 : 1.0) * std::exp(-0.5 * i * i / (sigma * sigma));
  for (int i = 0; i <= reach; ++i)
    k[static_cast<size_t>(i)] = static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)) / sum);
  return k;
}

Smoother::Smoother(std::vector<float> kernel)
    : kernel_(std::move(kernel)), low_(kernel_.size()), high_(kernel_.size()) {}

void Smoother::along(float* out, const float* middle, size_t n) {
  for (size_t j = 1; j <= reach(); ++j) low_[j] = middle - j, high_[j] = middle + j;
  weigh(out, n, middle);
}

void Smoother::weigh(float* out, size_t width, const float* middle) {
  weigh_lines(out, width, middle, low_.data(), high_.data(), kernel_.data(), reach());
}

namespace {

// Smooths the rows of `width` samples along themselves, to where they came from or elsewhere.
class AlongRows {
 public:
  AlongRows(Smoother smoother, size_t width)
      : smoother_(std::move(smoother)), width_(width), padded_(width + 2 * smoother_.reach()) {}
  float* row() { return padded_.data() + smoother_.reach(); }
  /// What is in `row`.
  void smooth(float* out) {
    std::fill(padded_.data(), row(), *row());
    std::fill_n(row() + width_, smoother_.reach(), row()[width_ - 1]);
    smoother_.along(out, row(), width_);
  }

 private:
  Smoother smoother_;
  size_t width_;
  std::vector<float> padded_;
};

}  // namespace

void smooth_axis(float* samples, Size3 size, int axis, double sigma) {
  constexpr int kMostReach = 10;
  if (sigma < 0.2) return;
  Smoother smoother(
      half_gaussian(sigma, std::clamp(static_cast<int>(std::ceil(2.5 * sigma)), 1, kMostReach)));
  if (axis == 0) {
    AlongRows along(std::move(smoother), size.x);
    for (size_t r = 0; r < size.y * size.z; ++r) {
      std::copy_n(samples + r * size.x, size.x, along.row());
      along.smooth(samples + r * size.x);
    }
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
      smoother.across(plane + i * step, size.x, i, n, [&](size_t l) { return lines.data() + l * size.x; });
  }
}

void smooth_plane(const float* in, size_t nx, size_t ny, double sigma_x, double sigma_y, float* out) {
  const auto smoother = [](double sigma) {
    return Smoother(half_gaussian(sigma, std::max(1, static_cast<int>(std::lround(3 * sigma)))));
  };
  Smoother across = smoother(sigma_y);
  AlongRows along(smoother(sigma_x), nx);
  for (size_t y = 0; y < ny; ++y) {
    across.across(along.row(), nx, y, ny, [&](size_t l) { return in + l * nx; });
    along.smooth(out + y * nx);
  }
}

}  // namespace spinechron
