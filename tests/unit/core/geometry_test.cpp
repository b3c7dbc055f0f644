#include "core/geometry.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace spinechron {
namespace {

const Curve kCorner = {Vec3(0, 0, 0), Vec3(3, 0, 0), Vec3(3, 4, 0)};

TEST(Geometry, LengthAndArcsOfACorner) {
  EXPECT_DOUBLE_EQ(length_um(kCorner), 7);
  EXPECT_EQ(arcs_um(kCorner), (std::vector<double>{0, 3, 7}));
  EXPECT_DOUBLE_EQ(length_um({}), 0);
  EXPECT_DOUBLE_EQ(length_um({Vec3(1, 2, 3)}), 0);
}

TEST(Geometry, ResampleGoesAroundTheCorner) {
  const Curve out = resample(kCorner, 2);
  ASSERT_EQ(out.size(), 4U);
  EXPECT_TRUE(out[0].isApprox(Vec3(0, 0, 0)));
  EXPECT_TRUE(out[1].isApprox(Vec3(2, 0, 0)));
  EXPECT_TRUE(out[2].isApprox(Vec3(3, 1, 0)));
  EXPECT_TRUE(out[3].isApprox(Vec3(3, 3, 0)));
}

TEST(Geometry, ResampleKeepsAnExactEndAndASinglePoint) {
  EXPECT_TRUE(resample(kCorner, 3.5).back().isApprox(Vec3(3, 4, 0)));
  EXPECT_EQ(resample({Vec3(1, 2, 3)}, 0.5).size(), 1U);
  EXPECT_EQ(resample(kCorner, 100).size(), 1U);
}

TEST(Geometry, ResampleOfRepeatedPointsStaysFinite) {
  const Curve doubled = {Vec3(0, 0, 0), Vec3(0, 0, 0), Vec3(2, 0, 0), Vec3(2, 0, 0), Vec3(4, 0, 0)};
  const Curve out = resample(doubled, 1);
  ASSERT_EQ(out.size(), 5U);
  for (size_t i = 0; i < out.size(); ++i)
    EXPECT_TRUE(out[i].isApprox(Vec3(static_cast<double>(i), 0, 0))) << i;
}

TEST(Geometry, AtArcInterpolatesAndClamps) {
  const Curve line = {Vec3(0, 0, 0), Vec3(0.5, 0, 0), Vec3(1, 0, 0)};
  EXPECT_DOUBLE_EQ(at_arc(line, 0.5, 0.75).x(), 0.75);
  EXPECT_DOUBLE_EQ(at_arc(line, 0.5, -3).x(), 0);
  EXPECT_DOUBLE_EQ(at_arc(line, 0.5, 9).x(), 1);
}

TEST(Geometry, ProjectFindsFootArcAndDistance) {
  const Projection p = project(kCorner, Vec3(5, 2, 0));
  EXPECT_DOUBLE_EQ(p.arc_um, 5);
  EXPECT_DOUBLE_EQ(p.distance_um, 2);
  EXPECT_TRUE(p.foot.isApprox(Vec3(3, 2, 0)));
  EXPECT_DOUBLE_EQ(project(kCorner, Vec3(-1, 0, 0)).arc_um, 0);
}

TEST(Geometry, ProjectWeighsDepth) {
  const Curve line = {Vec3(0, 0, 0), Vec3(10, 0, 0)};
  EXPECT_DOUBLE_EQ(project(line, Vec3(4, 3, 4)).distance_um, 5);
  EXPECT_DOUBLE_EQ(project(line, Vec3(4, 3, 4), 0).distance_um, 3);
}

TEST(Geometry, ProjectAgreesWithAFineSearch) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> any(-5, 5);
  for (int n = 0; n < 20; ++n) {
    Curve curve;
    for (int i = 0; i < 6; ++i) curve.emplace_back(any(random), any(random), any(random));
    const Vec3 point(any(random), any(random), any(random));
    double nearest = 1e9;
    for (const Vec3& q : resample(curve, 0.001)) nearest = std::min(nearest, (q - point).norm());
    EXPECT_NEAR(project(curve, point).distance_um, nearest, 1e-3);
  }
}

TEST(Geometry, InverseOfAnAffineUndoesIt) {
  Affine a;
  a.linear = Eigen::AngleAxisd(0.3, Vec3(1, 2, 3).normalized()).toRotationMatrix() * 1.1;
  a.shift_um = Vec3(4, -5, 6);
  const Vec3 p(1, 2, 3);
  EXPECT_TRUE(a.inverse()(a(p)).isApprox(p, 1e-12));
  EXPECT_TRUE(a(a.inverse()(p)).isApprox(p, 1e-12));
}

}  // namespace
}  // namespace spinechron
