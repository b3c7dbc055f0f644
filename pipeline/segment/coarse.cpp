#include "segment/coarse.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/binning.hpp"
#include "core/lanes.hpp"
#include "core/smoothing.hpp"

namespace spinechron {
namespace {

size_t block(double voxel_um, double wanted_um) {
  return static_cast<size_t>(std::max(1.0, std::round(wanted_um / voxel_um)));
}

SPINECHRON_LANES
void stabilise(float* p, size_t n, float level, float floor) {
  for (size_t i = 0; i < n; ++i) p[i] = std::sqrt((p[i] > level ? p[i] - level : 0.0F) + floor);
}

Image block_mean(const Image& in, size_t bx, size_t by, size_t bz) {
  const Size3 s = in.size(), t{bins_in(s.x, bx), bins_in(s.y, by), bins_in(s.z, bz)};
  Image out = Image::unfilled(t, in.voxel_um().cwiseProduct(Vec3(double(bx), double(by), double(bz))));
  tbb::parallel_for(size_t{0}, t.z, [&](size_t z) {
    bin_means(in, bx, by, z * bz, std::min(s.z, (z + 1) * bz), out.slice(z));
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
    for (size_t i = 0; i < s.x * s.y; i += 13) sample.push_back(c.stabilised.slice(z)[i]);
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
