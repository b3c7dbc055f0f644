#include "denoise/anscombe.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "denoise/anscombe_stage.hpp"
#include "unit/denoise/builders.hpp"

namespace spinechron {
namespace {

TEST(Anscombe, TheInverseIsWithoutBias) {
  std::mt19937 random(1);
  for (const double read : {0.0, 0.5, 2.0})
    for (const double light : {1.0, 3.0, 10.0, 100.0}) {
      std::poisson_distribution<int> poisson(light);
      std::normal_distribution<double> normal(0, 1);
      double sum = 0, square = 0;
      constexpr int kDraws = 200000;
      for (int i = 0; i < kDraws; ++i) {
        const double f = stabilised(static_cast<float>(poisson(random) + read * normal(random)), float(read));
        sum += f;
        square += f * f;
      }
      const double mean = sum / kDraws;
      EXPECT_NEAR(unbiased_inverse(float(mean), float(read)), light, 0.06 + 0.01 * light)
          << light << " photons, read noise " << read;
      if (light >= 3) {
        EXPECT_NEAR(square / kDraws - mean * mean, 1, 0.12);
      }
    }
}

TEST(Anscombe, SmoothsAFlatImageAndKeepsItsMean) {
  NoiseModel camera;
  camera.read_sigma = 0.5;
  const Size3 size{128, 128, 8};
  Image image = test::photograph(Image(size, Vec3(0.12, 0.12, 1), 5.0F), camera, -1e9, 1e9, 2);
  smooth_stabilised(image, 0.5, {}, {});
  double sum = 0, square = 0;
  const auto n = static_cast<double>(size.count());
  for (size_t i = 0; i < size.count(); ++i) sum += image.data()[i], square += std::pow(image.data()[i], 2);
  EXPECT_NEAR(sum / n, 5, 0.1);
  EXPECT_LT(square / n - std::pow(sum / n, 2), 5.25 / 6);
}

TEST(Anscombe, BringsATangleNearerToTheTruth) {
  const Size3 size{128, 128, 12};
  const Vec3 voxel(0.12, 0.12, 1), extent(127 * 0.12, 127 * 0.12, 11);
  const Image truth = test::expose(size, voxel, {0.22, 0.9}, test::tangle(extent, 4, 21), 2.0);
  NoiseModel camera;
  camera.read_sigma = 0.8;
  Stack stack;
  stack.noise = camera;
  stack.image = test::photograph(truth, camera, -1e9, 1e9, 22);
  const auto error = [&](const Image& image, double from) {
    double sum = 0, n = 0;
    for (size_t i = 0; i < size.count(); ++i)
      if (truth.data()[i] > from) sum += std::pow(image.data()[i] - truth.data()[i], 2), ++n;
    return std::sqrt(sum / n);
  };
  const double dark = error(stack.image, 0), bright = error(stack.image, 20);
  const Stack out = make_anscombe_stage()->run(std::move(stack), {});
  EXPECT_LT(error(out.image, 0), 0.5 * dark);
  EXPECT_LT(error(out.image, 20), 0.8 * bright);
}

TEST(Anscombe, StrengthZeroAndTinyImagesStayAsTheyAre) {
  Image image({16, 16, 2}, Vec3(0.12, 0.12, 1), 3.0F);
  image.at(5, 5, 1) = 9;
  AnscombeConfig off;
  off.strength = 0;
  smooth_stabilised(image, 1, off, {});
  EXPECT_EQ(image.at(5, 5, 1), 9);
  for (const Size3 size : {Size3{0, 0, 0}, Size3{1, 1, 4}, Size3{2, 3, 1}, Size3{9, 2, 3}}) {
    Image small(size, Vec3(0.12, 0.12, 1), 4.0F);
    smooth_stabilised(small, 1, {}, {});
    for (size_t i = 0; i < size.count(); ++i) EXPECT_NEAR(small.data()[i], 4, 0.5);
  }
}

}  // namespace
}  // namespace spinechron
