#pragma once
// A hand-made scene with known answers: one bent dendrite with heads at chosen places, on a flat floor with
// noise.

#include <cmath>
#include <random>
#include <vector>

#include "core/stage.hpp"

namespace spinechron::testing {

struct Head {
  double arc_um;      // along the dendrite
  double off_um;      // from the axis, positive = left of the dendrite
  double peak = 0.3;  // over the shaft's
};

/// A rigid motion of the scene in the plane, about its middle, and a shift.
struct Motion {
  double degrees = 0;
  Vec3 shift_um = Vec3::Zero();
};

struct Scene {
  Size3 size{360, 200, 20};
  Vec3 voxel_um{0.12, 0.12, 1.0};
  double shaft_photons = 60, noise_photons = 2;
  double shaft_sigma_um = 0.45, head_sigma_um = 0.25;  ///< lateral, as imaged; 0.9 um axially
  Optics optics{0.22, 0.9};
  std::vector<Head> heads;

  Vec3 middle() const {
    return Vec3(double(size.x), double(size.y), double(size.z)).cwiseProduct(voxel_um) / 2;
  }

  /// The axis: left to right through the middle with a gentle bend, at constant depth; arc is close to x -
  /// first x.
  Curve axis() const {
    Curve c;
    const Vec3 m = middle();
    for (double x = 2; x < 2 * m.x() - 2; x += 0.12) c.emplace_back(x, m.y() + 1.5 * std::sin(x / 8), 9.0);
    return resample(c, 0.12);
  }
  Vec3 head(const Head& h) const {
    const Curve c = axis();
    const Vec3 p = at_arc(c, 0.12, h.arc_um), q = at_arc(c, 0.12, h.arc_um + 0.3);
    const Vec3 t = (q - p).normalized();
    return p + h.off_um * Vec3(t.y(), -t.x(), 0);
  }
  Vec3 moved(const Vec3& p, const Motion& motion) const {
    const double a = motion.degrees * M_PI / 180;
    const Vec3 d = p - middle();
    return middle() +
           Vec3(std::cos(a) * d.x() - std::sin(a) * d.y(), std::sin(a) * d.x() + std::cos(a) * d.y(), d.z()) +
           motion.shift_um;
  }
  Tracing tracing(const Motion& motion = {}) const {
    Dendrite d;
    d.id = 1;
    for (const Vec3& p : axis()) d.centreline.push_back(moved(p, motion));
    d.radius_um.assign(d.centreline.size(), 0.5);
    return {d};
  }

  /// Shaft and heads with Gaussian profiles.
  Stack stack(unsigned seed, const Motion& motion = {}) const {
    Stack s;
    s.image = Image(size, voxel_um);
    s.optics = optics;
    std::mt19937 rng(seed);
    const auto uniform = [&] { return (double(rng()) + 0.5) / 4294967296.0; };
    for (size_t i = 0; i < size.count(); ++i)  // Box-Muller: the same everywhere
      s.image.data()[i] = static_cast<float>(noise_photons * std::sqrt(-2 * std::log(uniform())) *
                                             std::cos(2 * M_PI * uniform()));
    const auto paint = [&](const Vec3& at, double peak, double lateral, double axial) {
      for (size_t z = 0; z < size.z; ++z)
        for (int y = int((at.y() - 1.6) / voxel_um.y()); y <= int((at.y() + 1.6) / voxel_um.y()); ++y)
          for (int x = int((at.x() - 1.6) / voxel_um.x()); x <= int((at.x() + 1.6) / voxel_um.x()); ++x) {
            if (x < 0 || y < 0 || x >= int(size.x) || y >= int(size.y)) continue;
            const Vec3 d = Vec3(x, y, double(z)).cwiseProduct(voxel_um) - at;
            s.image.at(size_t(x), size_t(y), z) += static_cast<float>(
                peak * std::exp(-(d.x() * d.x() + d.y() * d.y()) / (2 * lateral * lateral) -
                                d.z() * d.z() / (2 * axial * axial)));
          }
    };
    // Overlapping blobs every step make a smooth tube of amplitude shaft_photons.
    const double blob = shaft_photons * 0.12 / (shaft_sigma_um * std::sqrt(2 * M_PI));
    for (const Vec3& p : axis()) paint(moved(p, motion), blob, shaft_sigma_um, 0.9);
    for (const Head& h : heads) paint(moved(head(h), motion), h.peak * shaft_photons, head_sigma_um, 0.9);
    return s;
  }
};

/// A frame as alignment would give it for the scene as it is painted.
inline Frame frame_of(const Scene& scene) {
  Frame f;
  f.dendrites = scene.tracing();
  const size_t n = f.dendrites[0].centreline.size();
  f.arc_from_reference.emplace_back();
  for (size_t i = 0; i < n; ++i) f.arc_from_reference[0].push_back(double(i) * 0.12);
  f.error_um.emplace_back(n, 0.0);
  return f;
}

}  // namespace spinechron::testing
