#include "match/presence.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spinechron {
namespace {

/// Bright ones make a peak, as heads do.
SiteReading reading(double excess) {
  return {true, excess, 0.02, 0.02, 0.02, excess > 0.1};
}

TEST(Presence, PlainReadingsAreCalledPlainly) {
  const auto p = presence({reading(0.3), reading(0.01), reading(0.32)}, {});
  EXPECT_GT(p.present[0], 0.98);
  EXPECT_LT(p.present[1], 0.05);
  EXPECT_GT(p.present[2], 0.98);
  EXPECT_GT(p.present_to_absent[0], 0.9);
  EXPECT_GT(p.absent_to_present[1], 0.9);
}

TEST(Presence, BetweenEmptyAndUsualTheImagesCannotTell) {
  const auto p = presence({reading(0.30), reading(0.09)}, {});
  EXPECT_GT(p.present[1], 0.05);
  EXPECT_LT(p.present[1], 0.9);
}

TEST(Presence, LightWithoutAPeakIsTheSpinesLessOftenAboveAllWhereThereIsLittleNoise) {
  // Log odds that a missing peak takes from the second session.
  const auto taken = [](double noise) {
    const SiteReading peak{true, 0.2, noise, 0, noise, true}, none{true, 0.2, noise, 0, noise, false};
    const auto odds = [&](const SiteReading& second) {
      const double p = presence({peak, second}, {}).present[1];
      return std::log(p / (1 - p));
    };
    return odds(peak) - odds(none);
  };
  EXPECT_GT(taken(0.05), 1.0);
  EXPECT_GT(taken(0.02), taken(0.05) + 0.5);
}

TEST(Presence, AnUnseenSessionGetsWhatItsNeighboursSay) {
  SiteReading unseen;
  const auto p = presence({reading(0.3), unseen, reading(0.3)}, {});
  EXPECT_GT(p.present[1], 0.6);
  EXPECT_LT(p.present[1], 0.999);
}

TEST(Presence, ProbabilitiesOfAnIntervalAddUp) {
  const auto p = presence({reading(0.3), reading(0.12), reading(0.03), reading(0.2)}, {});
  for (size_t s = 0; s < 3; ++s) {
    EXPECT_NEAR(
        p.present_to_absent[s] + p.absent_to_present[s] + p.present_to_present[s] + p.absent_to_absent[s],
        1.0, 1e-9);
    EXPECT_NEAR(p.present_to_absent[s] + p.present_to_present[s], p.present[s], 1e-9);
  }
}

TEST(Presence, APlaceThatChangesIsASpineTheLikelierTheMoreSpinesDo) {
  EXPECT_GT(p_spine_given_change(0.4, 0.95, 0.5), 0.55);
  EXPECT_LT(p_spine_given_change(0.4, 0.05, 0.5), 0.35);
  EXPECT_LT(p_spine_given_change(0.4, 0.95, 0.02), 0.2);  // where nothing else changes
  EXPECT_NEAR(p_spine_given_change(0.4, 0.05, 0.02), 0.4, 0.06);
  SiteReading unseen;
  const std::vector<SiteReading> readings{reading(0.3), reading(0.01), unseen};
  EXPECT_GT(p_change(readings, presence(readings, {})), 0.9);
  const std::vector<SiteReading> stays{reading(0.3), reading(0.3), unseen};
  EXPECT_LT(p_change(stays, presence(stays, {})), 0.1);
}

// The law: time reversed, eliminated and formed swap. The chain must be reversible: first x loss = (1 -
// first) x gain.
TEST(Presence, TimeReversedSwapsLossAndGain) {
  PresencePrior prior;
  prior.p_first = 0.75;
  prior.turnover.assign(3, {0.1, 0.3});
  std::vector<SiteReading> readings{reading(0.3), reading(0.11), reading(0.02), reading(0.25)};
  const auto ahead = presence(readings, prior);
  std::reverse(readings.begin(), readings.end());
  const auto back = presence(readings, prior);
  for (size_t s = 0; s < 4; ++s) EXPECT_NEAR(ahead.present[s], back.present[3 - s], 1e-9);
  for (size_t s = 0; s < 3; ++s) EXPECT_NEAR(ahead.present_to_absent[s], back.absent_to_present[2 - s], 1e-9);
}

}  // namespace
}  // namespace spinechron
