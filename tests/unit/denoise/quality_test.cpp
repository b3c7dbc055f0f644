#include "denoise/quality.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/denoise/builders.hpp"

namespace spinechron {
namespace {

using testing::Contains;
using testing::HasSubstr;

// One dendrite along x in the middle of a small stack of so many photons.
struct Case {
  Stack stack;
  Tracing tracing;
};

Case one_dendrite(double photons, double read = 0.8) {
  const Size3 size{160, 100, 9};
  const Vec3 voxel(0.12, 0.12, 1);
  const std::vector<test::Thing> things = {{Vec3(9.5, 6, 4), 0.5, 0, 0, 20, photons}};
  Case c;
  c.stack.noise.read_sigma = read;
  c.stack.image =
      test::photograph(test::expose(size, voxel, {0.22, 0.9}, things, 1.0), c.stack.noise, -1e9, 1e9, 3);
  Dendrite d;
  d.id = 1;
  for (double x = 1; x < 18; x += 0.12) d.centreline.emplace_back(x, 6, 4);
  d.radius_um.assign(d.centreline.size(), 0.5);
  c.tracing.push_back(d);
  return c;
}

TEST(Quality, ABrightStackIsUsableAndNothingIsSaidAgainstIt) {
  const Case c = one_dendrite(40);
  const Quality q = assess_stack(c.stack, c.tracing);
  EXPECT_EQ(q.verdict, "usable");
  EXPECT_TRUE(q.reasons.empty());
  EXPECT_NEAR(q.photons, 41, 2);
  EXPECT_GT(q.snr, 50);
}

TEST(Quality, ADimStackIsUsableWithCare) {
  const Case c = one_dendrite(1, 1.2);
  const Quality q = assess_stack(c.stack, c.tracing);
  EXPECT_EQ(q.verdict, "usable with care");
  EXPECT_THAT(q.reasons, Contains(HasSubstr("shafts are dim")));
}

TEST(Quality, AStackWithoutLightOrDendritesIsNotUsable) {
  const Case dark = one_dendrite(0);
  EXPECT_EQ(assess_stack(dark.stack, dark.tracing).verdict, "not usable");
  const Case empty = one_dendrite(40);
  const Quality q = assess_stack(empty.stack, {});
  EXPECT_EQ(q.verdict, "not usable");
  EXPECT_THAT(q.reasons, Contains(HasSubstr("No dendrite")));
}

TEST(Quality, SaturationAlongTheShaftsDecides) {
  Case c = one_dendrite(40);
  for (size_t i = 0; i < c.stack.image.size().count(); ++i)
    c.stack.image.data()[i] = std::min(c.stack.image.data()[i], 30.0F);
  c.stack.noise.saturated_fraction = 0.01;
  const Quality q = assess_stack(c.stack, c.tracing);
  EXPECT_EQ(q.verdict, "not usable");
  EXPECT_THAT(q.reasons, Contains(HasSubstr("saturated")));
}

TEST(Quality, MotionBlurCoarseVoxelsAndClippingAreNamed) {
  Case c = one_dendrite(40);
  c.stack.motion_um = 0.5;
  c.stack.optics = {0.42, 0.9};
  c.stack.noise.clipped_fraction = 0.6;
  const Quality q = assess_stack(c.stack, c.tracing);
  EXPECT_EQ(q.verdict, "usable with care");
  EXPECT_THAT(q.reasons, Contains(HasSubstr("slices moved by 0.50 um")));
  EXPECT_THAT(q.reasons, Contains(HasSubstr("blurred")));
  EXPECT_THAT(q.reasons, Contains(HasSubstr("60 % of its voxels are clipped")));

  Case coarse = one_dendrite(40);
  coarse.stack.optics.lateral_sigma_um = 0.09;
  EXPECT_THAT(assess_stack(coarse.stack, coarse.tracing).reasons, Contains(HasSubstr("too coarse")));
}

}  // namespace
}  // namespace spinechron
