#include "phantom/random.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spinechron {
namespace {

TEST(Random, NamesAndSeedsAreStreamsOfTheirOwn) {
  EXPECT_EQ(Random(1, "a name").uniform(), Random(1, "a name").uniform());
  EXPECT_NE(Random(1, "a name").uniform(), Random(1, "another").uniform());
  EXPECT_NE(Random(1, "a name").uniform(), Random(2, "a name").uniform());
}

TEST(Random, NormalHasMeanAndSigma) {
  Random r(3, "normal");
  double sum = 0, squares = 0;
  const int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double x = r.normal(5, 2);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 5, 0.03);
  EXPECT_NEAR(std::sqrt(squares / n - std::pow(sum / n, 2)), 2, 0.03);
}

TEST(Random, PoissonHasVarianceEqualToMeanInBothRegimes) {
  for (const double mean : {0.2, 3.0, 29.0, 31.0, 400.0}) {
    Random r(4, "poisson");
    double sum = 0, squares = 0;
    const int n = 100000;
    for (int i = 0; i < n; ++i) {
      const double x = r.poisson(mean);
      sum += x;
      squares += x * x;
    }
    const double m = sum / n;
    EXPECT_NEAR(m, mean, 5 * std::sqrt(mean / n)) << mean;
    EXPECT_NEAR((squares / n - m * m) / mean, 1, 0.03) << mean;
  }
}

TEST(Random, PoissonOfNothingIsNothing) {
  Random r(1, "zero");
  EXPECT_EQ(r.poisson(0), 0);
}

}  // namespace
}  // namespace spinechron
