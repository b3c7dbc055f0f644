#pragma once
// Small images of tubes and dots with known optics, and a camera with known noise.

#include <functional>
#include <random>
#include <vector>

#include "core/image.hpp"
#include "core/noise.hpp"

namespace spinechron::test {

/// A straight tube (a dendrite) or, with half_length 0, a dot (a spine's head); um.
struct Thing {
  Vec3 centre;
  double radius_um = 0.5;
  double angle_rad = 0;    ///< in the plane
  double slope = 0;        ///< um down for each um along
  double half_length = 0;  ///< um, 0: a dot
  double peak = 40;        ///< photons
};

/// Tubes that cross a field of that size at various depths and angles, with dots beside them.
std::vector<Thing> tangle(const Vec3& extent_um, int tubes, unsigned seed, double slope = 0);

/// Expected photons of things through a Gaussian point spread function over a flat background. `shift_um`, if
/// given, moves the content of each slice by shift_um(z).
Image expose(Size3 size, Vec3 voxel_um, const Optics& optics, const std::vector<Thing>& things,
             double background, const std::function<Vec3(size_t)>& shift_um = {});

/// Counts: Poisson and read noise, correlated as the model says (variance kept), rounded, cut at
/// lowest and highest.
Image photograph(const Image& photons, const NoiseModel& noise, double lowest, double highest, unsigned seed);

}  // namespace spinechron::test
