#include "evidence/smooth_seen.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/lanes.hpp"

namespace spinechron {
namespace {

// Weights of the samples -reach to reach away; none where there is nothing to smooth.
std::vector<float> weights_for(double sigma, int n) {
  const int reach = static_cast<int>(std::ceil(3 * sigma));
  std::vector<float> weights;
  if (reach < 1 || n < 2 || sigma < 0.2) return weights;
  for (int i = -reach; i <= reach; ++i)
    weights.push_back(static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma))));
  return weights;
}

// The mean of those samples of `taps` rows, `step` apart, that are seen, where that of `middle` is. `width`
// is a multiple of kLanes.
SPINECHRON_LANES
void mean_of_seen(const float* rows, size_t step, const float* weights, size_t taps, const float* middle,
                  size_t width, float* out) {
  for (size_t x = 0; x < width; x += kLanes) {
    Lanes sum{}, weight{}, v;
    for (size_t t = 0; t < taps; ++t) {
      std::memcpy(&v, rows + t * step + x, sizeof v);
      const auto seen = v - v == 0;
      sum += seen ? weights[t] * v : Lanes{};
      weight += seen ? weights[t] + Lanes{} : Lanes{};
    }
    std::memcpy(&v, middle + x, sizeof v);
    v = v - v == 0 ? sum / weight : v;
    std::memcpy(out + x, &v, sizeof v);
  }
}

// The same where all are seen.
SPINECHRON_LANES
void mean_of_all(const float* rows, size_t step, const float* weights, size_t taps, size_t width,
                 float* out) {
  float weight = 0;
  for (size_t t = 0; t < taps; ++t) weight += weights[t];
  for (size_t x = 0; x < width; x += kLanes) {
    Lanes sum{}, v;
    for (size_t t = 0; t < taps; ++t) {
      std::memcpy(&v, rows + t * step + x, sizeof v);
      sum += weights[t] * v;
    }
    sum /= weight;
    std::memcpy(out + x, &sum, sizeof sum);
  }
}

bool all_seen(const float* row, size_t width) {
  return std::all_of(row, row + width, [](float v) { return std::isfinite(v); });
}

// A block whose rows are filled up to a multiple of kLanes with samples that nobody sees.
class Rows {
 public:
  explicit Rows(const Block& block)
      : width_(size_t(block.width)),
        padded_((width_ + kLanes - 1) / kLanes * kLanes),
        in_(size_t(block.levels) * size_t(block.arcs) * padded_),
        out_(in_.size()) {
    for (size_t r = 0; r < in_.size() / padded_; ++r) {
      std::copy_n(&block.samples[r * width_], width_, &in_[r * padded_]);
      whole_.push_back(all_seen(&in_[r * padded_], width_));
    }
  }

  /// Across `n` rows each `step` rows from the next, the first one at `first`.
  void smooth(size_t first, size_t step, int n, const std::vector<float>& weights) {
    const int reach = static_cast<int>(weights.size()) / 2;
    for (int i = 0; i < n; ++i) {
      const int begin = std::max(0, i - reach), taps = std::min(n - 1, i + reach) - begin + 1;
      bool whole = true;
      for (int t = 0; t < taps; ++t) whole = whole && whole_[first + size_t(begin + t) * step];
      const float* rows = &in_[(first + size_t(begin) * step) * padded_];
      const float* used = weights.data() + (begin - i + reach);
      const size_t middle = (first + size_t(i) * step) * padded_;
      if (whole)
        mean_of_all(rows, step * padded_, used, size_t(taps), padded_, &out_[middle]);
      else
        mean_of_seen(rows, step * padded_, used, size_t(taps), &in_[middle], padded_, &out_[middle]);
    }
  }
  void smooth_along(const std::vector<float>& weights) {
    const size_t reach = weights.size() / 2;
    std::vector<float> line(padded_ + 2 * reach, std::numeric_limits<float>::quiet_NaN());
    for (size_t r = 0; r < in_.size(); r += padded_) {
      std::copy_n(&in_[r], width_, line.data() + reach);
      mean_of_seen(line.data(), 1, weights.data(), weights.size(), line.data() + reach, padded_, &out_[r]);
    }
  }
  void next() { in_.swap(out_); }
  void copy_to(Block& block) const {
    for (size_t r = 0; r < in_.size() / padded_; ++r)
      std::copy_n(&in_[r * padded_], width_, &block.samples[r * width_]);
  }

 private:
  size_t width_, padded_;
  std::vector<float> in_, out_;
  std::vector<char> whole_;  // of each row: all of it is seen
};

}  // namespace

void smooth_seen(Block& block, double sigma_levels, double sigma_arcs, double sigma_across) {
  const auto arcs = size_t(block.arcs);
  Rows rows(block);
  if (const auto weights = weights_for(sigma_levels, block.levels); !weights.empty()) {
    for (size_t i = 0; i < arcs; ++i) rows.smooth(i, arcs, block.levels, weights);
    rows.next();
  }
  if (const auto weights = weights_for(sigma_arcs, block.arcs); !weights.empty()) {
    for (int k = 0; k < block.levels; ++k) rows.smooth(size_t(k) * arcs, 1, block.arcs, weights);
    rows.next();
  }
  if (const auto weights = weights_for(sigma_across, block.width); !weights.empty()) {
    rows.smooth_along(weights);
    rows.next();
  }
  rows.copy_to(block);
}

}  // namespace spinechron
