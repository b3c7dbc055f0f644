#pragma once
// From photons to the grey of a picture.

#include <cstdint>
#include <vector>

namespace spinechron::report {

/// Exponent of every picture's grey scale: lifts spines, which have 5 to 30% of the shaft's brightness.
inline constexpr double kGamma = 0.6;
/// Grey of a place that an image does not show.
inline constexpr std::uint8_t kNothingGrey = 40;

/// The value at a share `q` (0 to 1) of the values in rising order; NaNs do not count. NaN if there are none.
float quantile_of(std::vector<float> values, double q);

/// Values from `black` to `white` spread over the grey scale with the exponent kGamma; NaN becomes
/// kNothingGrey. Where `white` is not above `black` the scale is one photon long.
std::vector<std::uint8_t> to_grey(const std::vector<float>& values, double black, double white);

}  // namespace spinechron::report
