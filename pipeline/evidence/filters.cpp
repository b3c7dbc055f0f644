#include "evidence/filters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/lanes.hpp"

namespace spinechron {

namespace {

SPINECHRON_LANES
void add_scaled(double* sum, const double* values, double scale, size_t n) {
  for (size_t i = 0; i < n; ++i) sum[i] += scale * values[i];
}

}  // namespace

Profile smooth(const Profile& values, double sigma) {
  if (sigma <= 0 || values.size() < 2) return values;
  const auto reach = static_cast<size_t>(std::ceil(3.5 * sigma));
  Profile kernel(2 * reach + 1);
  double sum = 0;
  for (size_t j = 0; j < kernel.size(); ++j) {
    const double i = double(j) - double(reach);
    sum += kernel[j] = std::exp(-0.5 * i * i / (sigma * sigma));
  }
  const size_t n = values.size();
  Profile padded(reach, values.front()), out(n, 0.0);
  padded.insert(padded.end(), values.begin(), values.end());
  padded.insert(padded.end(), reach, values.back());
  for (size_t j = 0; j < kernel.size(); ++j) add_scaled(out.data(), padded.data() + j, kernel[j], n);
  for (double& v : out) v /= sum;
  return out;
}

Profile median_filter(const Profile& values, int width) {
  const int n = static_cast<int>(values.size()), half = width / 2;
  const auto at = [&](int i) { return values[std::clamp(i, 0, n - 1)]; };
  Profile out(values.size()), window;
  for (int j = -half; j <= half; ++j) window.push_back(at(j));
  std::sort(window.begin(), window.end());
  for (int i = 0; i < n; ++i) {
    out[i] = window[half];
    // what lies between the one that leaves and the one that enters moves over
    const double entering = at(i + 1 + half);
    auto hole = std::lower_bound(window.begin(), window.end(), at(i - half));
    if (hole == window.end()) --hole;  // NaN are in no order
    for (; hole != window.begin() && hole[-1] > entering; --hole) *hole = hole[-1];
    for (; hole + 1 != window.end() && hole[1] < entering; ++hole) *hole = hole[1];
    *hole = entering;
  }
  return out;
}

double interpolate(const Profile& values, double index) {
  const double x = std::clamp(index, 0.0, static_cast<double>(values.size() - 1));
  const size_t i = static_cast<size_t>(x), j = std::min(i + 1, values.size() - 1);
  return values[i] + (x - static_cast<double>(i)) * (values[j] - values[i]);
}

void fill_gaps(Profile& values) {
  size_t last = values.size();
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) continue;
    if (last == values.size())
      std::fill(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i), values[i]);
    else
      for (size_t j = last + 1; j < i; ++j)
        values[j] = values[last] + (values[i] - values[last]) * double(j - last) / double(i - last);
    last = i;
  }
  if (last < values.size())
    std::fill(values.begin() + static_cast<std::ptrdiff_t>(last), values.end(), values[last]);
}

float quantile(std::vector<float>& scratch, double q) {
  scratch.erase(std::remove_if(scratch.begin(), scratch.end(), [](float v) { return !std::isfinite(v); }),
                scratch.end());
  if (scratch.empty()) return std::numeric_limits<float>::quiet_NaN();
  const double x = q * static_cast<double>(scratch.size() - 1);
  const auto i = static_cast<std::ptrdiff_t>(x);
  std::nth_element(scratch.begin(), scratch.begin() + i, scratch.end());
  const float low = scratch[static_cast<size_t>(i)];
  if (i + 1 == static_cast<std::ptrdiff_t>(scratch.size())) return low;
  const float high = *std::min_element(scratch.begin() + i + 1, scratch.end());
  return low + static_cast<float>(x - static_cast<double>(i)) * (high - low);
}

std::vector<int> best_path(const std::vector<std::vector<float>>& score, double stiffness, int max_step) {
  if (score.empty()) return {};
  const int states = static_cast<int>(score[0].size());
  std::vector<float> value = score[0], next(value.size());
  std::vector<std::vector<signed char>> back(score.size(), std::vector<signed char>(value.size(), 0));
  for (size_t row = 1; row < score.size(); ++row) {
    for (int j = 0; j < states; ++j) {
      float best = -std::numeric_limits<float>::infinity();
      for (int step = -max_step; step <= max_step; ++step) {
        const int from = j - step;
        if (from < 0 || from >= states) continue;
        const float v = value[from] - static_cast<float>(stiffness * step * step);
        if (v > best) {
          best = v;
          back[row][j] = static_cast<signed char>(step);
        }
      }
      next[j] = best + score[row][j];
    }
    value.swap(next);
  }
  std::vector<int> path(score.size());
  path.back() = static_cast<int>(std::max_element(value.begin(), value.end()) - value.begin());
  for (size_t row = score.size() - 1; row > 0; --row) path[row - 1] = path[row] - back[row][path[row]];
  return path;
}

}  // namespace spinechron
