#include "detect/peaks.hpp"

#include <gtest/gtest.h>

#include "detect/evidence_stage.hpp"
#include "support/bright_dendrite.hpp"

namespace spinechron {
namespace {

using testing::Scene;

std::vector<Candidate> likely(const Scene& scene, unsigned seed = 1) {
  Frame frame = testing::frame_of(scene);
  const Stack stack = scene.stack(seed);
  std::vector<Candidate> out;
  for (const Candidate& c : make_evidence_stage()->run(stack, frame, Context{}))
    if (c.p > 0.5) out.push_back(c);
  return out;
}

TEST(Detect, FindsEveryHeadOnItsSideAndNothingElse) {
  Scene scene;
  scene.heads = {{8.0, 1.2, 0.25}, {14.0, -1.3, 0.3}, {20.0, 1.5, 0.4}, {26.0, -1.0, 0.35}};
  const auto found = likely(scene);
  ASSERT_EQ(found.size(), scene.heads.size());
  for (const testing::Head& h : scene.heads) {
    const auto hit = std::find_if(found.begin(), found.end(), [&](const Candidate& c) {
      return (c.measures.head_um - scene.head(h)).head<2>().norm() < 0.25;
    });
    ASSERT_NE(hit, found.end()) << "head at arc " << h.arc_um;
    EXPECT_EQ(hit->side, h.off_um > 0 ? Side::left : Side::right);
    EXPECT_NEAR(hit->measures.brightness, h.peak, 0.12);
  }
}

TEST(Detect, ABareShaftHasNoSpines) {
  for (unsigned seed = 1; seed <= 3; ++seed) EXPECT_TRUE(likely(Scene{}, seed).empty()) << "seed " << seed;
}

TEST(Detect, TwoHeadsOneMicrometreApartStayTwo) {
  Scene scene;
  scene.heads = {{15.0, 1.3, 0.4}, {16.0, 1.3, 0.4}};
  EXPECT_EQ(likely(scene).size(), 2u);
}

// One small head, seen through two objectives: it keeps its light, which the wider PSF spreads.
TEST(Detect, ASmallHeadIsAsLikelyASpineWhereTheImageIsBlurred) {
  const auto odds_at = [](double psf_um) {
    Scene scene;
    scene.optics.lateral_sigma_um = psf_um;
    const auto seen = [psf_um](double size_um) { return std::hypot(size_um, psf_um); };
    const auto over_shaft = [&](double psf) { return std::hypot(0.4, psf) / (0.15 * 0.15 + psf * psf); };
    scene.shaft_sigma_um = seen(0.4);
    scene.head_sigma_um = seen(0.15);
    scene.heads = {{15.0, 1.2, 0.25 * over_shaft(psf_um) / over_shaft(0.2)}};
    Frame frame = testing::frame_of(scene);
    double best = 0;
    for (const Candidate& c : make_evidence_stage()->run(scene.stack(1), frame, Context{}))
      best = std::max(best, c.p);
    return std::log(best / (1 - best));
  };
  for (const double psf_um : {0.25, 0.3}) EXPECT_NEAR(odds_at(psf_um), odds_at(0.2), 0.3) << psf_um;
}

TEST(Detect, ANeuriteThatCrossesIsNoSpine) {
  Scene scene;
  for (double off = -4; off <= 4; off += 0.15)
    scene.heads.push_back({16.0, off, 0.12});  // a line across the shaft
  EXPECT_TRUE(likely(scene).empty());
}

TEST(Detect, AHeadEndsAndABoutonsAxonRunsOn) {
  Scene scene;
  scene.heads = {{10.0, 1.2, 0.3}, {20.0, 1.2, 0.3}};
  for (double along = -2.4; along <= 2.4; along += 0.15)  // the axon of the second comes and goes in an arch
    scene.heads.push_back({20.0 + along, 1.2 + 0.25 * along * along, 0.04});
  Frame frame = testing::frame_of(scene);
  const auto runs_on = [&,
                        found = make_evidence_stage()->run(scene.stack(1), frame, Context{})](double arc_um) {
    double nearest_um = 0.5, out = -1;
    for (const Candidate& c : found)
      if (std::abs(c.arc_um - arc_um) < nearest_um)
        nearest_um = std::abs(c.arc_um - arc_um), out = c.measures.runs_on;
    return out;
  };
  EXPECT_LT(runs_on(10.0), 0.05);
  EXPECT_GE(runs_on(10.0), 0.0);
  EXPECT_GT(runs_on(20.0), 0.14);
}

}  // namespace
}  // namespace spinechron
