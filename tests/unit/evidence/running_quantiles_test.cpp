#include "evidence/running_quantiles.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include "evidence/filters.hpp"

namespace spinechron {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Values that repeat, and gaps: more of them in the later columns, none in the first.
std::vector<float> field(size_t rows, size_t columns) {
  std::vector<float> out;
  std::uint32_t random = 3;
  for (size_t i = 0; i < rows * columns; ++i) {
    random = random * 1664525U + 1013904223U;
    out.push_back(random % 12 < i % columns ? kNaN : float(random >> 24) / 16);
  }
  return out;
}

float expected(const std::vector<float>& samples, size_t stride, size_t column, size_t first, size_t end,
               double q) {
  std::vector<float> window;
  for (size_t i = first; i < end; i += 2) window.push_back(samples[i * stride + column]);
  const size_t asked = window.size();
  const float value = quantile(window, q);
  return window.size() * 4 > asked ? value : kNaN;
}

TEST(RunningQuantiles, AreThoseOfEachWindowByItself) {
  constexpr size_t kRows = 61, kStride = 13, kColumns = 11, kWindow = 15, kHop = 4;
  const std::vector<float> samples = field(kRows, kStride);
  const std::vector<double> qs{0.0, 0.16, 0.4, 1.0};
  const RunningQuantiles running(samples.data(), kStride, kRows, kColumns, kWindow, kHop, qs);
  std::vector<float> found(kColumns);
  size_t seen = 0, unseen = 0;
  for (size_t q = 0; q < qs.size(); ++q)
    for (size_t row = 0; row < kRows; row += kHop) {
      const size_t first = row < 7 ? 0 : std::min(row - 7, kRows - kWindow);
      running.at(q, row, found.data());
      for (size_t c = 0; c < kColumns; ++c) {
        const float value = expected(samples, kStride, c, first, first + kWindow, qs[q]);
        if (std::isnan(value)) {
          EXPECT_TRUE(std::isnan(found[c])) << row << ' ' << c;
          ++unseen;
        } else if (!std::isnan(found[c])) {  // beside a window that sees too little
          EXPECT_EQ(found[c], value) << row << ' ' << c;
          ++seen;
        }
      }
    }
  EXPECT_GT(seen, 300U);
  EXPECT_GT(unseen, 20U);
}

TEST(RunningQuantiles, AreLinearBetweenWindows) {
  std::vector<float> ramp;
  for (int i = 0; i < 40; ++i) ramp.push_back(float(i));
  const RunningQuantiles running(ramp.data(), 1, 40, 1, 9, 8, {0.5});
  float value;
  for (const auto& [row, middle] : {std::pair{0, 4.0F}, {8, 8.0F}, {11, 11.0F}, {16, 16.0F}, {39, 35.0F}}) {
    running.at(0, size_t(row), &value);
    EXPECT_FLOAT_EQ(value, middle) << row;
  }
}

TEST(RunningQuantiles, ALineShorterThanTheWindowIsOneWindow) {
  const std::vector<float> three{5, 1, 3};
  const RunningQuantiles running(three.data(), 1, 3, 1, 9, 8, {0.0, 1.0});
  float value;
  running.at(0, 1, &value);
  EXPECT_EQ(value, 3);  // of the first and the third
  running.at(1, 2, &value);
  EXPECT_EQ(value, 5);
}

}  // namespace
}  // namespace spinechron
