#include "report/grey.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace spinechron::report {
namespace {

constexpr size_t kSteps = 4096;  // finer than the grey scale where it is steepest, but for its darkest three

const std::array<std::uint8_t, kSteps + 1>& curve() {
  static const auto table = [] {
    std::array<std::uint8_t, kSteps + 1> out;
    for (size_t i = 0; i <= kSteps; ++i)
      out[i] =
          static_cast<std::uint8_t>(std::lround(255 * std::pow(static_cast<double>(i) / kSteps, kGamma)));
    return out;
  }();
  return table;
}

}  // namespace

float quantile_of(std::vector<float> values, double q) {
  values.erase(std::remove_if(values.begin(), values.end(), [](float v) { return std::isnan(v); }),
               values.end());
  if (values.empty()) return std::numeric_limits<float>::quiet_NaN();
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::vector<std::uint8_t> to_grey(const std::vector<float>& values, double black, double white) {
  const auto& table = curve();
  const auto zero = static_cast<float>(black),
             scale = static_cast<float>(kSteps / (white > black ? white - black : 1.0));
  std::vector<std::uint8_t> out(values.size(), kNothingGrey);
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) {
      const float step = std::clamp((values[i] - zero) * scale, 0.0F, static_cast<float>(kSteps));
      out[i] = table[static_cast<size_t>(step + 0.5F)];
    }
  return out;
}

}  // namespace spinechron::report
