#pragma once
// The algorithm: plain C++ that knows nothing of spinechron, so that it can be tested alone.

#include <algorithm>
#include <cstddef>
#include <vector>

/// The value that `share` (0 to 1) of all samples do not exceed. `n` must not be 0.
inline float quantile(const float* samples, std::size_t n, double share) {
  std::vector<float> sorted(samples, samples + n);
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(n - 1));
  std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
  return sorted[static_cast<std::size_t>(at)];
}

/// Copies samples, none brighter than `ceiling`.
inline void clip(const float* in, float* out, std::size_t n, float ceiling) {
  for (std::size_t i = 0; i < n; ++i) out[i] = std::min(in[i], ceiling);
}
