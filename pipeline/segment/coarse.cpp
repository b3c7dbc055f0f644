#include "segment/coarse.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace spinechron {
namespace {

// out[x] = k[0] * mid[x] + sum over j of k[j] * (low[j][x] + high[j][x]), all taps in one pass over memory.
template <int Reach>
void weigh(float* out, size_t width, const float* mid, const float* const* low, const float* const* high,
           const float* k) {
  for (size_t x = 0; x < width; ++x) {
    float sum = k[0] * mid[x];
    for (int j = 1; j <= Reach; ++j) sum += k[j] * (low[j][x] + high[j][x]);
    out[x] = sum;
  }
}

using Weigh = void (*)(float*, size_t, const float*, const float* const*, const float* const*, const float*);
constexpr int kMostReach = 10;
constexpr Weigh kWeigh[kMostReach + 1] = {weigh<0>, weigh<1>, weigh<2>, weigh<3>, weigh<4>, weigh<5>,
                                          weigh<6>, weigh<7>, weigh<8>, weigh<9>, weigh<10>};

std::vector<float> half_kernel(double sigma) {
  const int reach = std::clamp(static_cast<int>(std::ceil(2.5 * sigma)), 1, kMostReach);
  std::vector<float> k(static_cast<size_t>(reach) + 1);
  double sum = 0;
  for (int i = 0; i <= reach; ++i) sum += (i ? 2.0 : 1.0) * std::exp(-0.5 * i * i / (sigma * sigma));
  for (int i = 0; i <= reach; ++i)
    k[static_cast<size_t>(i)] = static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)) / sum);
  return k;
}

// `n` lines of `width` samples, one after another: smoothed across the lines. `from` is a copy of them.
void smooth_lines(float* to, const float* from, size_t n, size_t width, const std::vector<float>& k) {
  const auto reach = static_cast<std::ptrdiff_t>(k.size()) - 1;
  const auto last = static_cast<std::ptrdiff_t>(n) - 1;
  const float *low[kMostReach + 1] = {}, *high[kMostReach + 1] = {};
  for (std::ptrdiff_t i = 0; i <= last; ++i) {
    for (std::ptrdiff_t j = 1; j <= reach; ++j) {
      low[j] = from + static_cast<size_t>(std::max<std::ptrdiff_t>(i - j, 0)) * width;
      high[j] = from + static_cast<size_t>(std::min(i + j, last)) * width;
    }
    kWeigh[reach](to + static_cast<size_t>(i) * width, width, from + static_cast<size_t>(i) * width, low,
                  high, k.data());
  }
}

// One line along itself; `padded` is scratch.
void smooth_row(float* a, size_t n, const std::vector<float>& k, std::vector<float>& padded) {
  const size_t reach = k.size() - 1;
  padded.resize(n + 2 * reach);
  std::fill_n(padded.begin(), reach, a[0]);
  std::copy_n(a, n, padded.begin() + static_cast<std::ptrdiff_t>(reach));
  std::fill_n(padded.begin() + static_cast<std::ptrdiff_t>(reach + n), reach, a[n - 1]);
  const float* mid = padded.data() + reach;
  const float *low[kMostReach + 1] = {}, *high[kMostReach + 1] = {};
  for (size_t j = 1; j <= reach; ++j) low[j] = mid - j, high[j] = mid + j;
  kWeigh[reach](a, n, mid, low, high, k.data());
}

size_t block(double voxel_um, double wanted_um) {
  return static_cast<size_t>(std::max(1.0, std::round(wanted_um / voxel_um)));
}

