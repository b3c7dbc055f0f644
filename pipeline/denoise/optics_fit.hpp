#pragma once
// The effective point spread function, from the image itself.

#include <optional>

#include "core/image.hpp"
#include "core/noise.hpp"
#include "core/stage.hpp"
#include "denoise/block_means.hpp"

namespace spinechron {

inline constexpr double kLeastLateralSigma_um = 0.12, kMostLateralSigma_um = 0.45;
inline constexpr double kLeastAxialSigma_um = 0.4, kMostAxialSigma_um = 2.0;

/// Sigmas of the point spread function's Gaussian core as the image shows it: what blurs the finest things,
/// whether lens, tissue or scanner.
///
/// Both come from products of neighbouring slices' spectra in bright windows: the noise of two slices is
/// independent, so what they share is structure alone and needs no model of the noise.
/// Lateral: the fall-off of the shared power with spatial frequency k, exp(-sigma^2 k^2) times that of the
/// structures themselves, taken as dendrites seen from above, 1/k (1 + k^2 R^2 / 6)^(-3/2), with R near 0.6
/// um left free within 20 %. Axial: how fast the shared power of fine detail falls with the distance between
/// the slices, exp(-dz^2 / 4 sigma^2), less the thickness of a typical dendrite, beside a share (0 to 20 %,
/// free) of light that tissue scatters much farther along z. Both are posterior means
/// under a prior (0.22 um within 40 %, 0.9 um within 35 %), which is what an image without structure, with
/// fewer than two slices or with voxels too coarse gives; clamped to the limits above. A known lens moves the
/// prior by as much as its diffraction limit differs from that of a lens of aperture 1.0 at 0.92 um, and
/// narrows it to 25 %.
///
/// On 72 phantoms over voxels of 0.08 to 0.15 by 0.5 to 1 um the axial sigma is within 15 % but for one, the
/// lateral within 15 % but for five; a sigma of 0.18 um comes out too high, by 13 % in the mean. An image
/// that was smoothed along z defeats both: its slices share their noise.
///
/// @param image counts or photons: scale and offset do not matter
/// @param means block means that rank the same voxels by brightness (of the image or of its counts)
/// @param lens as the sidecar gives it, if it does
Optics fit_optics(const Image& image, const BlockMeans& means, const std::optional<Lens>& lens,
                  const Context& context);

/// The two-photon point spread function of a perfect, filled lens in water (in oil from an aperture of 1.3):
/// Zipfel, Williams and Webb, Nat Biotechnol 21:1369 (2003). In tissue it is half as large again and more.
Optics diffraction_limit(const Lens& lens);

}  // namespace spinechron
