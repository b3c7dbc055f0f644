#include "phantom/sessions.hpp"

#include <gtest/gtest.h>

#include <set>

#include "phantom/neurites.hpp"

namespace spinechron {
namespace {

PhantomConfig large() {
  PhantomConfig c;
  c.size_x = c.size_y = 1400;
  c.elimination_rate = 0.2;
  c.formation_rate = 0.1;
  c.rescue_share = 0.5;
  return c;
}

TEST(Sessions, SpineDensityAndRatesAreNearThoseAsked) {
  const PhantomConfig c = large();
  const Tissue tissue = grow_tissue(c, 7);
  double length = 0;
  for (size_t i = 0; i < tissue.dendrites.size(); ++i) {
    const auto [a, b] = spine_range_um(tissue, i);
    length += b - a;
  }
  const auto spines = live(c, tissue, 7);
  double before = 0, lost = 0, formed = 0;
  for (const auto& s : spines)
    for (size_t k = 0; k + 1 < 3; ++k) {
      before += s.present[k];
      lost += s.present[k] && !s.present[k + 1];
      formed += !s.present[k] && s.present[k + 1];
    }
  double first = 0;
  for (const auto& s : spines) first += s.present[0];
  ASSERT_GT(first, 300);
  // Some of the wanted spines find no room beside others.
  EXPECT_NEAR(first / length, c.density_per_um, 0.15 * c.density_per_um);
  EXPECT_NEAR(lost / before, 0.2, 0.03);
  EXPECT_NEAR(formed / before, 0.1, 0.025);
}

TEST(Sessions, StressTakesAndKetamineGivesBack) {
  PhantomConfig c = large();
  c.course = "stress_ketamine";
  const auto spines = live(c, grow_tissue(c, 7), 7);
  for (const size_t k : {0U, 1U}) {
    double before = 0, lost = 0, formed = 0;
    for (const auto& s : spines) {
      before += s.present[k];
      lost += s.present[k] && !s.present[k + 1];
      formed += !s.present[k] && s.present[k + 1];
    }
    EXPECT_NEAR(lost / before, k ? 0.2 : 0.3, 0.08);  // four standard deviations
    EXPECT_NEAR(formed / before, k ? 0.15 : 0.05, 0.05);
  }
}

TEST(Sessions, ARescuedSpineStandsWhereALostOneStood) {
  const PhantomConfig c = large();
  const Tissue tissue = grow_tissue(c, 8);
  const auto spines = live(c, tissue, 8);
  std::set<int> rescued;
  for (const auto& s : spines) {
    if (!s.rescues) continue;
    const SpineHistory& old = spines[size_t(s.rescues) - 1];
    ASSERT_EQ(old.id, s.rescues);
    EXPECT_TRUE(rescued.insert(s.rescues).second) << "rescued twice";
    EXPECT_EQ(old.shape[0].dendrite, s.shape[0].dendrite);
    EXPECT_LT(std::abs(old.shape[2].arc_um - s.shape[2].arc_um), 0.8);
    EXPECT_EQ(std::string(old.present.begin(), old.present.end()), std::string({1, 0, 0}));
    EXPECT_EQ(std::string(s.present.begin(), s.present.end()), std::string({0, 0, 1}));
  }
  EXPECT_GT(rescued.size(), 8U);
}

TEST(Sessions, NoChangeWithoutRates) {
  PhantomConfig c;
  c.elimination_rate = c.formation_rate = 0;
  for (const auto& s : live(c, grow_tissue(c, 9), 9))
    EXPECT_EQ(std::string(s.present.begin(), s.present.end()), std::string({1, 1, 1}));
}

TEST(Sessions, TheWayBackUndoesTheWarp) {
  PhantomConfig c;
  c.warp = "strong";
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    const TissueMap map = random_map(c, 2, seed);
    double moved = 0;
    Random random(seed, "points");
    for (int i = 0; i < 50; ++i) {
      const Vec3 p(random.uniform(0, 61), random.uniform(0, 61), random.uniform(0, 39));
      EXPECT_LT((map.tissue_from_session(map(p)) - p).norm(), 1e-6);
      moved = std::max(moved, (map(p) - p).norm());
    }
    EXPECT_GT(moved, 1.0);
  }
}

TEST(Sessions, FirstSessionAndNoWarpAreTheIdentity) {
  PhantomConfig c;
  const Vec3 p(10, 20, 30);
  EXPECT_EQ(random_map(c, 0, 1)(p), p);
  c.warp = "none";
  EXPECT_EQ(random_map(c, 1, 1)(p), p);
}

TEST(Anatomy, DendritesCrossTheFieldWithRadiiAsAsked) {
  PhantomConfig c;
  c.thick_trunk = true;
  const Tissue tissue = grow_tissue(c, 3);
  ASSERT_GE(tissue.dendrites.size(), 2U);
  auto mean = [](const std::vector<double>& v) {
    double sum = 0;
    for (double x : v) sum += x;
    return sum / double(v.size());
  };
  EXPECT_GT(mean(tissue.dendrites[0].radius_um), 0.85);
  for (size_t i = 0; i < tissue.dendrites.size(); ++i) {
    EXPECT_GT(length_inside_um(tissue.dendrites[i].line, c.extent_um()), 40);
    if (i > 0) {
      EXPECT_GT(mean(tissue.dendrites[i].radius_um), 0.25);
      EXPECT_LT(mean(tissue.dendrites[i].radius_um), 0.8);
    }
  }
}

TEST(Anatomy, TangledHasBranchesAndCrossingsAtOtherDepth) {
  PhantomConfig c;
  c.scene = "tangled";
  size_t branches = 0, crossings = 0;
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    const Tissue t = grow_tissue(c, seed);
    for (size_t i = 0; i < t.dendrites.size(); ++i) {
      if (t.dendrites[i].parent >= 0) {
        ++branches;
        const auto& parent = t.dendrites[size_t(t.dendrites[i].parent)];
        EXPECT_LT(project(parent.line, t.dendrites[i].line[0]).distance_um, 0.01);
        continue;
      }
      for (size_t j = 0; j < i; ++j) {
        if (t.dendrites[j].parent >= 0) continue;
        const Separation s = separation(t.dendrites[i].line, t.dendrites[j].line, c.extent_um(), 1.0);
        if (s.depth_um < 1e8) {
          ++crossings;
          EXPECT_GT(s.depth_um, 3.9);
        }
      }
    }
  }
  EXPECT_GE(branches, 4U);
  EXPECT_GE(crossings, 3U);
}

TEST(Anatomy, ASpineStandsOnTheSurfaceAsLongAsItIs) {
  Neurite d;
  for (int i = 0; i < 200; ++i) d.line.push_back(Vec3(i * kLineStep, 0, 0));
  d.radius_um.assign(200, 0.5);
  SpineShape s;
  s.arc_um = 10;
  s.length_um = 1.2;
  s.head_radius_um = 0.3;
  SpinePlace p = place_spine(d, s);  // azimuth 0: to the left seen along +x, which is +y
  EXPECT_LT((p.base - Vec3(10, 0.5, 0)).norm(), 1e-9);
  EXPECT_LT((p.tip - Vec3(10, 1.7, 0)).norm(), 1e-9);
  EXPECT_LT((p.head - Vec3(10, 1.4, 0)).norm(), 1e-9);
  s.azimuth_rad = 1.5707963267948966;  // straight down into the tissue
  p = place_spine(d, s);
  EXPECT_LT((p.tip - Vec3(10, 0, 1.7)).norm(), 1e-9);
}

}  // namespace
}  // namespace spinechron
