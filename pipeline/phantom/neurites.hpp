#pragma once
// How a single neurite grows: a smooth random path through a box, and a smoothly varying radius along it.

#include "phantom/anatomy.hpp"

namespace spinechron {

/// How winding a path is.
struct Winding {
  double heading_rad = 0.25;  ///< amplitude of each of four turns of the heading
  double depth_um = 0.8;      ///< amplitude of each of three waves in depth
  double shortest_um = 18;    ///< shortest wavelength of heading
};

/// A path from `start` along `heading_rad` (in the xy plane), until it leaves the box [-margin, extent +
/// margin] or is `longest_um` long. Depth waves are 0 at the start.
Curve wander(const Vec3& start, double heading_rad, double slope, const Winding& winding, const Vec3& extent,
             double margin_um, double longest_um, Random& random);

/// Radius along a dendrite: a mean, slow and fast smooth variations, now and then a varicosity.
std::vector<double> dendrite_radius(size_t points, double mean_um, Random& random);

/// Radius along an axon: a thin cable with boutons 3 to 7 um apart; `bouton_at_um` >= 0 adds one there.
std::vector<double> axon_radius(size_t points, double bouton_at_um, Random& random);

/// Length of the part of a curve that lies inside the field, um.
double length_inside_um(const Curve& line, const Vec3& extent);

/// Smallest lateral distance between two curves inside the field (1e9 or any larger value than
/// kSeparationReach if they are farther apart than that), and the smallest difference in depth where
/// they are laterally nearer than `near_um`.
inline constexpr double kSeparationReach = 8;  ///< um
struct Separation {
  double lateral_um = 1e9;
  double depth_um = 1e9;
  double near_length_um = 0;  ///< length of `a` that runs laterally nearer than `near_um`
};
Separation separation(const Curve& a, const Curve& b, const Vec3& extent, double near_um);

}  // namespace spinechron