Image block_mean(const Image& in, size_t bx, size_t by, size_t bz) {
  const Size3 s = in.size();
  const Size3 t{(s.x + bx - 1) / bx, (s.y + by - 1) / by, (s.z + bz - 1) / bz};
  const Vec3 voxel = in.voxel_um().cwiseProduct(Vec3(double(bx), double(by), double(bz)));
  Image out(t, voxel);
  std::vector<float> sum(s.x);
  for (size_t z = 0; z < t.z; ++z)
    for (size_t y = 0; y < t.y; ++y) {
      const size_t z1 = std::min(s.z, (z + 1) * bz), y1 = std::min(s.y, (y + 1) * by);
      std::fill(sum.begin(), sum.end(), 0.0F);
      for (size_t k = z * bz; k < z1; ++k)
        for (size_t j = y * by; j < y1; ++j) {
          const float* row = in.row(j, k);
          for (size_t x = 0; x < s.x; ++x) sum[x] += row[x];
        }
      const auto rows = static_cast<float>((z1 - z * bz) * (y1 - y * by));
      float* to = out.row(y, z);
      for (size_t x = 0; x < t.x; ++x) {
        const size_t x1 = std::min(s.x, (x + 1) * bx);
        float total = 0;
        for (size_t i = x * bx; i < x1; ++i) total += sum[i];
        to[x] = total / (rows * static_cast<float>(x1 - x * bx));
      }
    }
  return out;
}

float quantile_of(std::vector<float>& v, double q) {
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(v.size() - 1));
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

}  // namespace

void smooth_axis(float* samples, Size3 size, int axis, double sigma) {
  if (sigma < 0.2) return;
  const std::vector<float> k = half_kernel(sigma);
  if (axis == 0) {
    std::vector<float> padded;
    for (size_t r = 0; r < size.y * size.z; ++r) smooth_row(samples + r * size.x, size.x, k, padded);
  } else if (axis == 1) {
    std::vector<float> copy(size.x * size.y);
    for (size_t z = 0; z < size.z; ++z) {
      float* slice = samples + z * size.x * size.y;
      std::copy_n(slice, copy.size(), copy.data());
      smooth_lines(slice, copy.data(), size.y, size.x, k);
    }
  } else {
    // plane by plane would touch memory far apart: one row of all slices at a time stays in the cache
    std::vector<float> lines(size.x * size.z), smoothed(lines.size());
    for (size_t y = 0; y < size.y; ++y) {
      for (size_t z = 0; z < size.z; ++z)
        std::copy_n(samples + (z * size.y + y) * size.x, size.x, lines.data() + z * size.x);
      smooth_lines(smoothed.data(), lines.data(), size.z, size.x, k);
      for (size_t z = 0; z < size.z; ++z)
        std::copy_n(smoothed.data() + z * size.x, size.x, samples + (z * size.y + y) * size.x);
    }
  }
}

Coarse make_coarse(const Image& image) {
  const Vec3 v = image.voxel_um();
  const size_t bx = block(v.x(), 0.25), by = block(v.y(), 0.25), bz = block(v.z(), 1.0);
  Coarse c;
  c.photons = block_mean(image, bx, by, bz);
  c.origin_um = 0.5 * Vec3(double(bx) - 1, double(by) - 1, double(bz) - 1).cwiseProduct(v);
  const Size3 s = c.photons.size();
  const Vec3 w = c.photons.voxel_um();
  smooth_axis(c.photons.data(), s, 2, 0.6 / w.z());

  c.stabilised = c.photons.clone();
  smooth_axis(c.stabilised.data(), s, 0, 0.2 / w.x());
  smooth_axis(c.stabilised.data(), s, 1, 0.2 / w.y());
  std::vector<float> level(s.z), spread(s.z), sample;
  for (size_t z = 0; z < s.z; ++z) {
    sample.clear();
    for (size_t i = 0; i < s.x * s.y; i += 7) sample.push_back(c.stabilised.slice(z)[i]);
    level[z] = quantile_of(sample, 0.5);
    spread[z] = level[z] - quantile_of(sample, 0.16);
  }
  smooth_axis(level.data(), {1, 1, s.z}, 2, 2.0 / w.z());
  const float floor = std::max(quantile_of(spread, 0.5), 1e-6F);
  for (size_t z = 0; z < s.z; ++z) {
    float* p = c.stabilised.slice(z);
    for (size_t i = 0; i < s.x * s.y; ++i) p[i] = std::sqrt(std::max(p[i] - level[z], 0.0F) + floor);
  }
  return c;
}

}  // namespace spinechron
