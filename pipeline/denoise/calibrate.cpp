#include "denoise/calibrate.hpp"

#include <tbb/parallel_for.h>

#include <cmath>
#include <utility>

#include "core/lanes.hpp"
#include "core/range.hpp"
#include "denoise/noise_fit.hpp"
#include "denoise/optics_fit.hpp"

namespace spinechron {
namespace {

SPINECHRON_LANES
void to_photons(float* counts, size_t n, float offset, float photons_per_count) {
  for (size_t i = 0; i < n; ++i) counts[i] = (counts[i] - offset) * photons_per_count;
}

}  // namespace

Stack calibrate(RawStack raw, const Context& context) {
  Stack stack;
  stack.image = std::move(raw.counts);
  float* samples = stack.image.data();
  const size_t n = stack.image.size().count();
  Range range = range_of(samples, n);
  float least = 0;
  if (!range.finite) {
    bool any = false;
    for (size_t i = 0; i < n; ++i)
      if (std::isfinite(samples[i]) && (!any || samples[i] < least)) least = samples[i], any = true;
    for (size_t i = 0; i < n; ++i)
      if (!std::isfinite(samples[i])) samples[i] = least;
    range = range_of(samples, n);
  }
  const BlockMeans means(stack.image);
  stack.noise = fit_noise(stack.image, means, range, raw.lowest_count, raw.highest_count, context);
  context.check_cancelled();
  const auto offset = static_cast<float>(stack.noise.offset);
  const auto photons_per_count = static_cast<float>(1 / stack.noise.gain);
  const size_t slice = stack.image.size().x * stack.image.size().y;
  tbb::parallel_for(size_t{0}, stack.image.size().z,
                    [&](size_t z) { to_photons(stack.image.slice(z), slice, offset, photons_per_count); });
  context.check_cancelled();
  stack.optics = fit_optics(stack.image, means, raw.lens, context);
  return stack;
}

}  // namespace spinechron
