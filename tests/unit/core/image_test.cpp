#include "core/image.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spinechron {
namespace {

// f(x, y, z) = x + 10 y + 100 z in voxels: what trilinear interpolation must reproduce everywhere.
Image ramp() {
  Image image({4, 3, 2}, Vec3(0.1, 0.2, 1.0));
  for (size_t z = 0; z < 2; ++z)
    for (size_t y = 0; y < 3; ++y)
      for (size_t x = 0; x < 4; ++x) image.at(x, y, z) = static_cast<float>(x + 10 * y + 100 * z);
  return image;
}

TEST(Image, IsXFastest) {
  const Image image = ramp();
  EXPECT_EQ(image.data()[1], 1);
  EXPECT_EQ(image.data()[4], 10);
  EXPECT_EQ(image.data()[12], 100);
  EXPECT_EQ(image.row(2, 1)[3], 123);
  EXPECT_EQ(image.size().count(), 24U);
}

TEST(Image, SampleIsTrilinearInMicrometres) {
  const Image image = ramp();
  EXPECT_NEAR(image.sample(Vec3(0.15, 0.3, 0.25)), 1.5 + 15 + 25, 1e-4);
  EXPECT_NEAR(image.sample(Vec3(0, 0, 0)), 0, 1e-6);
  EXPECT_NEAR(image.sample(image.extent_um()), 123, 1e-4);
}

TEST(Image, SampleIsNaNOutside) {
  const Image image = ramp();
  EXPECT_TRUE(std::isnan(image.sample(Vec3(-0.01, 0, 0))));
  EXPECT_TRUE(std::isnan(image.sample(Vec3(0, 0.45, 0))));
  EXPECT_TRUE(std::isnan(image.sample(Vec3(0, 0, 1.1))));
  EXPECT_TRUE(std::isnan(image.sample(Vec3(std::nan(""), 0, 0))));
  EXPECT_TRUE(std::isnan(Image().sample(Vec3::Zero())));
}

TEST(Image, ASingleSliceCanBeSampled) {
  Image image({2, 2, 1}, Vec3::Ones(), 7.0F);
  EXPECT_EQ(image.sample(Vec3(0.5, 0.5, 0)), 7);
}

TEST(Image, CloneIsIndependentAndMovesAreCheap) {
  Image image = ramp();
  Image copy = image.clone();
  copy.at(0, 0, 0) = 42;
  EXPECT_EQ(image.at(0, 0, 0), 0);
  const float* samples = copy.data();
  const Image moved = std::move(copy);
  EXPECT_EQ(moved.data(), samples);
}

}  // namespace
}  // namespace spinechron
