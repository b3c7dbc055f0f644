#pragma once
// The least and the greatest of many samples.

#include <cstddef>
#include <limits>

namespace spinechron {

struct Range {
  float least = std::numeric_limits<float>::max(), greatest = std::numeric_limits<float>::lowest();
  bool finite = true;  ///< none is NaN or infinite; NaN count for neither end
};
Range range_of(const float* samples, size_t n);

}  // namespace spinechron
