#include "unit/denoise/builders.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace spinechron::test {
namespace {

// Solid disc of radius r through Gaussians of sigma (lateral, axial), at (u, w) from its centre.
double disc(double u, double w, double r, const Optics& o) {
  constexpr int kSteps = 12;
  double sum = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double x = r * ((i + 0.5) / kSteps * 2 - 1), chord = std::sqrt(r * r - x * x);
    const double lateral = std::exp(-0.5 * std::pow((u - x) / o.lateral_sigma_um, 2));
    const double s = o.axial_sigma_um * std::numbers::sqrt2;
    sum += lateral * (std::erf((w + chord) / s) - std::erf((w - chord) / s));
  }
  return sum;
}

// Half side weight of the kernel (c, 1, c) that makes neighbours correlate by rho.
double side_weight(double rho) {
  return rho > 0 ? (1 - std::sqrt(1 - 2 * rho * rho)) / (2 * rho) : 0.0;
}

}  // namespace

std::vector<Thing> tangle(const Vec3& extent, int tubes, unsigned seed, double slope) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> any(0, 1);
  std::vector<Thing> things;
  for (int i = 0; i < tubes; ++i) {
    Thing tube;
    tube.centre = Vec3(any(random), any(random), (i + any(random)) / tubes).cwiseProduct(extent);
    tube.radius_um = 0.35 + 0.3 * any(random);
    tube.angle_rad = std::numbers::pi * any(random);
    tube.slope = slope * (any(random) < 0.5 ? -1 : 1);
    tube.half_length = extent.norm();
    tube.peak = 25 + 30 * any(random);
    things.push_back(tube);
    for (double s = -extent.x(); s < extent.x(); s += 1.2 + 1.2 * any(random)) {
      Thing dot;
      const double side = any(random) < 0.5 ? -1 : 1, out = tube.radius_um + 0.7;
      dot.centre = tube.centre + s * Vec3(std::cos(tube.angle_rad), std::sin(tube.angle_rad), tube.slope) +
                   side * out * Vec3(-std::sin(tube.angle_rad), std::cos(tube.angle_rad), 0);
      dot.radius_um = 0.15 + 0.15 * any(random);
      dot.peak = (0.25 + 0.35 * any(random)) * tube.peak;
      things.push_back(dot);
    }
  }
  return things;
}

Image expose(Size3 size, Vec3 voxel, const Optics& optics, const std::vector<Thing>& things,
             double background, const std::function<Vec3(size_t)>& shift_um) {
  Image image(size, voxel, static_cast<float>(background));
  for (const Thing& t : things) {
    const double reach = t.radius_um + 4 * optics.lateral_sigma_um,
                 deep = t.radius_um + 3.5 * optics.axial_sigma_um;
    const Vec3 along(std::cos(t.angle_rad), std::sin(t.angle_rad), 0);
    const Vec3 aside(-along.y(), along.x(), 0);
    const double full = disc(0, 0, t.radius_um, optics);
    const double lateral2 = std::pow(optics.lateral_sigma_um, 2) + t.radius_um * t.radius_um / 5;
    const double axial2 = std::pow(optics.axial_sigma_um, 2) + t.radius_um * t.radius_um / 5;
    for (size_t z = 0; z < size.z; ++z) {
      const Vec3 shift = shift_um ? shift_um(z) : Vec3::Zero().eval();
      // Dots need only the voxels near them, tubes all.
      const double near = t.half_length > 0 ? std::numeric_limits<double>::infinity() : reach;
      const Vec3 from = (t.centre + shift - Vec3::Constant(near)).cwiseQuotient(voxel);
      const Vec3 to = (t.centre + shift + Vec3::Constant(near)).cwiseQuotient(voxel);
      const auto first = [&](int axis) { return static_cast<size_t>(std::max(0.0, std::ceil(from(axis)))); };
      const auto end = [&](int axis, size_t n) {
        return static_cast<size_t>(std::clamp(std::floor(to(axis)) + 1, 0.0, static_cast<double>(n)));
      };
      for (size_t y = first(1); y < end(1, size.y); ++y)
        for (size_t x = first(0); x < end(0, size.x); ++x) {
          const Vec3 d = Vec3(double(x), double(y), double(z)).cwiseProduct(voxel) - shift - t.centre;
          if (t.half_length > 0) {
            const double u = aside.dot(d), s = along.dot(d), w = d.z() - t.slope * s;
            if (std::abs(u) < reach && std::abs(w) < deep)
              image.at(x, y, z) += static_cast<float>(t.peak * disc(u, w, t.radius_um, optics) / full);
          } else if (std::abs(d.z()) < deep) {
            const double e = (d.x() * d.x() + d.y() * d.y()) / lateral2 + d.z() * d.z() / axial2;
            image.at(x, y, z) += static_cast<float>(t.peak * std::exp(-0.5 * e));
          }
        }
    }
  }
  return image;
}

Image photograph(const Image& photons, const NoiseModel& noise, double lowest, double highest,
                 unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  const Size3 n = photons.size();
  Image error(n, photons.voxel_um()), along = error.clone(), counts = error.clone();
  for (size_t i = 0; i < n.count(); ++i) {
    const double light = photons.data()[i];
    std::poisson_distribution<int> poisson(std::max(light, 1e-9));
    error.data()[i] =
        static_cast<float>(poisson(random) - light + normal(random) * noise.read_sigma / noise.gain);
  }
  const double cx = side_weight(noise.row_correlation), cy = side_weight(noise.column_correlation);
  const double norm = 1 / std::sqrt((1 + 2 * cx * cx) * (1 + 2 * cy * cy));
  const auto around = [](size_t i, size_t size, bool up) {
    return up ? (i + 1) % size : (i + size - 1) % size;
  };
  for (size_t z = 0; z < n.z; ++z) {
    for (size_t y = 0; y < n.y; ++y)
      for (size_t x = 0; x < n.x; ++x)
        along.at(x, y, z) =
            static_cast<float>(error.at(x, y, z) + cx * (error.at(around(x, n.x, true), y, z) +
                                                         error.at(around(x, n.x, false), y, z)));
    for (size_t y = 0; y < n.y; ++y)
      for (size_t x = 0; x < n.x; ++x) {
        const double e = norm * (along.at(x, y, z) + cy * (along.at(x, around(y, n.y, true), z) +
                                                           along.at(x, around(y, n.y, false), z)));
        const double value = noise.offset + noise.gain * (photons.at(x, y, z) + e);
        counts.at(x, y, z) = static_cast<float>(std::clamp(std::round(value), lowest, highest));
      }
  }
  return counts;
}

}  // namespace spinechron::test
