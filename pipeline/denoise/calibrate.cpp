#include "denoise/calibrate.hpp"

#include <cmath>
#include <utility>

#include "denoise/noise_fit.hpp"
#include "denoise/optics_fit.hpp"

namespace spinechron {

Stack calibrate(RawStack raw, const Context& context) {
  Stack stack;
  stack.image = std::move(raw.counts);
  float* samples = stack.image.data();
  const size_t n = stack.image.size().count();
  float least = 0;
  bool finite = true, any = false;
  for (size_t i = 0; i < n; ++i) finite = finite && std::isfinite(samples[i]);
  if (!finite) {
    for (size_t i = 0; i < n; ++i)
      if (std::isfinite(samples[i]) && (!any || samples[i] < least)) least = samples[i], any = true;
    for (size_t i = 0; i < n; ++i)
      if (!std::isfinite(samples[i])) samples[i] = least;
  }
  stack.noise = fit_noise(stack.image, raw.lowest_count, raw.highest_count, context);
  context.check_cancelled();
  const auto offset = static_cast<float>(stack.noise.offset);
  const auto photons_per_count = static_cast<float>(1 / stack.noise.gain);
  for (size_t i = 0; i < n; ++i) samples[i] = (samples[i] - offset) * photons_per_count;
  context.check_cancelled();
  stack.optics = fit_optics(stack.image, stack.noise, context);
  return stack;
}

}  // namespace spinechron
