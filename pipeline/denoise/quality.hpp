#pragma once
// How good one stack is in itself, in numbers and in plain words; what the other sessions add (overlap,
// registration) is added later.

#include "core/dendrite.hpp"
#include "core/noise.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// snr: shaft over the haze beside it, over that difference's photon and read noise after smoothing to the
/// point spread function (with the noise's own correlation counted in), median over the shafts; photons: of a
/// voxel above the offset, median along the shafts; motion and saturation as the stack has them.
///
/// The verdict is "not usable" where shafts do not stand out (snr below 2) or there are none, or more than
/// 20 % of the voxels along them are saturated; "usable with care" with one sentence for each reason: dim
/// shafts (snr below 6), few photons, saturated voxels, blur (voxels too coarse for the optics, or optics
/// much blunter than a two-photon microscope's), movement beyond 0.3 um, counts clipped at the lowest value
/// in more than 40 % of the image.
Quality assess_stack(const Stack& stack, const Tracing& tracing);

}  // namespace spinechron
