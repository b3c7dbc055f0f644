#include "segment/coarse.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/lanes.hpp"
#include "evidence/smoothing.hpp"

namespace spinechron {
namespace {

size_t block(double voxel_um, double wanted_um) {
  return static_cast<size_t>(std::max(1.0, std::round(wanted_um / voxel_um)));
}

SPINECHRON_LANES
void add(float* sum, const float* row, size_t n) {
  for (size_t x = 0; x < n; ++x) sum[x] += row[x];
}

SPINECHRON_LANES
void stabilise(float* p, size_t n, float level, float floor) {
  for (size_t i = 0; i < n; ++i) p[i] = std::sqrt((p[i] > level ? p[i] - level : 0.0F) + floor);
}

Image block_mean(const Image& in, size_t bx, size_t by, size_t bz) {
  const Size3 s = in.size();
  const Size3 t{(s.x + bx - 1) / bx, (s.y + by - 1) / by, (s.z + bz - 1) / bz};
  const Vec3 voxel = in.voxel_um().cwiseProduct(Vec3(double(bx), double(by), double(bz)));
  Image out = Image::unfilled(t, voxel);
  tbb::parallel_for(size_t{0}, t.z, [&](size_t z) {
    std::vector<float> sum(s.x);
    for (size_t y = 0; y < t.y; ++y) {
      const size_t z1 = std::min(s.z, (z + 1) * bz), y1 = std::min(s.y, (y + 1) * by);
      std::fill(sum.begin(), sum.end(), 0.0F);
      for (size_t k = z * bz; k < z1; ++k)
        for (size_t j = y * by; j < y1; ++j) add(sum.data(), in.row(j, k), s.x);
      const auto rows = static_cast<float>((z1 - z * bz) * (y1 - y * by));
      float* to = out.row(y, z);
      for (size_t x = 0; x < t.x; ++x) {
        const size_t x1 = std::min(s.x, (x + 1) * bx);
        float total = 0;
        for (size_t i = x * bx; i < x1; ++i) total += sum[i];
        to[x] = total / (rows * static_cast<float>(x1 - x * bx));
      }
    }
  });
  return out;
}

// The values at the shares `low` and `high` (more than `low`) of the values in rising order.
std::pair<float, float> quantiles_of(std::vector<float>& v, double low, double high) {
  const auto at = [&](double q) {
    return v.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(v.size() - 1));
  };
  std::nth_element(v.begin(), at(high), v.end());
  std::nth_element(v.begin(), at(low), at(high));
  return {*at(low), *at(high)};
}

}  // namespace

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
    const auto [low, middle] = quantiles_of(sample, 0.16, 0.5);
    level[z] = middle;
    spread[z] = middle - low;
  }
  smooth_axis(level.data(), {1, 1, s.z}, 2, 2.0 / w.z());
  const auto median = spread.begin() + static_cast<std::ptrdiff_t>((spread.size() - 1) / 2);
  std::nth_element(spread.begin(), median, spread.end());
  const float floor = std::max(*median, 1e-6F);
  for (size_t z = 0; z < s.z; ++z) stabilise(c.stabilised.slice(z), s.x * s.y, level[z], floor);
  return c;
}

}  // namespace spinechron
