#include "report/intervals.hpp"

#include <gmock/gmock.h>

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

TEST(Intervals, CountPosteriorByHand) {
  // Certain events are counted, whatever was assumed.
  EXPECT_THAT(count_posterior({1, 0, 1}, 0.1), testing::ElementsAre(0, 0, 1, 0));
  // No evidence: what an unknown rate makes of two, 3/8, 2/8, 3/8.
  const std::vector<double> none = count_posterior({0.3, 0.3}, 0.3);
  EXPECT_NEAR(none[0], 3 / 8.0, 1e-12);
  EXPECT_NEAR(none[1], 2 / 8.0, 1e-12);
  // Evidence of 4 to 1 for one of two, none about the other: 3/8 of none, 1/8 of each alone, 3/8 of both.
  const double p = 0.3 * 4 / (0.3 * 4 + 0.7), sum = 3 + 4 + 1 + 3 * 4;
  const std::vector<double> some = count_posterior({p, 0.3}, 0.3);
  EXPECT_NEAR(some[0], 3 / sum, 1e-12);
  EXPECT_NEAR(some[1], (4 + 1) / sum, 1e-12);
  EXPECT_NEAR(some[2], 12 / sum, 1e-12);
  // The assumption makes no difference if the evidence is the same.
  const std::vector<double> other = count_posterior({0.6 * 4 / (0.6 * 4 + 0.4), 0.6}, 0.6);
  for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(other[k], some[k], 1e-12);
  // Many events do not leave the numbers' range.
  std::vector<double> many(3000, 1e-9);
  std::fill(many.begin(), many.begin() + 40, 1 - 1e-9);
  EXPECT_NEAR(count_posterior(many, 0.0135)[40], 1, 1e-4);
}

// R's qbeta(c(.025, .975), 3.5, 7.5)
TEST(Intervals, BetaMixtureOfCertainEventsIsTheJeffreysInterval) {
  const Interval i = beta_mixture(poisson_binomial({1, 1, 1, 0, 0}), 10, 0.95);
  EXPECT_NEAR(i.low, 0.0926946, 1e-5);
  EXPECT_NEAR(i.high, 0.6058183, 1e-5);
}

TEST(Intervals, GammaMixtureOfCertainEvents) {
  // R's qgamma(c(.025, .975), 3.5) / 10
  const Interval i = gamma_mixture(poisson_binomial({1, 1, 1}), 10, 0.95);
  EXPECT_NEAR(i.low, 0.0844935, 1e-6);
  EXPECT_NEAR(i.high, 0.8006380, 1e-5);
}

}  // namespace
}  // namespace spinechron::report
