#include "core/range.hpp"

#include <algorithm>
#include <cstring>

#include "core/lanes.hpp"

namespace spinechron {

SPINECHRON_LANES
Range range_of(const float* samples, size_t n) {
  Range range;
  Lanes least = range.least + Lanes{}, greatest = range.greatest + Lanes{}, probe{}, here;
  size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    std::memcpy(&here, samples + i, sizeof here);
    least = here < least ? here : least;
    greatest = here > greatest ? here : greatest;
    probe += here - here;  // 0, or NaN with what is not finite
  }
  float rest = 0;
  for (size_t k = 0; k < kLanes; ++k) {
    range.least = std::min(range.least, least[k]);
    range.greatest = std::max(range.greatest, greatest[k]);
    rest += probe[k];
  }
  for (; i < n; ++i) {
    range.least = std::min(range.least, samples[i]);
    range.greatest = std::max(range.greatest, samples[i]);
    rest += samples[i] - samples[i];
  }
  range.finite = rest == 0;
  return range;
}

}  // namespace spinechron
