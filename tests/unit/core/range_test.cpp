#include "core/range.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace spinechron {
namespace {

TEST(Range, IsFoundWhereverItsEndsLie) {
  for (size_t n = 1; n < 40; ++n)
    for (size_t low = 0; low < n; ++low) {
      std::vector<float> samples(n, 5);
      const size_t high = (low + 7) % n;
      samples[high] = 9;
      samples[low] = -3;
      const Range range = range_of(samples.data(), n);
      EXPECT_EQ(range.least, -3) << n << ' ' << low;
      EXPECT_EQ(range.greatest, high != low ? 9 : n > 1 ? 5 : -3) << n << ' ' << low;
      EXPECT_TRUE(range.finite);
    }
}

TEST(Range, KnowsWhatIsNotFinite) {
  for (const float odd : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    for (size_t at = 0; at < 20; ++at) {
      std::vector<float> samples(20, 5);
      samples[at] = odd;
      const Range range = range_of(samples.data(), samples.size());
      EXPECT_FALSE(range.finite) << at;
      EXPECT_EQ(range.least, 5);
    }
}

}  // namespace
}  // namespace spinechron
