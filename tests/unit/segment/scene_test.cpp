#include <gtest/gtest.h>

#include <algorithm>

#include "segment/ridges_stage.hpp"
#include "support/bright_dendrite.hpp"

namespace spinechron {
namespace {

using testing::Motion;
using testing::Scene;

Tracing trace_scene(const Stack& stack) {
  return make_ridges_stage()->run(stack, Context{});
}

// Share of the true axis within `limit_um` of a traced curve, depth counted half.
double covered(const Curve& truth, const Tracing& tracing, double limit_um) {
  size_t hit = 0;
  for (const Vec3& p : truth)
    hit += std::any_of(tracing.begin(), tracing.end(), [&](const Dendrite& d) {
      return project(d.centreline, p, 0.5).distance_um < limit_um;
    });
  return double(hit) / double(truth.size());
}

double total_length(const Tracing& tracing) {
  double sum = 0;
  for (const Dendrite& d : tracing) sum += length_um(d.centreline);
  return sum;
}

TEST(Trace, OneDendriteIsOneCurveOnItsAxis) {
  Scene scene;
  scene.heads = {{8.0, 1.2, 0.3}, {14.0, -1.3, 0.4}, {20.0, 1.5, 0.4}};
  const Tracing t = trace_scene(scene.stack(1));
  ASSERT_EQ(t.size(), 1u);
  EXPECT_GT(covered(scene.axis(), t, 0.3), 0.95);
  EXPECT_LT(total_length(t), 1.15 * length_um(scene.axis()) + 4);  // spines are no branches
  EXPECT_EQ(t[0].radius_um.size(), t[0].centreline.size());
  EXPECT_GT(t[0].snr, 5);
}

TEST(Trace, NoiseAloneHasNoDendrite) {
  Scene scene;
  scene.shaft_photons = 0;
  for (unsigned seed = 1; seed <= 3; ++seed)
    EXPECT_TRUE(trace_scene(scene.stack(seed)).empty()) << "seed " << seed;
}

TEST(Trace, TwoDendritesThatCrossAreTwo) {
  Scene scene;
  Stack stack = scene.stack(1);
  const Motion across{60.0, Vec3(0, 0, 4)};
  const Stack other = scene.stack(2, across);
  for (size_t i = 0; i < stack.image.size().count(); ++i) stack.image.data()[i] += other.image.data()[i];
  const Tracing t = trace_scene(stack);
  Curve second;
  for (const Vec3& p : scene.axis()) {
    const Vec3 q = scene.moved(p, across), last = stack.image.extent_um();
    if (q.x() > 1 && q.y() > 1 && q.x() < last.x() - 1 && q.y() < last.y() - 1) second.push_back(q);
  }
  EXPECT_GT(covered(scene.axis(), t, 0.5), 0.9);
  EXPECT_GT(covered(second, t, 0.5), 0.85);
}

TEST(Trace, TinyAndOddImagesAreNoTrouble) {
  for (const Size3 size :
       {Size3{16, 16, 4}, Size3{33, 17, 3}, Size3{64, 5, 8}, Size3{1, 1, 1}, Size3{128, 128, 1}}) {
    Stack stack;
    stack.image = Image(size, Vec3(0.12, 0.12, 1.0), 3.0F);
    EXPECT_TRUE(trace_scene(stack).empty());
  }
}

TEST(Trace, TheSameStackGivesTheSameCurves) {
  const Stack stack = Scene{}.stack(4);
  const Tracing a = trace_scene(stack), b = trace_scene(stack);
  ASSERT_EQ(a.size(), b.size());
  for (size_t d = 0; d < a.size(); ++d) EXPECT_EQ(a[d].centreline, b[d].centreline);
}

}  // namespace
}  // namespace spinechron
