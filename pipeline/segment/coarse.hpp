#pragma once
// A small copy of the image on which ridges are sought: voxels of about 0.25 x 0.25 x 1 um, brightness
// stabilised.

#include "core/image.hpp"

namespace spinechron {

/// The image averaged over blocks of voxels.
struct Coarse {
  Image photons;     ///< linear, background not removed, smoothed a little along z
  Image stabilised;  ///< square root of what stands above the slice's background: equal noise everywhere;
                     ///< find_ridges takes it
  Vec3 origin_um;    ///< where voxel (0, 0, 0) of the above lies in the image
  Vec3 to_um(double x, double y, double z) const {
    return origin_um + Vec3(x, y, z).cwiseProduct(photons.voxel_um());
  }
  Vec3 to_vox(const Vec3& um) const { return (um - origin_um).cwiseQuotient(photons.voxel_um()); }
};

/// Blocks are chosen per axis so that voxels come near 0.25 um laterally and 1 um axially; images coarser
/// than that are not reduced. What is left of a block at the far border is averaged over the voxels there
/// are.
Coarse make_coarse(const Image& image);

}  // namespace spinechron
