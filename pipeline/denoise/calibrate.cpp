#include "denoise/calibrate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "denoise/noise_fit.hpp"
#include "denoise/optics_fit.hpp"

namespace spinechron {
namespace {

// 0 * x is 0 for every finite x and NaN for the rest; in lanes, for speed.
bool all_finite(const float* v, size_t n) {
  constexpr size_t kLanes = 16;
  std::array<float, kLanes> sum{};
  const size_t whole = n / kLanes * kLanes;
  for (size_t i = 0; i < whole; i += kLanes)
    for (size_t k = 0; k < kLanes; ++k) sum[k] += 0.0F * v[i + k];
  for (size_t i = whole; i < n; ++i) sum[0] += 0.0F * v[i];
  return std::all_of(sum.begin(), sum.end(), [](float s) { return s == 0.0F; });
}

}  // namespace

Stack calibrate(RawStack raw, const Context& context) {
  Stack stack;
  stack.image = std::move(raw.counts);
  float* samples = stack.image.data();
  const size_t n = stack.image.size().count();
  float least = 0;
  if (!all_finite(samples, n)) {
    bool any = false;
    for (size_t i = 0; i < n; ++i)
      if (std::isfinite(samples[i]) && (!any || samples[i] < least)) least = samples[i], any = true;
    for (size_t i = 0; i < n; ++i)
      if (!std::isfinite(samples[i])) samples[i] = least;
  }
  const BlockMeans means(stack.image);
  stack.noise = fit_noise(stack.image, means, raw.lowest_count, raw.highest_count, context);
  context.check_cancelled();
  const auto offset = static_cast<float>(stack.noise.offset);
  const auto photons_per_count = static_cast<float>(1 / stack.noise.gain);
  for (size_t i = 0; i < n; ++i) samples[i] = (samples[i] - offset) * photons_per_count;
  context.check_cancelled();
  stack.optics = fit_optics(stack.image, means, raw.lens, context);
  return stack;
}

}  // namespace spinechron
