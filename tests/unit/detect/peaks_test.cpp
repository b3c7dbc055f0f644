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

// One small head, seen through two objectives: it keeps its light, which the wider PSF spreads. It is
// likelier a spine there, by a unit or so of log odds, since a blurred image has fewer peaks of clutter; by
// half as much were the spreading not undone.
TEST(Detect, ASmallHeadIsLikelierASpineWhereTheImageIsBlurred) {
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
  const double sharp = odds_at(0.2);
  for (const double psf_um : {0.25, 0.3}) EXPECT_NEAR(odds_at(psf_um), sharp + 1.2, 0.5) << psf_um;
}

std::vector<Peak> peaks_of(const Scene& scene, const Tracing& others = {}) {
  return find_peaks(Evidence(scene.stack(1), scene.tracing()[0], others), 0.2, 5, 0.12, 2.4, 2.4);
}

TEST(Peaks, AreMeasuredInWidthHeightAndWhatLiesAround) {
  Scene scene;
  scene.heads = {{10.0, 1.3, 0.6}, {22.0, 1.3, 0.6}, {23.5, 1.3, 0.3}};
  const auto peaks = peaks_of(scene);
  ASSERT_EQ(peaks.size(), 3u);
  const Peak& alone = *std::find_if(peaks.begin(), peaks.end(),
                                    [](const Peak& p) { return std::abs(p.site.arc_um - 10.0) < 0.3; });
  const Peak& dimmer = peaks.back();
  // Painted 0.59 um wide and 2.1 um high; the evidence's filter blurs by a tenth.
  EXPECT_NEAR(alone.width_um, 0.65, 0.12);
  EXPECT_NEAR(alone.height_um, 2.35, 0.4);
  EXPECT_GT(alone.compact, 0.5);
  EXPECT_LT(alone.compact, 0.8);
  EXPECT_EQ(alone.unseen, 0);
  EXPECT_EQ(alone.brighter_um, Peak::kFarUm);
  EXPECT_NEAR(dimmer.brighter_um, 1.5, 0.2);
}

TEST(Peaks, SayHowMuchAroundThemAnotherDendriteHides) {
  Scene scene;
  scene.heads = {{10.0, 1.2, 0.6}};
  Dendrite other = scene.tracing()[0];
  other.id = 2;
  for (Vec3& p : other.centreline) p.y() += scene.head(scene.heads[0]).y() > p.y() ? 3.2 : -3.2;
  const auto peaks = peaks_of(scene, {scene.tracing()[0], other});
  ASSERT_EQ(peaks.size(), 1u);
  EXPECT_GT(peaks[0].unseen, 0.1);
  EXPECT_LT(peaks[0].unseen, 0.5);
}

TEST(Detect, ANeuriteThatCrossesIsNoSpine) {
  Scene scene;
  for (double off = -6; off <= 6; off += 0.15)
    scene.heads.push_back({16.0, off, 0.12});  // a line across the shaft, beyond all that is looked at
  EXPECT_TRUE(likely(scene).empty());
  const auto peaks = peaks_of(scene);
  ASSERT_FALSE(peaks.empty());
  for (const Peak& p : peaks) EXPECT_EQ(p.head.out_um, p.site.out_um) << "an end was seen";
}

TEST(Detect, AFilopodiumsHeadIsItsTip) {
  Scene scene;
  constexpr double kTipUm = 2.8;
  for (double off = 0.6; off <= kTipUm; off += 0.1) scene.heads.push_back({16.0, off, 0.09 - 0.01 * off});
  const auto found = likely(scene);
  ASSERT_EQ(found.size(), 1u);
  const Vec3 tip = scene.head({16.0, kTipUm, 0});
  // The centre of what could be a head lies half the blur's width (0.26 um) inside; its light fades outward.
  EXPECT_LT((found[0].measures.head_um - tip).head<2>().norm(), 0.5);
}

TEST(Detect, ARowOfHeadsIsNoNeurite) {
  Scene scene;
  for (double arc_um : {14.0, 15.0, 16.0}) scene.heads.push_back({arc_um, 1.1, 0.3});
  EXPECT_EQ(likely(scene).size(), scene.heads.size());
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
