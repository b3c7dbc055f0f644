#pragma once
// Smoothing under Poisson and Gaussian noise: stabilise the variance, shrink what is no more than noise at
// each scale, and go back without bias.

#include "core/image.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// Generalised Anscombe transform of photons with Gaussian noise of `read_sigma` photons: its noise has a
/// standard deviation near 1 from about 2 photons up. Values below its range give 0.
float stabilised(float photons, float read_sigma);

/// Its exact unbiased inverse (in the closed form of Makitalo and Foi, IEEE Trans Image Process 22:91, 2013):
/// the photons whose transform has this expectation. The plain inverse is too low by a quarter photon or so,
/// which dim spines would feel.
float unbiased_inverse(float stabilised, float read_sigma);

struct AnscombeConfig {
  double strength = 1;  ///< noise variance is taken as so many times what is measured; 0 leaves the image
  int scales = 3;       ///< finest structures are one voxel wide, the coarsest 2^(scales-1)
};

/// Stabilises, splits each slice into scales by the undecimated B3-spline wavelet, multiplies each
/// coefficient by the share that signal has in its neighbourhood's power (a local Wiener filter that looks at
/// the slices above and below too), and goes back. The noise of each scale is measured in the stack (median
/// absolute deviation), so noise correlated along the scan line is not taken for structure. After Zhang,
/// Fadili and Starck, IEEE Trans Image Process 17:1093 (2008).
/// @param photons changed in place
/// @param read_sigma photons
void smooth_stabilised(Image& photons, double read_sigma, const AnscombeConfig& config,
                       const Context& context);

}  // namespace spinechron
