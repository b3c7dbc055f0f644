#include "evidence/smooth_seen.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spinechron {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

TEST(SmoothSeen, GapsStayAndDoNotSpread) {
  Block block(3, 20, 11, 4.0F);
  block.at(1, 7, 5) = kNaN;
  block.at(0, 0, 10) = std::numeric_limits<float>::infinity();
  smooth_seen(block, 0.7, 2.0, 1.5);
  for (int k = 0; k < 3; ++k)
    for (int i = 0; i < 20; ++i)
      for (int j = 0; j < 11; ++j)
        if (k == 1 && i == 7 && j == 5)
          EXPECT_TRUE(std::isnan(block.at(k, i, j)));
        else if (k == 0 && i == 0 && j == 10)
          EXPECT_TRUE(std::isinf(block.at(k, i, j)));
        else
          EXPECT_FLOAT_EQ(block.at(k, i, j), 4.0F) << k << ' ' << i << ' ' << j;
}

TEST(SmoothSeen, AnImpulseBecomesAGaussianAlongEachAxis) {
  const auto at = [](double sigma_levels, double sigma_arcs, double sigma_across, int k, int i, int j) {
    Block block(31, 31, 31, 0.0F);
    block.at(15, 15, 15) = 1;
    smooth_seen(block, sigma_levels, sigma_arcs, sigma_across);
    return block.at(15 + k, 15 + i, 15 + j) / block.at(15, 15, 15);
  };
  const double two_sigma = std::exp(-2.0);
  EXPECT_NEAR(at(1.5, 0, 0, 3, 0, 0), two_sigma, 1e-6);
  EXPECT_NEAR(at(0, 2.0, 0, 0, -4, 0), two_sigma, 1e-6);
  EXPECT_NEAR(at(0, 0, 2.0, 0, 0, 4), two_sigma, 1e-6);
  EXPECT_EQ(at(0, 2.0, 0, 1, 0, 0), 0);
  EXPECT_NEAR(at(1.5, 2.0, 2.0, 3, 4, -4), std::pow(two_sigma, 3), 1e-6);
}

}  // namespace
}  // namespace spinechron
