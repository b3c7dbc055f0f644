#pragma once
// What the lower part of a distribution says along a dendrite, for all distances from it at once.

#include <cstddef>
#include <vector>

namespace spinechron {

/// Quantiles of the columns of a field of samples, in windows that slide along its rows. What is not finite
/// is not seen; windows with less than a quarter of their samples seen give NaN. A window at an end is
/// shifted inwards.
class RunningQuantiles {
 public:
  /// `samples`: `rows` rows of `columns` samples, `stride` from one row to the next. A window holds every
  /// second of `window` rows (the image is smooth over two samples) and stands at every `hop`th row and at
  /// the last.
  RunningQuantiles(const float* samples, size_t stride, size_t rows, size_t columns, size_t window,
                   size_t hop, std::vector<double> quantiles);

  /// The quantile of that index at a row, linear between windows: one value a column.
  void at(size_t quantile, size_t row, float* out) const;

 private:
  const float* values(size_t quantile, size_t window) const {
    return values_.data() + (quantile * centres_.size() + window) * columns_;
  }
  size_t columns_, hop_;
  std::vector<size_t> centres_;  ///< the rows at which windows stand
  std::vector<float> values_;    ///< quantiles x windows x columns
};

}  // namespace spinechron
