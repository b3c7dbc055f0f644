#pragma once
// Gaussian smoothing along lines.

#include <algorithm>
#include <vector>

#include "core/image.hpp"

namespace spinechron {

/// The middle and one side of a symmetric Gaussian kernel whose sum is one: weights of the samples 0 to
/// `reach` away. `sigma` in samples.
std::vector<float> half_gaussian(double sigma, int reach);

/// A symmetric kernel, given as its middle and one side, and room for the lines that it weighs.
class Smoother {
 public:
  explicit Smoother(std::vector<float> kernel);
  size_t reach() const { return kernel_.size() - 1; }

  /// `line(i)` for i in [0, n) are lines of `width` samples; smooths across them at line `at`; ends repeat.
  template <typename Line>
  void across(float* out, size_t width, size_t at, size_t n, const Line& line) {
    for (size_t j = 1; j <= reach(); ++j) {
      low_[j] = line(at - std::min(at, j));
      high_[j] = line(std::min(at + j, n - 1));
    }
    weigh(out, width, line(at));
  }
  /// `n` samples of a line from `middle` on; `reach()` more must lie before and behind them.
  void along(float* out, const float* middle, size_t n);

 private:
  void weigh(float* out, size_t width, const float* middle);
  std::vector<float> kernel_;
  std::vector<const float*> low_, high_;
};

/// Gaussian smoothing along one axis (0: x, 1: y, 2: z) of a block of `size` samples, in place; ends repeat.
/// `sigma` in samples; below 0.2 nothing is done, and the kernel ends at 2.5 sigma or 10 samples.
void smooth_axis(float* samples, Size3 size, int axis, double sigma);

/// Gaussian smoothing of a plane of `nx` x `ny` samples; ends repeat. The kernels end at 3 sigma (samples).
void smooth_plane(const float* in, size_t nx, size_t ny, double sigma_x, double sigma_y, float* out);

}  // namespace spinechron
