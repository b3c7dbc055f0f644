#pragma once
// Gaussian smoothing of images, in one pass over memory.

#include <vector>

#include "core/image.hpp"

namespace spinechron {

/// The middle and one side of a symmetric Gaussian kernel whose sum is one: weights of the samples 0 to
/// `reach` away. `sigma` in samples.
std::vector<float> half_gaussian(double sigma, int reach);

/// Gaussian smoothing along one axis (0: x, 1: y, 2: z) of a block of `size` samples, in place; ends repeat.
/// `sigma` in samples; below 0.2 nothing is done, and the kernel ends at 2.5 sigma or 10 samples.
void smooth_axis(float* samples, Size3 size, int axis, double sigma);

/// Gaussian smoothing of every x-y plane and along z, standard deviations in um (0: none along that axis;
/// below 0.2 voxels along z none either); ends repeat. The kernel ends at 4 sigma in the plane and at 3 sigma
/// along z. Only every `every`-th column and row is computed and kept (the first one is: positions in um stay
/// the same): an image smoothed by two voxels or more loses nothing by `every` = 2, and costs a quarter of
/// the time and memory.
Image smoothed(const Image& image, double lateral_sigma_um, double axial_sigma_um);

/// One step of Van Cittert's deconvolution (Z. Phys. 69:298, 1931) with a Gaussian PSF of these standard
/// deviations in um: what smoothing by it takes away is added once more. In place.
void sharpen(Image& image, double lateral_sigma_um, double axial_sigma_um);

}  // namespace spinechron
