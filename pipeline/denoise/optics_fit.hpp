#pragma once
// The effective point spread function, from the image itself.

#include "core/image.hpp"
#include "core/noise.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// Sigmas of the point spread function's Gaussian core, lateral in 0.12 to 0.45 um, axial in 0.4 to 2.0 um;
/// an image without structure gives the prior (0.22, 0.9).
Optics fit_optics(const Image& photons, const NoiseModel& noise, const Context& context);

}  // namespace spinechron
