#include "phantom/truth.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "phantom/dataset.hpp"
#include "phantom/phantom.hpp"

namespace spinechron {
namespace {

PhantomConfig small() {
  PhantomConfig c;
  c.size_x = c.size_y = 192;
  c.size_z = 24;
  c.noise = "high_snr";
  return c;
}

/// A straight dendrite along x in the middle of a 12 x 12 x 16 um field, and one spine of given azimuth.
struct Scene {
  PhantomConfig config;
  Psf psf;
  Tissue tissue;
  std::vector<SpineHistory> spines;
  Camera camera;
  double photons_per_weight = 0;

  Scene() {
    config.size_x = config.size_y = 101;
    config.size_z = 17;
    config.sessions = {"only"};
    Neurite d;
    for (int i = 0; i < 150; ++i) d.line.push_back(Vec3(-1.5 + i * kLineStep, 6, 8));
    d.radius_um.assign(150, 0.4);
    tissue.dendrites.push_back(d);
    camera.background = 1;
    camera.noise.read_sigma = 0.5;
    photons_per_weight = 100 / psf.tube_peak(0.5);
  }
  void add(double arc, double azimuth, double length, double head_radius) {
    SpineShape s;
    s.arc_um = arc;
    s.azimuth_rad = azimuth;
    s.length_um = length;
    s.head_radius_um = head_radius;
    spines.push_back({int(spines.size()) + 1, 0, {1}, {s}});
  }
  std::vector<TruthRow> judge(const Light& foreign = {}) const {
    Light own;
    add_tube(own, tissue.dendrites[0].line, tissue.dendrites[0].radius_um, 1, 0.15);
    std::vector<SpinePlace> places;
    for (const auto& s : spines) {
      places.push_back(place_spine(tissue.dendrites[0], s.shape[0]));
      if (s.present[0]) add_ball(own, places.back().head, s.shape[0].head_radius_um, 1, 0.15);
    }
    Light others = foreign;
    for (auto* light : {&own, &others})
      for (auto& p : *light) p.weight *= photons_per_weight;
    CleanSession clean{Image(config.size(), config.voxel_um()), Image(config.size(), config.voxel_um())};
    paint(clean.others, others, psf, {});
    clean.all = clean.others.clone();
    paint(clean.all, own, psf, {});
    expose(clean.all, camera);
    return judge_session(config, tissue, tissue.dendrites, spines, places, 0, clean, camera, psf,
                         photons_per_weight);
  }
};

TEST(Truth, ALateralSpineIsSeenAndOneAboveTheShaftIsNot) {
  Scene s;
  s.add(5, 0, 1.3, 0.25);
  s.add(8, 1.5707963, 1.3, 0.25);
  const auto rows = s.judge();
  EXPECT_TRUE(rows[0].visible);
  // tip 0.4 + 1.3 from the axis, edge near 0.41
  EXPECT_NEAR(rows[0].lateral_um, 1.7 - s.psf.tube_half_width_um(0.4), 1e-3);
  EXPECT_FALSE(rows[1].visible);
  EXPECT_LT(rows[1].lateral_um, 0);
}

TEST(Truth, AStubbySpineMustStandOutByTheCriterion) {
  Scene s;
  s.add(5, 0, 0.35, 0.2);
  EXPECT_FALSE(s.judge()[0].visible);
}

TEST(Truth, DprimeGrowsWithTheSquareRootOfLightAndFallsWithCorrelatedNoise) {
  Scene s;
  s.camera.background = 5;
  s.camera.noise.read_sigma = 0;
  s.add(5, 0, 1.6, 0.25);
  const double once = s.judge()[0].dprime;
  s.photons_per_weight *= 4;
  s.camera.background *= 4;
  EXPECT_NEAR(s.judge()[0].dprime / once, 2, 0.01);
  s.camera.noise.row_correlation = 0.5;
  EXPECT_LT(s.judge()[0].dprime, 2 * once * 0.8);
}

TEST(Truth, AHeadTooFaintBesideItsShaftIsNotScoredHoweverLittleNoiseThereIs) {
  Scene s;
  s.photons_per_weight *= 100;
  s.add(5, 0, 2.5, 0.12);
  s.add(8, 0, 2.5, 0.3);
  const auto rows = s.judge();
  EXPECT_GT(rows[0].dprime, 3 * FairJudge{}.dprime);
  EXPECT_FALSE(rows[0].visible);
  EXPECT_TRUE(rows[1].visible);
  // Against the ratio of the two peaks of the PSF's Gaussian: a ball over an endless tube.
  const double a = s.psf.lateral_sigma_um, b = s.psf.axial_sigma_um, r = 0.12, tau = 6.283185307;
  const double ball =
      2 * tau / 3 * r * r * r / (std::pow(tau, 1.5) * (a * a + r * r / 5) * std::sqrt(b * b + r * r / 5));
  EXPECT_NEAR(rows[0].shaft_share, ball / s.psf.tube_peak(0.4), 0.005);
}

TEST(Truth, OfTwoHeadsThatRunTogetherOnlyTheBrighterIsSeen) {
  Scene s;
  s.add(6.0, 0, 1.3, 0.25);
  s.add(6.5, 0, 1.3, 0.3);
  auto rows = s.judge();
  EXPECT_FALSE(rows[0].visible);
  EXPECT_TRUE(rows[1].visible);
  s.spines[1].present[0] = 0;
  rows = s.judge();
  EXPECT_TRUE(rows[0].visible);
  EXPECT_FALSE(rows[1].visible);
}

TEST(Truth, AHeadBuriedInAnAxonIsNotSeen) {
  Scene s;
  s.add(6.0, 0, 1.3, 0.25);
  const Vec3 head = place_spine(s.tissue.dendrites[0], s.spines[0].shape[0]).head;
  Light axon;
  add_tube(axon, {head - Vec3(4, 0, 0), head + Vec3(4, 0, 0)}, {0.25, 0.25}, 1, 0.15);
  EXPECT_FALSE(s.judge(axon)[0].visible);
}

TEST(Truth, InsideHasItsMargins) {
  Scene s;
  s.add(2.1, 0, 1.0, 0.2);  // x = 0.6: nearer than 1 um to the side
  s.add(7, 0, 1.0, 0.2);
  const auto rows = s.judge();
  EXPECT_FALSE(rows[0].inside);
  EXPECT_FALSE(rows[0].visible);
  EXPECT_TRUE(rows[1].inside);
}

TEST(Phantom, HasARowForEverySpineInEverySessionAndKnownCounts) {
  const PhantomConfig c = small();
  size_t stacks = 0;
  const PhantomTruth truth = make_phantom(c, 1, 1, [&](size_t s, Image counts) {
    EXPECT_EQ(s, stacks++);
    EXPECT_EQ(counts.size(), c.size());
  });
  EXPECT_EQ(stacks, 3U);
  std::map<int, std::vector<TruthRow>> by_spine;
  for (const auto& r : truth.spines) by_spine[r.spine].push_back(r);
  ASSERT_GT(by_spine.size(), 5U);
  for (const auto& [id, rows] : by_spine) {
    ASSERT_EQ(rows.size(), 3U);
    for (size_t s = 0; s < 3; ++s) {
      EXPECT_EQ(rows[s].session, s);
      if (rows[s].visible) {
        EXPECT_TRUE(rows[s].present && rows[s].inside);
        EXPECT_GE(rows[s].lateral_um, 0.4);
        EXPECT_GE(rows[s].dprime, FairJudge{}.dprime);
        EXPECT_GE(rows[s].shaft_share, FairJudge{}.shaft_share);
      }
    }
  }
}

TEST(Phantom, HeadsShineWhereTruthSaysInEverySession) {
  PhantomConfig c = small();
  c.size_x = c.size_y = 256;
  c.warp = "strong";
  std::vector<Image> stacks;
  const PhantomTruth truth =
      make_phantom(c, 1, 1, [&](size_t, Image counts) { stacks.push_back(std::move(counts)); });
  // A visible head is brighter than places 1.2 um farther out, in nearly all cases.
  int brighter = 0, all = 0;
  for (const auto& r : truth.spines) {
    if (!r.visible) continue;
    const Vec3 out = (r.head_um - r.base_um).normalized() * 1.2;
    float head = 0, beyond = 0;
    for (int dx = -1; dx <= 1; ++dx)
      for (int dy = -1; dy <= 1; ++dy) {
        const Vec3 d(0.12 * dx, 0.12 * dy, 0);
        head += stacks[r.session].sample(r.head_um + d);
        beyond += stacks[r.session].sample(r.head_um + out + d);
      }
    if (!std::isfinite(beyond)) continue;
    ++all;
    brighter += head > 1.1F * beyond;
  }
  ASSERT_GT(all, 8);
  EXPECT_GE(brighter, 0.85 * all);
}

TEST(Phantom, EqualSeedsGiveEqualBytesAndOthersDoNot) {
  PhantomConfig c = small();
  c.size_x = c.size_y = 128;
  c.tissue = "in_vivo";
  c.scene = "tangled";
  auto make = [](const PhantomConfig& config) {
    std::vector<float> samples;
    const PhantomTruth t = make_phantom(config, 1, 1, [&](size_t, Image i) {
      samples.insert(samples.end(), i.data(), i.data() + i.size().count());
    });
    return std::pair(samples, truth_table(t, config.sessions));
  };
  const auto first = make(c);
  EXPECT_EQ(first, make(c));
  c.seed = 2;
  EXPECT_NE(first.second, make(c).second);
}

}  // namespace
}  // namespace spinechron
