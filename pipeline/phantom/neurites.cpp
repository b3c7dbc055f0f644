#include "phantom/neurites.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace spinechron {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

bool inside(const Vec3& p, const Vec3& extent, double margin) {
  for (int i = 0; i < 3; ++i)
    if (p[i] < -margin || p[i] > extent[i] + margin) return false;
  return true;
}

struct Wave {
  double amplitude, wavelength, phase;
  double operator()(double s) const { return amplitude * std::sin(kTwoPi * s / wavelength + phase); }
};

}  // namespace

Curve wander(const Vec3& start, double heading_rad, double slope, const Winding& winding, const Vec3& extent,
             double margin_um, double longest_um, Random& random) {
  std::array<Wave, 4> turns;
  for (auto& w : turns)
    w = {random.normal() * winding.heading_rad, random.uniform(winding.shortest_um, 5 * winding.shortest_um),
         random.uniform(0, kTwoPi)};
  std::array<Wave, 3> depths;
  for (auto& w : depths)
    w = {random.normal() * winding.depth_um, random.uniform(25, 110), random.uniform(0, kTwoPi)};
  Curve line;
  Vec3 p = start;
  double turn0 = 0, depth0 = 0;
  for (const auto& w : turns) turn0 += w(0);
  for (const auto& w : depths) depth0 += w(0);
  const auto steps = size_t(longest_um / kLineStep);
  for (size_t i = 0; i <= steps && inside(p, extent, margin_um); ++i) {
    line.push_back(p);
    const double s = double(i + 1) * kLineStep;
    double heading = heading_rad - turn0, depth = -depth0;
    for (const auto& w : turns) heading += w(s);
    for (const auto& w : depths) depth += w(s);
    const double z = start.z() + slope * s + depth;
    const double dz = z - p.z();
    const double lateral = std::sqrt(std::max(0.0, kLineStep * kLineStep - dz * dz));
    p += Vec3(lateral * std::cos(heading), lateral * std::sin(heading), dz);
  }
  return line;
}

std::vector<double> dendrite_radius(size_t points, double mean_um, Random& random) {
  std::array<Wave, 5> waves;
  for (size_t k = 0; k < waves.size(); ++k)
    waves[k] = {random.normal() * (k < 2 ? 0.07 : 0.04),
                k < 2 ? random.uniform(12, 40) : random.uniform(2.5, 8), random.uniform(0, kTwoPi)};
  std::vector<double> radius(points);
  for (size_t i = 0; i < points; ++i) {
    double log_r = 0;
    for (const auto& w : waves) log_r += w(double(i) * kLineStep);
    radius[i] = mean_um * std::exp(log_r);
  }
  for (double s = random.uniform(0, 25); s < double(points) * kLineStep; s += random.uniform(12, 40)) {
    const double height = random.uniform(0.08, 0.25) * mean_um, width = random.uniform(0.4, 0.8);
    for (size_t i = 0; i < points; ++i) {
      const double d = (double(i) * kLineStep - s) / width;
      if (std::abs(d) < 4) radius[i] += height * std::exp(-0.5 * d * d);
    }
  }
  return radius;
}

std::vector<double> axon_radius(size_t points, double bouton_at_um, Random& random) {
  const double cable = random.uniform(0.09, 0.15);
  std::vector<double> radius(points, cable);
  auto bouton = [&](double s) {
    const double height = random.uniform(0.10, 0.24), width = random.uniform(0.15, 0.30);
    for (size_t i = 0; i < points; ++i) {
      const double d = (double(i) * kLineStep - s) / width;
      if (std::abs(d) < 4) radius[i] += height * std::exp(-0.5 * d * d);
    }
  };
  for (double s = random.uniform(0, 5); s < double(points) * kLineStep; s += random.uniform(3, 7)) bouton(s);
  if (bouton_at_um >= 0) bouton(bouton_at_um);
  return radius;
}

double length_inside_um(const Curve& line, const Vec3& extent) {
  double sum = 0;
  for (const auto& p : line)
    if (inside(p, extent, 0)) sum += kLineStep;
  return sum;
}

Separation separation(const Curve& a, const Curve& b, const Vec3& extent, double near_um) {
  constexpr size_t kBlock = 50, kStride = 5;  // points
  const double reach = std::max(near_um, kSeparationReach) + kBlock * kLineStep;
  Separation result;
  for (size_t i0 = 0; i0 < a.size(); i0 += kBlock) {
    std::vector<size_t> blocks;  // of b, that may come near this block of a
    const Vec3& middle = a[std::min(a.size() - 1, i0 + kBlock / 2)];
    for (size_t j0 = 0; j0 < b.size(); j0 += kBlock)
      if ((middle - b[std::min(b.size() - 1, j0 + kBlock / 2)]).head<2>().norm() < reach)
        blocks.push_back(j0);
    for (size_t i = i0; i < std::min(a.size(), i0 + kBlock); i += kStride) {
      if (!inside(a[i], extent, 2)) continue;
      bool near = false;
      for (const size_t j0 : blocks)
        for (size_t j = j0; j < std::min(b.size(), j0 + kBlock); j += kStride) {
          const double d = (a[i] - b[j]).head<2>().norm();
          result.lateral_um = std::min(result.lateral_um, d);
          near = near || d < near_um;
          if (d < near_um) result.depth_um = std::min(result.depth_um, std::abs(a[i].z() - b[j].z()));
        }
      if (near) result.near_length_um += kStride * kLineStep;
    }
  }
  return result;
}

}  // namespace spinechron
