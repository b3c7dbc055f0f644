#include "segment/ridge.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/lanes.hpp"
#include "core/smoothing.hpp"

namespace spinechron {
namespace {

// One slice at one scale: keeps the larger of what is there and what this scale shows.
SPINECHRON_LANES
void hessian_slice(const float* a, Size3 s, const Vec3& voxel, float sigma_um, float* strength) {
  const auto n = static_cast<float>(sigma_um * sigma_um);
  const float ixx = n / static_cast<float>(voxel.x() * voxel.x());
  const float iyy = n / static_cast<float>(voxel.y() * voxel.y());
  const float ixy = n / static_cast<float>(4 * voxel.x() * voxel.y());
  for (size_t y = 1; y + 1 < s.y; ++y) {
    const float *p = a + (y - 1) * s.x, *q = a + y * s.x, *r = a + (y + 1) * s.x;
    float* out = strength + y * s.x;
    for (size_t x = 1; x + 1 < s.x; ++x) {
      const float xx = ixx * (q[x - 1] - 2 * q[x] + q[x + 1]);
      const float yy = iyy * (p[x] - 2 * q[x] + r[x]);
      const float xy = ixy * (r[x + 1] - r[x - 1] - p[x + 1] + p[x - 1]);
      const float mean = 0.5F * (xx + yy), half = 0.5F * (xx - yy);
      const float root = std::sqrt(half * half + xy * xy);
      const float across = root - mean;  // minus the smallest eigenvalue
      const float along = mean + root;   // the other one
      // a blob falls off along the ridge too; a saddle (along > 0) does not hurt
      const float value = across + std::min(along, 0.0F);
      out[x] = std::max(out[x], value);
    }
  }
}

}  // namespace

Ridges find_ridges(Image stabilised, double largest_radius_um) {
  const Size3 s = stabilised.size();
  const Vec3 v = stabilised.voxel_um();
  Ridges r;
  r.strength = std::move(stabilised);  // slice by slice one becomes the other
  if (s.x < 3 || s.y < 3) {
    std::fill_n(r.strength.data(), s.count(), 0.0F);
    return r;
  }

  std::vector<float> sigmas;  // beyond the 0.2 um of the coarse image
  for (double sigma = 0.3; sigma < largest_radius_um; sigma *= 2) sigmas.push_back(static_cast<float>(sigma));
  tbb::parallel_for(size_t{0}, s.z, [&](size_t z) {
    float* strength = r.strength.slice(z);
    std::vector<float> slice(strength, strength + s.x * s.y);
    std::fill_n(strength, slice.size(), 0.0F);
    double have = 0.2;
    for (const float sigma : sigmas) {
      const double more = std::sqrt(std::max(0.0, double(sigma) * sigma - have * have));
      smooth_axis(slice.data(), {s.x, s.y, 1}, 0, more / v.x());
      smooth_axis(slice.data(), {s.x, s.y, 1}, 1, more / v.y());
      have = sigma;
      hessian_slice(slice.data(), s, v, sigma, strength);
    }
  });

  std::vector<float> projection(s.x * s.y, 0.0F);
  for (size_t z = 0; z < s.z; ++z)
    for (size_t i = 0; i < projection.size(); ++i)
      projection[i] = std::max(projection[i], r.strength.slice(z)[i]);
  const auto quantile = [&](double q) {
    const auto at = projection.begin() + static_cast<std::ptrdiff_t>(q * double(projection.size() - 1));
    std::nth_element(projection.begin(), at, projection.end());
    return *at;
  };
  r.median = quantile(0.5);
  r.top = quantile(0.995);
  return r;
}

std::vector<RidgePoint> ridge_points(const Ridges& ridges, float low) {
  const Image& a = ridges.strength;
  const Size3 s = a.size();
  std::vector<RidgePoint> out;
  if (s.x < 3 || s.y < 3) return out;
  const auto row = static_cast<std::ptrdiff_t>(s.x);
  const auto plane = static_cast<std::ptrdiff_t>(s.x * s.y);
  for (size_t z = 0; z < s.z; ++z)
    for (size_t y = 1; y + 1 < s.y; ++y)
      for (size_t x = 1; x + 1 < s.x; ++x) {
        const float* p = a.row(y, z) + x;
        if (!(*p > low)) continue;
        if ((z > 0 && !(*p > p[-plane])) || (z + 1 < s.z && !(*p >= p[plane]))) continue;
        // across the ridge is where it falls off most
        std::ptrdiff_t across = 1;
        float lowest = p[-1] + p[1];
        if (const float v = p[-row] + p[row]; v < lowest) lowest = v, across = row;
        lowest = 2 * lowest - 2 * *p;  // the diagonals are sqrt(2) longer: they must fall twice as much
        for (const std::ptrdiff_t n : {row - 1, row + 1})
          if (const float v = p[-n] + p[n]; v < lowest) lowest = v, across = n;
        if (!(*p > p[-across] && *p >= p[across])) continue;
        out.push_back({int(x), int(y), int(z), *p});
      }
  return out;
}

}  // namespace spinechron
