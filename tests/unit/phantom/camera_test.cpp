#include "phantom/camera.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spinechron {
namespace {

struct Moments {
  double mean = 0, variance = 0, along = 0, across = 0;  ///< along, across: correlation of neighbours
  double zeros = 0;
};

Moments moments(const Image& image) {
  const Size3& n = image.size();
  Moments m;
  const auto count = double(n.count());
  for (size_t i = 0; i < n.count(); ++i) {
    m.mean += image.data()[i] / count;
    m.zeros += (image.data()[i] == 0) / count;
  }
  double along = 0, across = 0;
  for (size_t z = 0; z < n.z; ++z)
    for (size_t y = 1; y < n.y; ++y)
      for (size_t x = 1; x < n.x; ++x) {
        const double d = image.at(x, y, z) - m.mean;
        m.variance += d * d;
        along += d * (image.at(x - 1, y, z) - m.mean);
        across += d * (image.at(x, y - 1, z) - m.mean);
      }
  m.along = along / m.variance;
  m.across = across / m.variance;
  m.variance /= double(n.z * (n.y - 1) * (n.x - 1));
  return m;
}

Camera plain() {
  Camera c;
  c.noise.gain = 10;
  c.noise.offset = 100;
  c.noise.read_sigma = 15;
  return c;
}

TEST(Camera, VarianceIsGainTimesMeanPlusReadNoise) {
  Random random(1, "camera");
  for (const float photons : {2.0F, 20.0F, 80.0F}) {
    const Moments m = moments(detect_counts(Image({200, 200, 4}, Vec3::Ones(), photons), plain(), random));
    EXPECT_NEAR(m.mean, 100 + 10 * photons, 1.0) << photons;
    EXPECT_NEAR(m.variance, 10 * 10 * photons + 15 * 15, 0.03 * m.variance) << photons;
    EXPECT_NEAR(m.along, 0, 0.01);
  }
}

TEST(Camera, NoiseIsCorrelatedAsAskedAndKeepsItsVariance) {
  Camera c = plain();
  c.noise.row_correlation = 0.5;
  c.noise.column_correlation = 0.15;
  Random random(2, "camera");
  const Moments m = moments(detect_counts(Image({200, 200, 4}, Vec3::Ones(), 30.0F), c, random));
  EXPECT_NEAR(m.along, 0.5, 0.02);
  EXPECT_NEAR(m.across, 0.15, 0.02);
  EXPECT_NEAR(m.variance, 10 * 10 * 30 + 15 * 15, 0.04 * m.variance);
}

TEST(Camera, ClipsAtZeroAndAtTheEndOfTheRange) {
  Camera c = plain();
  c.noise.offset = 0;
  Random random(3, "camera");
  const Image dark = detect_counts(Image({64, 64, 2}, Vec3::Ones(), 0.2F), c, random);
  const Moments m = moments(dark);
  EXPECT_GT(m.zeros, 0.3);
  c.noise.gain = 1000;
  const Image bright = detect_counts(Image({16, 16, 2}, Vec3::Ones(), 500.0F), c, random);
  for (size_t i = 0; i < bright.size().count(); ++i) EXPECT_EQ(bright.data()[i], 65535.0F);
}

TEST(Camera, SignalFallsWithDepthAsTransmissionSays) {
  Camera c = plain();
  c.depth_um = 50;
  c.background = 3;
  c.shading = 0.2;
  Image image({11, 11, 21}, Vec3(1, 1, 2), 10.0F);
  expose(image, c);
  const Vec3 e = image.extent_um();
  EXPECT_NEAR(image.at(5, 5, 0), 13, 1e-4);
  EXPECT_NEAR(image.at(5, 5, 20), 3 + 10 * std::exp(-40.0 / 50), 1e-4);
  EXPECT_NEAR(image.at(0, 0, 0), 3 + 10 * c.transmission(Vec3::Zero(), e), 1e-4);
  EXPECT_NEAR(image.at(0, 0, 0), 3 + 8, 1e-4);
}

TEST(Camera, PatchVarianceFactorIsThatOfSummedPixels) {
  Camera c = plain();
  c.noise.row_correlation = 0.5;
  Random random(5, "camera");
  const Image image = detect_counts(Image({240, 200, 4}, Vec3::Ones(), 30.0F), c, random);
  // Sums over runs of 12 pixels along the line: their variance over that of white noise, edges aside.
  double sum = 0, squares = 0;
  long n = 0;
  for (size_t z = 0; z < 4; ++z)
    for (size_t y = 0; y < 200; ++y)
      for (size_t x = 0; x < 240; x += 12) {
        double s = 0;
        for (size_t k = 0; k < 12; ++k) s += image.at(x + k, y, z);
        sum += s;
        squares += s * s;
        ++n;
      }
  const double variance = squares / double(n) - std::pow(sum / double(n), 2);
  const double white = 12 * (10 * 10 * 30 + 15 * 15);
  EXPECT_NEAR(variance / white, patch_variance_factor(c.noise), 0.12 * patch_variance_factor(c.noise));
  EXPECT_EQ(patch_variance_factor(NoiseModel{}), 1.0);
}

}  // namespace
}  // namespace spinechron
