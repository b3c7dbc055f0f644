// What tracing makes of each shape that neurites take, one at a time.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <random>

#include "segment/trace.hpp"

namespace spinechron {
namespace {

constexpr Size3 kSize{360, 240, 24};
const Vec3 kVoxel(0.12, 0.12, 1.0);
constexpr double kLateral_um = 0.22, kAxial_um = 0.9, kNoise = 2, kStep_um = 0.1;

// A straight neurite; radius and brightness may change along it.
struct Neurite {
  Vec3 from, to;
  std::function<double(double arc_um)> radius_um = [](double) { return 0.45; };
  std::function<double(double arc_um)> brightness = [](double) { return 1.0; };

  Vec3 at(double arc_um) const { return from + arc_um * (to - from).normalized(); }
  double length() const { return (to - from).norm(); }
  Curve axis() const {
    Curve c;
    for (double s = 0; s <= length(); s += kStep_um) c.push_back(at(s));
    return c;
  }
};

// Neurites through Gaussian optics (a dendrite of radius 0.5 um shows about 60 photons) and flat noise.
Stack image_of(const std::vector<Neurite>& neurites) {
  Stack stack;
  stack.image = Image(kSize, kVoxel);
  stack.optics = {kLateral_um, kAxial_um};
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, kNoise);
  for (size_t i = 0; i < kSize.count(); ++i) stack.image.data()[i] = static_cast<float>(noise(random));
  for (const Neurite& n : neurites)
    for (double s = 0; s <= n.length(); s += kStep_um) {
      // As bright and as wide as a slice of a round solid of that radius.
      const double r = n.radius_um(s), spread2 = r * r / 4;
      const double lateral2 = kLateral_um * kLateral_um + spread2, axial2 = kAxial_um * kAxial_um + spread2;
      const double peak = 24 * n.brightness(s) * r * r * kStep_um / (lateral2 * std::sqrt(axial2));
      const double reach = 4 * std::sqrt(lateral2);
      const Vec3 p = n.at(s);
      for (size_t z = 0; z < kSize.z; ++z)
        for (int y = std::max(0, int((p.y() - reach) / kVoxel.y()));
             y < std::min(int(kSize.y), int((p.y() + reach) / kVoxel.y())); ++y)
          for (int x = std::max(0, int((p.x() - reach) / kVoxel.x()));
               x < std::min(int(kSize.x), int((p.x() + reach) / kVoxel.x())); ++x) {
            const Vec3 d = Vec3(x, y, double(z)).cwiseProduct(kVoxel) - p;
            stack.image.at(size_t(x), size_t(y), z) += static_cast<float>(
                peak * std::exp(-d.head<2>().squaredNorm() / (2 * lateral2) - d.z() * d.z() / (2 * axial2)));
          }
    }
  return stack;
}

Tracing trace_of(const std::vector<Neurite>& neurites) {
  return trace(image_of(neurites), {}, {});
}

// Share of a neurite's axis, inside the image, that one curve follows within `lateral_um` and a micrometre of
// depth.
double followed(const Neurite& truth, const Dendrite& dendrite, double lateral_um = 0.4) {
  const Vec3 last = Vec3(kSize.x - 1.0, kSize.y - 1.0, kSize.z - 1.0).cwiseProduct(kVoxel);
  size_t seen = 0, near = 0;
  for (const Vec3& p : truth.axis()) {
    if ((p.array() < 0.5).any() || (p.array() > last.array() - 0.5).any()) continue;
    ++seen;
    near += std::any_of(dendrite.centreline.begin(), dendrite.centreline.end(), [&](const Vec3& q) {
      return (q - p).head<2>().norm() < lateral_um && std::abs(q.z() - p.z()) < 1.0;
    });
  }
  return double(near) / double(seen);
}

// The curve that follows a neurite best.
const Dendrite& curve_of(const Neurite& truth, const Tracing& tracing) {
  return *std::max_element(tracing.begin(), tracing.end(), [&](const Dendrite& a, const Dendrite& b) {
    return followed(truth, a) < followed(truth, b);
  });
}

double radius_near(const Dendrite& d, const Vec3& p) {
  size_t best = 0;
  for (size_t i = 0; i < d.centreline.size(); ++i)
    if ((d.centreline[i] - p).head<2>().norm() < (d.centreline[best] - p).head<2>().norm()) best = i;
  return d.radius_um[best];
}

const Neurite kAlong{Vec3(-2, 14, 11), Vec3(46, 14, 11)};

TEST(TraceShapes, WhatCrossesInProjectionOnlyIsKeptApartInDepth) {
  const Neurite below{Vec3(-2, 14, 6), Vec3(46, 14, 6)}, above{Vec3(12, -2, 16), Vec3(30, 31, 16)};
  const Tracing t = trace_of({below, above});
  ASSERT_EQ(t.size(), 2u);
  for (const Neurite& n : {below, above}) {
    EXPECT_GT(followed(n, curve_of(n, t)), 0.95);
    for (const Vec3& p : curve_of(n, t).centreline) ASSERT_NEAR(p.z(), n.from.z(), 1.5);
  }
}

TEST(TraceShapes, WhatCrossesAtOneDepthGoesStraightOn) {
  const Neurite across{Vec3(12, -2, 11), Vec3(30, 31, 11)};
  const Tracing t = trace_of({kAlong, across});
  ASSERT_EQ(t.size(), 2u);
  for (const Neurite& n : {kAlong, across}) EXPECT_GT(followed(n, curve_of(n, t)), 0.95);
  for (const Dendrite& d : t) EXPECT_EQ(d.parent, 0);
}

TEST(TraceShapes, ABranchHangsOnItsParentWhereItLeaves) {
  const Vec3 fork(18, 14, 11);
  const Neurite branch{fork, Vec3(34, 30, 11)};
  const Tracing t = trace_of({kAlong, branch});
  ASSERT_EQ(t.size(), 2u);
  const Dendrite &trunk = curve_of(kAlong, t), &twig = curve_of(branch, t);
  EXPECT_GT(followed(kAlong, trunk), 0.95);
  EXPECT_GT(followed(branch, twig), 0.9);
  EXPECT_EQ(trunk.parent, 0);
  ASSERT_EQ(twig.parent, trunk.id);
  EXPECT_LT((trunk.centreline[twig.parent_point] - fork).norm(), 1.0);
}

TEST(TraceShapes, GapsOfOneAndTwoMicrometresAreBridged) {
  for (const double gap_um : {1.0, 2.0}) {
    Neurite n = kAlong;
    n.brightness = [=](double s) { return std::abs(s - 24) < gap_um / 2 ? 0.0 : 1.0; };
    const Tracing t = trace_of({n});
    ASSERT_EQ(t.size(), 1u) << gap_um << " um";
    EXPECT_GT(followed(n, t[0]), 0.95) << gap_um << " um";
  }
}

TEST(TraceShapes, FreeEndsAreWhereTheDendriteEnds) {
  const Neurite n{Vec3(8, 10, 11), Vec3(34, 18, 11)};
  const Tracing t = trace_of({n});
  ASSERT_EQ(t.size(), 1u);
  EXPECT_GT(followed(n, t[0]), 0.95);
  for (const Vec3& end : {n.from, n.to})
    EXPECT_LT(std::min((t[0].centreline.front() - end).norm(), (t[0].centreline.back() - end).norm()), 1.0);
}

TEST(TraceShapes, AThinDendriteBesideAThickTrunkIsTraced) {
  Neurite trunk{Vec3(-2, 10, 11), Vec3(46, 10, 11)}, thin{Vec3(-2, 16, 11), Vec3(46, 18, 11)};
  trunk.radius_um = [](double) { return 1.2; };
  thin.radius_um = [](double) { return 0.35; };
  const Tracing t = trace_of({trunk, thin});
  ASSERT_EQ(t.size(), 2u);
  EXPECT_GT(followed(trunk, curve_of(trunk, t)), 0.95);
  EXPECT_GT(followed(thin, curve_of(thin, t)), 0.95);
  EXPECT_GT(radius_near(curve_of(trunk, t), Vec3(22, 10, 11)),
            1.8 * radius_near(curve_of(thin, t), Vec3(22, 17, 11)));
}

// Swellings well over the 3 um that spines are filtered out over.
TEST(TraceShapes, TheRadiusFollowsVaricosities) {
  constexpr double kPeriod_um = 9;
  Neurite n = kAlong;
  n.radius_um = [](double s) { return 0.5 + 0.2 * std::cos(2 * std::numbers::pi * s / kPeriod_um); };
  const Tracing t = trace_of({n});
  ASSERT_EQ(t.size(), 1u);
  EXPECT_GT(followed(n, t[0]), 0.95);
  for (double s = 9; s < 36; s += kPeriod_um)
    EXPECT_GT(radius_near(t[0], n.at(s)), 1.2 * radius_near(t[0], n.at(s + kPeriod_um / 2))) << s << " um";
}

TEST(TraceShapes, ABeadedThinAxonIsNoDendrite) {
  Neurite axon{Vec3(-2, 20, 11), Vec3(46, 24, 11)};
  axon.radius_um = [](double s) {
    const double from_bead = std::remainder(s, 4.0);
    return 0.12 + 0.2 * std::exp(-from_bead * from_bead / (2 * 0.35 * 0.35));
  };
  const Tracing t = trace_of({kAlong, axon});
  ASSERT_EQ(t.size(), 1u);
  EXPECT_GT(followed(kAlong, t[0]), 0.95);
}

}  // namespace
}  // namespace spinechron
