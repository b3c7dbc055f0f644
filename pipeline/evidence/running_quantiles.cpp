#include "evidence/running_quantiles.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/lanes.hpp"

namespace spinechron {
namespace {

constexpr size_t kStride = 2;
constexpr float kUnseen = std::numeric_limits<float>::infinity();

// In every lane of `sorted` (slots x lanes, and a last slot of kUnseen) the sample that leaves makes room for
// the one that enters. Without a branch: which samples move over differs from lane to lane.
SPINECHRON_LANES
void replace(float* sorted, size_t slots, const float* leaving_samples, const float* entering_samples) {
  Lanes leaving, carried, here;
  std::memcpy(&leaving, leaving_samples, sizeof leaving);
  std::memcpy(&carried, entering_samples, sizeof carried);
  std::memcpy(&here, sorted, sizeof here);
  for (size_t slot = 0; slot < slots; ++slot, sorted += kLanes) {
    Lanes next;
    std::memcpy(&next, sorted + kLanes, sizeof next);
    const Lanes kept = here >= leaving ? next : here;
    const Lanes smaller = kept < carried ? kept : carried;
    carried = kept < carried ? carried : kept;
    std::memcpy(sorted, &smaller, sizeof smaller);
    here = next;
  }
}

// The samples of a window in kLanes columns, in order while it slides: its quantiles cost nothing.
class SortedColumns {
 public:
  SortedColumns(const float* samples, size_t stride, size_t columns, size_t slots)
      : samples_(samples), stride_(stride), columns_(columns), slots_(slots) {}

  void fill(size_t first_row) {
    sorted_.assign((slots_ + 1) * kLanes, kUnseen);
    std::fill_n(seen_, kLanes, 0);
    for (size_t i = 0; i < slots_; ++i) exchange(nullptr, samples_ + (first_row + i * kStride) * stride_);
  }
  void slide(size_t from_row) {
    const float* leaving = samples_ + from_row * stride_;
    exchange(leaving, leaving + slots_ * kStride * stride_);
  }
  float quantile(size_t column, double q) const {
    const size_t n = seen_[column];
    if (n * 4 <= slots_) return std::numeric_limits<float>::quiet_NaN();
    const double x = q * static_cast<double>(n - 1);
    const auto i = static_cast<size_t>(x);
    const float low = sorted_[i * kLanes + column];
    if (i + 1 == n) return low;
    return low + static_cast<float>(x - static_cast<double>(i)) * (sorted_[(i + 1) * kLanes + column] - low);
  }

 private:
  void exchange(const float* leaving, const float* entering) {
    float out[kLanes], in[kLanes];
    for (size_t c = 0; c < kLanes; ++c) {
      out[c] = leaving && c < columns_ && std::abs(leaving[c]) < kUnseen ? leaving[c] : kUnseen;
      in[c] = c < columns_ && std::abs(entering[c]) < kUnseen ? entering[c] : kUnseen;
      seen_[c] += size_t{in[c] < kUnseen} - size_t{out[c] < kUnseen};
    }
    replace(sorted_.data(), slots_, out, in);
  }

  const float* samples_;
  size_t stride_, columns_, slots_;
  std::vector<float> sorted_;
  size_t seen_[kLanes];
};

SPINECHRON_LANES
void between(const float* a, const float* b, float offset, float distance, size_t n, float* out) {
  for (size_t i = 0; i < n; ++i) out[i] = a[i] + (b[i] - a[i]) * offset / distance;
}

}  // namespace

RunningQuantiles::RunningQuantiles(const float* samples, size_t stride, size_t rows, size_t columns,
                                   size_t window, size_t hop, std::vector<double> quantiles)
    : columns_(columns), hop_(hop) {
  window = std::min(window, rows);
  for (size_t centre = 0; centre + 1 < rows; centre += hop) centres_.push_back(centre);
  centres_.push_back(rows - 1);
  values_.resize(quantiles.size() * centres_.size() * columns);
  for (size_t c0 = 0; c0 < columns; c0 += kLanes) {
    const size_t lanes = std::min(kLanes, columns - c0);
    SortedColumns sorted(samples + c0, stride, lanes, (window + kStride - 1) / kStride);
    size_t last = 0;
    sorted.fill(last);
    for (size_t w = 0; w < centres_.size(); ++w) {
      const size_t first = std::clamp(centres_[w], window / 2, rows - window + window / 2) - window / 2;
      if ((first - last) % kStride == 0 && first - last < window)
        for (; last < first; last += kStride) sorted.slide(last);
      else
        sorted.fill(first);
      last = first;
      for (size_t q = 0; q < quantiles.size(); ++q)
        for (size_t c = 0; c < lanes; ++c)
          values_[(q * centres_.size() + w) * columns + c0 + c] = sorted.quantile(c, quantiles[q]);
    }
  }
}

void RunningQuantiles::at(size_t quantile, size_t row, float* out) const {
  if (centres_.size() == 1) {
    std::copy_n(values(quantile, 0), columns_, out);
    return;
  }
  const size_t w = std::min(row / hop_, centres_.size() - 2);
  between(values(quantile, w), values(quantile, w + 1), static_cast<float>(row - centres_[w]),
          static_cast<float>(centres_[w + 1] - centres_[w]), columns_, out);
}

}  // namespace spinechron
