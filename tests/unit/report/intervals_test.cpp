#include "report/intervals.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spinechron::report {
namespace {

// Tabulated: R's binom.test(k, n)$conf.int and poisson.test(k)$conf.int.
TEST(Intervals, ClopperPearsonAsTabulated) {
  EXPECT_NEAR(clopper_pearson(0, 10, 0.95).high, 0.3084971, 1e-6);
  EXPECT_EQ(clopper_pearson(0, 10, 0.95).low, 0.0);
  EXPECT_NEAR(clopper_pearson(1, 10, 0.95).low, 0.002528579, 1e-8);
  EXPECT_NEAR(clopper_pearson(1, 10, 0.95).high, 0.4450161, 1e-6);
  EXPECT_NEAR(clopper_pearson(5, 10, 0.95).low, 0.1870860, 1e-6);
  EXPECT_NEAR(clopper_pearson(5, 10, 0.95).high, 0.8129140, 1e-6);
  EXPECT_EQ(clopper_pearson(10, 10, 0.95).high, 1.0);
  EXPECT_TRUE(std::isnan(clopper_pearson(0, 0, 0.95).low));
}

TEST(Intervals, GarwoodAsTabulated) {
  EXPECT_EQ(garwood(0, 1, 0.95).low, 0.0);
  EXPECT_NEAR(garwood(0, 1, 0.95).high, 3.688879, 1e-5);
  EXPECT_NEAR(garwood(5, 1, 0.95).low, 1.623486, 1e-5);
  EXPECT_NEAR(garwood(5, 1, 0.95).high, 11.66833, 1e-4);
  EXPECT_NEAR(garwood(5, 50, 0.95).high, 11.66833 / 50, 1e-5);
}

TEST(Intervals, PoissonBinomialByHand) {
  const std::vector<double> k = poisson_binomial({0.5, 0.2});
  ASSERT_EQ(k.size(), 3U);
  EXPECT_DOUBLE_EQ(k[0], 0.4);
  EXPECT_DOUBLE_EQ(k[1], 0.5);
  EXPECT_DOUBLE_EQ(k[2], 0.1);
}

// R's qbeta(c(.025, .975), 3.5, 7.5)
TEST(Intervals, BetaMixtureOfCertainEventsIsTheJeffreysInterval) {
  const Interval i = beta_mixture({1, 1, 1, 0, 0}, 10, 0.95);
  EXPECT_NEAR(i.low, 0.0926946, 1e-5);
  EXPECT_NEAR(i.high, 0.6058183, 1e-5);
}

TEST(Intervals, GammaMixtureOfCertainEvents) {
  // R's qgamma(c(.025, .975), 3.5) / 10
  const Interval i = gamma_mixture({1, 1, 1}, 10, 0.95);
  EXPECT_NEAR(i.low, 0.0844935, 1e-6);
  EXPECT_NEAR(i.high, 0.8006380, 1e-5);
}

}  // namespace
}  // namespace spinechron::report
