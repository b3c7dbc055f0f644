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

// The mean of those samples of `taps` lines, `step` apart, that are seen, where that of `middle` is. `width`
// is a multiple of kLanes.
SPINECHRON_LANES
void mean_of_seen(const float* lines, size_t step, const float* weights, size_t taps, const float* middle,
                  size_t width, float* out) {
  for (size_t x = 0; x < width; x += kLanes) {
    Lanes sum{}, weight{}, v;
    for (size_t t = 0; t < taps; ++t) {
      std::memcpy(&v, lines + t * step + x, sizeof v);
      const auto seen = v - v == 0;
      sum += seen ? weights[t] * v : Lanes{};
      weight += seen ? weights[t] + Lanes{} : Lanes{};
    }
    std::memcpy(&v, middle + x, sizeof v);
    v = v - v == 0 ? sum / weight : v;
    std::memcpy(out + x, &v, sizeof v);
  }
}

// Across `n` lines of `width` samples.
void smooth_lines(const float* in, float* out, int n, size_t width, const std::vector<float>& weights) {
  const int reach = static_cast<int>(weights.size()) / 2;
  for (int i = 0; i < n; ++i) {
    const int first = std::max(0, i - reach), last = std::min(n - 1, i + reach);
    mean_of_seen(in + size_t(first) * width, width, weights.data() + (first - i + reach),
                 size_t(last - first) + 1, in + size_t(i) * width, width, out + size_t(i) * width);
  }
}

}  // namespace

void smooth_seen(Block& block, double sigma_levels, double sigma_arcs, double sigma_across) {
  constexpr float kUnseen = std::numeric_limits<float>::quiet_NaN();
  const auto width = size_t(block.width), padded = (width + kLanes - 1) / kLanes * kLanes;
  const size_t rows = size_t(block.levels) * size_t(block.arcs), level = size_t(block.arcs) * padded;
  std::vector<float> in(rows * padded, kUnseen), out(in.size());
  for (size_t r = 0; r < rows; ++r) std::copy_n(&block.samples[r * width], width, &in[r * padded]);
  if (const auto weights = weights_for(sigma_levels, block.levels); !weights.empty()) {
    smooth_lines(in.data(), out.data(), block.levels, level, weights);
    in.swap(out);
  }
  if (const auto weights = weights_for(sigma_arcs, block.arcs); !weights.empty()) {
    for (int k = 0; k < block.levels; ++k)
      smooth_lines(&in[size_t(k) * level], &out[size_t(k) * level], block.arcs, padded, weights);
    in.swap(out);
  }
  if (const auto weights = weights_for(sigma_across, block.width); !weights.empty()) {
    const size_t reach = weights.size() / 2;
    std::vector<float> line(padded + 2 * reach, kUnseen);
    for (size_t r = 0; r < rows; ++r) {
      std::copy_n(&in[r * padded], width, line.data() + reach);
      mean_of_seen(line.data(), 1, weights.data(), weights.size(), line.data() + reach, padded,
                   &out[r * padded]);
    }
    in.swap(out);
  }
  for (size_t r = 0; r < rows; ++r) std::copy_n(&in[r * padded], width, &block.samples[r * width]);
}

}  // namespace spinechron
