#include "evidence/filters.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace spinechron {
namespace {

TEST(Filters, SmoothingKeepsTheMeanOfAConstantAndSpreadsAnImpulse) {
  EXPECT_NEAR(smooth(Profile(20, 3.0), 2.0)[5], 3.0, 1e-12);
  Profile impulse(41, 0.0);
  impulse[20] = 1;
  const Profile out = smooth(impulse, 2.0);
  EXPECT_NEAR(out[20], 1 / (2.0 * std::sqrt(2 * M_PI)), 1e-3);
  EXPECT_NEAR(out[22] / out[20], std::exp(-0.5), 1e-9);
}

TEST(Filters, MedianRemovesASpike) {
  Profile v(11, 1.0);
  v[5] = 100;
  EXPECT_EQ(median_filter(v, 3)[5], 1.0);
}

TEST(Filters, QuantileInterpolatesAndLeavesOutWhatIsNotFinite) {
  std::vector<float> v{4, 1, std::nanf(""), 3, 2};
  EXPECT_FLOAT_EQ(quantile(v, 0.5), 2.5F);
  EXPECT_EQ(v.size(), 4u);
  std::vector<float> none{std::nanf("")};
  EXPECT_TRUE(std::isnan(quantile(none, 0.5)));
}

TEST(Filters, GapsAreFilledBetweenNeighboursAndAtTheEnds) {
  const double nan = std::nan("");
  Profile v{nan, 1, nan, 3, nan};
  fill_gaps(v);
  EXPECT_EQ(v, (Profile{1, 1, 2, 3, 3}));
}

TEST(Filters, BestPathFollowsTheScoreUnlessTheStepIsTooDear) {
  std::vector<std::vector<float>> score(5, std::vector<float>(5, 0.0F));
  for (int r = 0; r < 5; ++r) score[r][r == 2 ? 4 : 1] = 1.0F;  // one row disagrees by three states
  EXPECT_EQ(best_path(score, 1.0, 2), (std::vector<int>{1, 1, 1, 1, 1}));
  for (int r = 0; r < 5; ++r) {
    score[r].assign(5, 0.0F);
    score[r][r] = 1.0F;
  }
  EXPECT_EQ(best_path(score, 0.1, 1), (std::vector<int>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace spinechron
