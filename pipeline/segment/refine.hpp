#pragma once
// From a path on coarse voxels to a centreline that is right to a fraction of a voxel, with its radius and
// contrast.

#include <vector>

#include "evidence/filters.hpp"
#include "segment/coarse.hpp"

namespace spinechron {

/// Gaussian smoothing of all three coordinates, standard deviation in um of arc; the ends stay where they
/// are. `curve` in equal steps of kStepUm.
Curve smooth_curve(const Curve& curve, double sigma_um);

/// Moves a curve (equal steps of kStepUm) onto the dendrite's axis: its depth by dynamic programming on
/// brightness within `depth_reach_um`, then its side within `side_reach_um` on profiles smoothed over about
/// the radius, so that spines and noise do not lead. Returns it resampled to kStepUm.
Curve centre_curve(const Image& image, const Coarse& coarse, Curve curve, double depth_reach_um,
                   double side_reach_um, double radius_um);

/// What the profile across the dendrite shows at each point.
struct CrossSection {
  Profile radius_um;      ///< half width at half maximum, spines filtered out
  Profile contrast;       ///< axis minus background beside it, photons a voxel, smoothed over 0.5 um
  double noise = 0;       ///< spread of what lies beside it, smoothed to about the optics, photons
  double snr = 0;         ///< median contrast over noise
  double beadedness = 0;  ///< spread of the contrast along the dendrite (over 4 um) over its median
};
CrossSection cross_section(const Image& image, const Curve& curve);

/// Straight on to the border of the image at every end that is nearer to it than `within_um`, if the dendrite
/// is seen there (a third of the contrast before).
Curve extend_to_border(const Curve& curve, const Image& image, double within_um);

/// Stretches of `hidden` points no longer than `most_um` are replaced by a smooth curve from one side to the
/// other: where another dendrite passes over this one, its brightness says nothing about this one's axis.
Curve straight_across(const Curve& curve, const std::vector<bool>& hidden, double most_um);

/// A free end moves outwards while the dendrite goes on straight ahead, or inwards where what hangs on it is
/// much dimmer than the dendrite. `front`, `back`: which ends are free.
Curve settle_free_ends(const Image& image, Curve curve, bool front, bool back);

}  // namespace spinechron
