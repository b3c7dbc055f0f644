#include "phantom/optics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spinechron {
namespace {

double total(const Light& light) {
  double sum = 0;
  for (const auto& p : light) sum += p.weight;
  return sum;
}

double total(const Image& image) {
  double sum = 0;
  for (size_t i = 0; i < image.size().count(); ++i) sum += image.data()[i];
  return sum;
}

TEST(Optics, SolidsKeepTheirVolume) {
  Light tube, ball;
  add_tube(tube, {Vec3(0, 0, 0), Vec3(10, 0, 0)}, {0.5, 0.5}, 2.0, 0.15);
  EXPECT_NEAR(total(tube), 2 * std::numbers::pi * 0.25 * 10, 1e-9);
  add_ball(ball, Vec3(1, 2, 3), 0.3, 1.0, 0.15);
  EXPECT_NEAR(total(ball), 4.0 / 3 * std::numbers::pi * 0.027, 1e-12);
}

TEST(Optics, BallHasTheSecondMomentOfABall) {
  Light ball;
  add_ball(ball, Vec3::Zero(), 0.6, 1.0, 0.1);
  double moment = 0;
  for (const auto& p : ball) moment += p.weight * p.at.squaredNorm();
  EXPECT_NEAR(moment / total(ball), 0.6 * 0.36, 1e-9);  // 3/5 r^2
}

TEST(Optics, TubeProfileHasTheWidthItShouldHave) {
  // A hair-thin tube is as wide as the PSF, a thick one as itself.
  const Psf psf{0.2, 0.8, 0};
  EXPECT_NEAR(psf.tube_half_width_um(0.01), 0.2 * std::sqrt(2 * std::log(2)), 1e-3);
  // With depth all summed up the profile is the disk's chord, half of it at sqrt(3)/2 of the radius.
  EXPECT_NEAR(Psf({0.05, 100, 0}).tube_half_width_um(1.0), std::sqrt(3) / 2, 0.01);
}

TEST(Optics, PaintedTubeAgreesWithTheFormula) {
  const Psf psf{0.19, 0.85, 0};
  Image image({101, 81, 21}, Vec3(0.1, 0.1, 0.5));
  const Vec3 middle = image.extent_um() / 2;
  Light light;
  add_tube(light, {middle - Vec3(20, 0, 0), middle + Vec3(20, 0, 0)}, {0.5, 0.5}, 1.0, 0.15);
  paint(image, light, psf, {});
  const double peak = image.sample(middle);
  EXPECT_NEAR(peak, psf.tube_peak(0.5), 0.01 * peak);
  const double half = psf.tube_half_width_um(0.5);
  EXPECT_NEAR(image.sample(middle + Vec3(0, half, 0)) / peak, 0.5, 0.015);
  EXPECT_NEAR(image.sample(middle + Vec3(0.77, 0, 0)) / peak, 1.0, 0.005);  // no ripple along the tube
}

TEST(Optics, SliceShiftMovesTheSlice) {
  const Psf psf{0.2, 0.8, 0};
  Image image({60, 60, 3}, Vec3(0.1, 0.1, 1.0));
  Light light;
  light.push_back({Vec3(3, 3, 1), 1.0});
  SliceShifts shifts(3, Eigen::Vector2d::Zero());
  shifts[1] = Eigen::Vector2d(0.5, -0.3);
  paint(image, light, psf, shifts);
  auto brightest = [&](size_t z) {
    const float* s = image.slice(z);
    const auto i = size_t(std::max_element(s, s + 3600) - s);
    return std::pair(i % 60, i / 60);
  };
  EXPECT_EQ(brightest(0), std::pair(size_t(30), size_t(30)));
  EXPECT_EQ(brightest(1), std::pair(size_t(35), size_t(27)));
}

TEST(Optics, TailsHoldTheScatteredLight) {
  const Psf psf{0.19, 0.85, 0.4};
  Image image({301, 301, 61}, Vec3(0.1, 0.1, 1.0));
  Light light;
  add_ball(light, image.extent_um() / 2, 0.5, 1.0, 0.15);
  paint(image, light, psf, {});
  const double core = total(image);
  const Image before = image.clone();
  add_tails(image, before, psf);
  EXPECT_NEAR(total(image) / core, 1 / 0.6, 0.01);
  const Vec3 aside = image.extent_um() / 2 + Vec3(1.5, 0, 0);
  EXPECT_LT(before.sample(aside), 1e-6F);
  EXPECT_GT(image.sample(aside), 1e-4F);
}

TEST(Optics, NoTailsInClearTissue) {
  Image image({64, 64, 8}, Vec3(0.1, 0.1, 1.0), 1.0F);
  add_tails(image, image.clone(), Psf{0.19, 0.85, 0});
  EXPECT_EQ(total(image), 64.0 * 64 * 8);
}

}  // namespace
}  // namespace spinechron
