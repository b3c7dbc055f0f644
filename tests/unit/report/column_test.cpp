#include "report/column.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spinechron::report {
namespace {

// Slices of 3 x 2 voxels, 1 um apart, each as bright as its entry; the left column of voxels is 0.
Image slices(const std::vector<float>& brightness) {
  Image image({3, 2, brightness.size()}, Vec3(0.5, 0.5, 1));
  for (size_t z = 0; z < brightness.size(); ++z)
    for (size_t y = 0; y < 2; ++y)
      for (size_t x = 1; x < 3; ++x) image.at(x, y, z) = brightness[z];
  return image;
}

TEST(AboveAndBelow, TheBrightestIsInASliceOrBetweenTwoAtTheEnd) {
  const Image image = slices({8, 1, 5, 2, 10});
  const Vec3 middle(1, 0, 2);
  EXPECT_FLOAT_EQ(brightest_above_and_below(image, middle, 0), 5);
  EXPECT_FLOAT_EQ(brightest_above_and_below(image, middle, 1), 5);
  EXPECT_FLOAT_EQ(brightest_above_and_below(image, middle, 1.5), 6);  // half way from 2 to 10
  EXPECT_FLOAT_EQ(brightest_above_and_below(image, middle, 9), 10);
  EXPECT_FLOAT_EQ(brightest_above_and_below(image, Vec3(1, 0, 0.75), 0.25), 4.5);  // from 0.5 to 1
  EXPECT_FLOAT_EQ(brightest_above_and_below(image, Vec3(0.25, 0.5, 0), 0), 4);     // half way from 0 to 8
}

TEST(AboveAndBelow, NothingWhereTheImageEnds) {
  const Image image = slices({8, 1});
  EXPECT_TRUE(std::isnan(brightest_above_and_below(image, Vec3(1.1, 0, 0), 1)));
  EXPECT_TRUE(std::isnan(brightest_above_and_below(image, Vec3(0.5, 0, -2), 1)));
  EXPECT_FLOAT_EQ(brightest_above_and_below(image, Vec3(0.5, 0, -1), 1), 8);
  EXPECT_FLOAT_EQ(brightest_above_and_below(image, Vec3(0.5, 0, 3), 2), 1);
}

TEST(Column, IsReadWhereItCrossesTheSlices) {
  const Image image = slices({8, 1, 5});
  const Column upright(image, Vec3(0, 0, 1));
  EXPECT_FLOAT_EQ(upright.brightest(Vec3(1, 0, 1), 0.2), 1);  // at least the nearest slice
  EXPECT_FLOAT_EQ(upright.brightest(Vec3(1, 0, 1), 1), 8);
  EXPECT_FLOAT_EQ(upright.brightest(Vec3(1, 0, 1.6), 1), 5);
  EXPECT_TRUE(std::isnan(upright.brightest(Vec3(1, 1.5, 1), 1)));
  const Column oblique(image, Vec3(0.5, 0, 1));  // half a voxel aside every um
  EXPECT_FLOAT_EQ(oblique.brightest(Vec3(1, 0, 1), 1),
                  5);  // 4 in the first slice, half way to the dark column
  EXPECT_FLOAT_EQ(oblique.brightest(Vec3(2, 0, 1), 1), 8);  // has left the image in the last slice
}

}  // namespace
}  // namespace spinechron::report
