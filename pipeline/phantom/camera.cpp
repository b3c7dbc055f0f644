#include "phantom/camera.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace spinechron {
namespace {

/// Side weight c of the kernel (c, 1, c) / sqrt(1 + 2 c^2) that gives neighbours the correlation rho.
double side_weight(double rho) {
  if (rho <= 0) return 0;
  // rho = 2 c / (1 + 2 c^2), greatest (0.707) at c = 0.707
  const double r = std::min(rho, 0.7);
  return (1 - std::sqrt(1 - 2 * r * r)) / (2 * r);
}

/// Catmull-Rom value of a row at a fractional position; the border value goes on.
float cubic(const float* row, long n, double x) {
  const double f = std::floor(x);
  const auto i = long(f);
  const auto t = float(x - f);
  auto at = [&](long k) { return row[std::clamp(k, 0L, n - 1)]; };
  const float a = at(i - 1), b = at(i), c = at(i + 1), d = at(i + 2);
  return b + 0.5F * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

}  // namespace

double Camera::transmission(const Vec3& p, const Vec3& extent) const {
  const double x = 2 * p.x() / extent.x() - 1, y = 2 * p.y() / extent.y() - 1;
  const double field = 1 - shading * 0.5 * (x * x + y * y) + shading_x * x + shading_y * y;
  return std::max(0.05, field) * std::exp(-p.z() / depth_um);
}

Camera random_camera(const PhantomConfig& config, size_t session, std::uint64_t seed) {
  Random r(seed, "camera " + std::to_string(session));
  Camera c;
  const double photons = config.peak_photons();
  const bool first = session == 0;
  c.flux = first ? 1.0 : r.uniform(0.85, 1.18);
  const double gain_change = first ? 1.0 : r.uniform(0.8, 1.2);
  if (config.in_vivo()) {
    c.noise.gain = 45 * gain_change;
    c.noise.offset = r.uniform(-0.1, 0.15) * c.noise.gain;
    c.noise.read_sigma = 0.25 * c.noise.gain;
    c.noise.row_correlation = r.uniform(0.45, 0.57);
    c.noise.column_correlation = r.uniform(0.10, 0.17);
    c.background = 0.25 + 0.004 * photons;
    c.depth_um = r.uniform(120, 200);
    c.shading = r.uniform(0.15, 0.35);
    c.line_jitter_um = 0.03;
  } else {
    c.noise.gain = 12 * gain_change;
    c.noise.offset = 100 + (first ? 0 : r.uniform(-40, 40));
    c.noise.read_sigma = 10;
    c.background = 0.4 + 0.015 * photons;
    c.depth_um = r.uniform(200, 400);
    c.shading = r.uniform(0.05, 0.2);
    c.line_jitter_um = 0.01;
  }
  c.shading_x = r.uniform(-0.08, 0.08);
  c.shading_y = r.uniform(-0.08, 0.08);
  const double jitter = config.in_vivo() ? 0.06 : 0.025;
  Eigen::Vector2d drift = Eigen::Vector2d::Zero();
  for (int z = 0; z < config.size_z; ++z) {
    drift = 0.7 * drift + 0.7 * jitter * Eigen::Vector2d(r.normal(), r.normal());
    c.slice_shifts.push_back(drift);
  }
  return c;
}

void expose(Image& photons, const Camera& camera) {
  const Size3& n = photons.size();
  const Vec3 extent = photons.extent_um();
  std::vector<float> field(n.x * n.y);
  for (size_t y = 0; y < n.y; ++y)
    for (size_t x = 0; x < n.x; ++x) {
      const Vec3 at = Vec3(double(x), double(y), 0).cwiseProduct(photons.voxel_um());
      field[y * n.x + x] = float(camera.flux * camera.transmission(at, extent));
    }
  for (size_t z = 0; z < n.z; ++z) {
    const auto loss = float(std::exp(-double(z) * photons.voxel_um().z() / camera.depth_um));
    float* slice = photons.slice(z);
    for (size_t i = 0; i < field.size(); ++i)
      slice[i] = slice[i] * field[i] * loss + float(camera.background);
  }
}

Image detect_counts(const Image& expected, const Camera& camera, Random& random) {
  const Size3& n = expected.size();
  Image counts(n, expected.voxel_um());
  const NoiseModel& m = camera.noise;
  const auto cx = float(side_weight(m.row_correlation)), cy = float(side_weight(m.column_correlation));
  const float norm = 1 / std::sqrt((1 + 2 * cx * cx) * (1 + 2 * cy * cy));
  std::vector<float> mean(n.x * n.y), noise(n.x * n.y), along(n.x * n.y);
  for (size_t z = 0; z < n.z; ++z) {
    for (size_t y = 0; y < n.y; ++y) {
      const float* row = expected.row(y, z);
      const double shift = random.normal(0, camera.line_jitter_um) / expected.voxel_um().x();
      for (size_t x = 0; x < n.x; ++x) {
        const size_t i = y * n.x + x;
        mean[i] =
            camera.line_jitter_um > 0 ? std::max(0.0F, cubic(row, long(n.x), double(x) - shift)) : row[x];
        noise[i] = float(random.poisson(mean[i]) - mean[i] + random.normal() * (m.read_sigma / m.gain));
      }
    }
    for (size_t y = 0; y < n.y; ++y)
      for (size_t x = 0; x < n.x; ++x) {
        const float* row = &noise[y * n.x];
        along[y * n.x + x] = row[x] + cx * (row[x ? x - 1 : x + 1] + row[x + 1 < n.x ? x + 1 : x - 1]);
      }
    for (size_t y = 0; y < n.y; ++y) {
      const size_t up = (y ? y - 1 : y + 1) * n.x, down = (y + 1 < n.y ? y + 1 : y - 1) * n.x;
      float* out = counts.row(y, z);
      for (size_t x = 0; x < n.x; ++x) {
        const float e = norm * (along[y * n.x + x] + cy * (along[up + x] + along[down + x]));
        const double value = m.offset + m.gain * (double(mean[y * n.x + x]) + double(e));
        out[x] = float(std::clamp(std::round(value), 0.0, 65535.0));
      }
    }
  }
  return counts;
}

double patch_variance_factor(const NoiseModel& noise) {
  const double cx = side_weight(noise.row_correlation), cy = side_weight(noise.column_correlation);
  return (1 + 2 * cx) * (1 + 2 * cx) / (1 + 2 * cx * cx) * (1 + 2 * cy) * (1 + 2 * cy) / (1 + 2 * cy * cy);
}

}  // namespace spinechron
