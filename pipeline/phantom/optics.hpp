#pragma once
// The microscope's optics: solids become points of light, points become what the point spread function makes
// of them.
//
// A solid is taken apart into weighted points at a spacing below the PSF's sigma: their blurred sum is then
// that of the solid to better than a thousandth, without any fine grid.

#include <vector>

#include "core/image.hpp"
#include "phantom/anatomy.hpp"

namespace spinechron {

/// A point of light. `weight` is dye volume (um3 x brightness); extra_sigma_um widens it beyond the PSF.
struct LightPoint {
  Vec3 at;
  double weight;
  double extra_sigma_um = 0;
};
using Light = std::vector<LightPoint>;

/// The PSF: a Gaussian core and, in tissue, wider halves that hold `scatter` of the light.
struct Psf {
  double lateral_sigma_um = 0.19;
  double axial_sigma_um = 0.85;
  double scatter = 0;  ///< share of the light in the tails, 0 to 1

  struct Tail {
    double share, lateral_sigma_um, axial_sigma_um;
  };
  /// Shares of the scattered light; sigmas as measured beside dendrites in vivo (15 to 20 % of a dendrite's
  /// brightness 3 um above it, 4 % at 1.2 um and 1 % at 2.5 um beside it).
  static constexpr Tail kTails[] = {{0.50, 0.42, 3.2}, {0.30, 0.90, 3.4}, {0.20, 2.50, 6.0}};

  /// Peak of an infinite straight tube of unit brightness in the core of this PSF.
  double tube_peak(double radius_um) const;
  /// Half width at half maximum, um, of that tube's lateral profile in focus: the edge a viewer sees.
  double tube_half_width_um(double radius_um) const;
};

/// Points for a tube along `line` (any steps), a ball, and a spine's neck and head.
void add_tube(Light& light, const Curve& line, const std::vector<double>& radius_um, double brightness,
              double spacing_um);
void add_ball(Light& light, const Vec3& centre, double radius_um, double brightness, double spacing_um);
void add_blob(Light& light, const Blob& blob, double spacing_um);

/// Lateral shift of every slice, um: the scanner's field moved by that much while the slice was taken.
using SliceShifts = std::vector<Eigen::Vector2d>;

/// Adds the light through the PSF's core (its share 1 - scatter) to `image`; parts beyond the grid are cut
/// off. `shifts` is empty or has one entry a slice.
void paint(Image& image, const Light& light, const Psf& psf, const SliceShifts& shifts);

/// Adds the tails of what `core` shows (share scatter / (1 - scatter) of it): computed on coarser grids.
/// Nothing is added if scatter is 0.
void add_tails(Image& image, const Image& core, const Psf& psf);

}  // namespace spinechron
