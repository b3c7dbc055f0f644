#pragma once
// The tissue: what there is to be seen, in um, before any microscope. Its frame is that of the first session.

#include <string>
#include <vector>

#include "core/geometry.hpp"
#include "core/spine.hpp"
#include "phantom/config.hpp"
#include "phantom/random.hpp"

namespace spinechron {

/// A dendrite or an axon: a tube of round cross-section and varying radius.
struct Neurite {
  enum class Kind { dendrite, axon };
  Kind kind = Kind::dendrite;
  Curve line;                     ///< equal steps of kLineStep
  std::vector<double> radius_um;  ///< at each point
  double brightness = 1;          ///< dye per volume; 1 is the common level
  int parent = -1;                ///< index of the dendrite it branches off, -1: none
};
inline constexpr double kLineStep = 0.1;  ///< um of arc between points of a Neurite

/// A spine's site and shape. Azimuth: around the shaft, 0 to the left seen along it, pi/2 towards the
/// objective's far side (+z), pi to the right.
struct SpineShape {
  int dendrite = 0;  ///< index in Tissue::dendrites
  double arc_um = 0;
  double azimuth_rad = 0;
  double tilt_rad = 0;  ///< leaning along the dendrite
  SpineClass kind = SpineClass::thin;
  double length_um = 1;  ///< from the shaft's surface to the tip
  double head_radius_um = 0.2;
  double neck_radius_um = 0.08;
  double bend_um = 0;  ///< how far the neck's middle lies off the straight line
  double brightness = 1;
};

/// A round patch of light: bead, punctum, or something large and out of focus.
struct Blob {
  Vec3 centre = Vec3::Zero();
  double radius_um = 0.2;  ///< radius of a ball, or sigma if soft
  double brightness = 1;   ///< dye per volume
  bool soft = false;       ///< a Gaussian of this sigma and the volume of a ball of 1.5 times it
};

struct Tissue {
  std::vector<Neurite> dendrites;
  std::vector<Neurite> axons;
  std::vector<Blob> blobs;
};

/// Grows dendrites, axons and neuropil as the configuration says.
Tissue grow_tissue(const PhantomConfig& config, std::uint64_t seed);

/// A new spine at a random site of random kind; shares of kinds and sizes as textbooks of spine morphology
/// give them (mushroom 0.35, thin 0.40, stubby 0.17, filopodium 0.08).
SpineShape random_spine(const Tissue& tissue, Random& random);

/// Where a spine's parts are: its foot on the shaft's surface, neck from the axis to the head, head and tip.
struct SpinePlace {
  Vec3 axis, base, head, tip;
  Curve neck;
};
SpinePlace place_spine(const Neurite& dendrite, const SpineShape& shape);

/// Length of a neurite's arc on which spines may stand (free ends and a branch's root left out), as
/// [first, last] in um.
std::pair<double, double> spine_range_um(const Tissue& tissue, size_t dendrite);

}  // namespace spinechron
