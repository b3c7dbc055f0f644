#include "denoise/calibrate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "unit/denoise/builders.hpp"

namespace spinechron {
namespace {

constexpr Size3 kSize{160, 160, 24};
const Vec3 kVoxel(0.12, 0.12, 1.0);

const Image& scene() {
  static const Image image = [] {
    const Vec3 extent(159 * 0.12, 159 * 0.12, 23.0);
    return test::expose(kSize, kVoxel, {0.22, 0.9}, test::tangle(extent, 5, 3), 2.0);
  }();
  return image;
}

NoiseModel camera(double gain, double offset, double read, double along = 0, double across = 0) {
  NoiseModel m;
  m.gain = gain;
  m.offset = offset;
  m.read_sigma = read;
  m.row_correlation = along;
  m.column_correlation = across;
  return m;
}

Stack take(const NoiseModel& noise, double lowest = 0, double highest = 65535, unsigned seed = 1) {
  RawStack raw;
  raw.counts = test::photograph(scene(), noise, lowest, highest, seed);
  raw.lowest_count = lowest;
  raw.highest_count = highest;
  return calibrate(std::move(raw), {});
}

TEST(Calibrate, FindsGainOffsetAndReadNoise) {
  const Stack s = take(camera(10, 100, 8));
  EXPECT_NEAR(s.noise.gain, 10, 0.6);
  EXPECT_NEAR(s.noise.offset, 100, 4);
  EXPECT_NEAR(s.noise.read_sigma, 8, 2);
  EXPECT_NEAR(s.noise.row_correlation, 0, 0.02);
  EXPECT_NEAR(s.noise.column_correlation, 0, 0.02);
  EXPECT_EQ(s.noise.clipped_fraction, 0);
  EXPECT_EQ(s.noise.saturated_fraction, 0);
}

TEST(Calibrate, TheImageIsInPhotonsAboveTheOffset) {
  const Stack s = take(camera(10, 100, 8));
  double sum = 0, truth = 0;
  for (size_t i = 0; i < kSize.count(); ++i)
    if (scene().data()[i] > 20) sum += s.image.data()[i], truth += scene().data()[i];
  EXPECT_NEAR(sum / truth, 1, 0.05);
}

TEST(Calibrate, CorrelatedNoiseDoesNotPassForASmallerGain) {
  const Stack s = take(camera(20, 200, 10, 0.5, 0.15));
  EXPECT_NEAR(s.noise.row_correlation, 0.5, 0.04);
  EXPECT_NEAR(s.noise.column_correlation, 0.15, 0.03);
  EXPECT_NEAR(s.noise.gain, 20, 1.8);
}

TEST(Calibrate, ClippedCountsAreDescribedAsTheyAre) {
  const NoiseModel truth = camera(45, -10, 12, 0.5, 0.15);
  const Image counts = test::photograph(scene(), truth, 0, 65535, 2);
  const Stack s = take(truth, 0, 65535, 2);
  EXPECT_GT(s.noise.clipped_fraction, 0.05);
  EXPECT_NEAR(s.noise.gain, 45, 4.5);
  // Variance in the background, where the light is flat, against what the model says.
  double n = 0, sum = 0, square = 0;
  for (size_t i = 0; i < kSize.count(); ++i)
    if (scene().data()[i] < 2.001F) {
      const double c = counts.data()[i];
      n += 1, sum += c, square += c * c;
    }
  const double mean = sum / n, variance = square / n - mean * mean;
  const double said = s.noise.gain * std::max(mean - s.noise.offset, 0.0) + std::pow(s.noise.read_sigma, 2);
  EXPECT_NEAR(said / variance, 1, 0.15);
}

TEST(Calibrate, EightBitsAreEnough) {
  const Stack s = take(camera(1.5, 4, 0.8), 0, 255);
  EXPECT_NEAR(s.noise.gain, 1.5, 0.15);
  EXPECT_NEAR(s.noise.offset, 4, 1);
}

TEST(Calibrate, SaturationBelowTheTypesLimitIsSeenAsAPile) {
  RawStack raw;
  raw.counts = test::photograph(scene(), camera(10, 100, 8), 0, 400, 1);
  raw.highest_count = 65535;
  EXPECT_GT(calibrate(std::move(raw), {}).noise.saturated_fraction, 0.002);
}

TEST(Calibrate, NoiseThatDoesNotGrowWithLightIsReadNoise) {
  const Image flat(kSize, kVoxel, 0.0F);
  RawStack raw;
  raw.counts = test::photograph(flat, camera(1, 500, 20), 0, 65535, 4);
  const Stack s = calibrate(std::move(raw), {});
  EXPECT_NEAR(s.noise.read_sigma, 20, 2.5);
  EXPECT_GT(s.noise.gain, 0);
  EXPECT_NEAR(s.noise.offset, 500, 10);
}

TEST(Calibrate, ScalesWithTheCounts) {
  RawStack once, thrice;
  once.counts = test::photograph(scene(), camera(10, 100, 8), 0, 65535, 5);
  thrice.counts = once.counts.clone();
  for (size_t i = 0; i < kSize.count(); ++i) thrice.counts.data()[i] = thrice.counts.data()[i] * 3 + 30;
  once.highest_count = thrice.highest_count = 1e9;
  const Stack a = calibrate(std::move(once), {}), b = calibrate(std::move(thrice), {});
  EXPECT_NEAR(b.noise.gain / a.noise.gain, 3, 0.03);
  EXPECT_NEAR(b.noise.offset, 3 * a.noise.offset + 30, 3);
  EXPECT_NEAR(a.optics.lateral_sigma_um, b.optics.lateral_sigma_um, 1e-3);
}

TEST(Calibrate, TheSameTwiceIsTheSame) {
  const Stack a = take(camera(10, 100, 8)), b = take(camera(10, 100, 8));
  EXPECT_EQ(a.noise.gain, b.noise.gain);
  EXPECT_EQ(a.noise.offset, b.noise.offset);
  EXPECT_EQ(a.optics.lateral_sigma_um, b.optics.lateral_sigma_um);
  EXPECT_EQ(a.optics.axial_sigma_um, b.optics.axial_sigma_um);
}

void expect_usable(const Stack& s) {
  EXPECT_GT(s.noise.gain, 0);
  for (double v :
       {s.noise.gain, s.noise.offset, s.noise.read_sigma, s.optics.lateral_sigma_um, s.optics.axial_sigma_um})
    EXPECT_TRUE(std::isfinite(v));
  for (size_t i = 0; i < s.image.size().count(); ++i) ASSERT_TRUE(std::isfinite(s.image.data()[i]));
}

TEST(Calibrate, ConstantAndTinyImagesAreNoTrouble) {
  for (const Size3 size :
       {Size3{1, 1, 1}, Size3{3, 2, 5}, Size3{9, 17, 1}, Size3{40, 11, 2}, Size3{64, 64, 3}})
    for (const float value : {0.0F, 7.0F, -1e9F, 1e20F}) {
      RawStack raw;
      raw.counts = Image(size, kVoxel, value);
      raw.highest_count = 65535;
      expect_usable(calibrate(std::move(raw), {}));
    }
}

TEST(Calibrate, OneBrightVoxelOrHugeValuesAreNoTrouble) {
  for (const float value : {1.0F, 1e9F, 1e20F, 1e37F}) {
    RawStack raw;
    raw.counts = Image({64, 64, 8}, kVoxel);
    raw.counts.at(30, 30, 4) = value;
    raw.counts.at(31, 30, 4) = -value;
    raw.highest_count = 65535;
    expect_usable(calibrate(std::move(raw), {}));
  }
}

TEST(Calibrate, SamplesThatAreNoNumbersBecomeDark) {
  RawStack raw;
  raw.counts = test::photograph(scene(), camera(10, 100, 8), 0, 65535, 6);
  raw.highest_count = 65535;
  raw.counts.at(5, 5, 5) = std::numeric_limits<float>::quiet_NaN();
  raw.counts.at(6, 5, 5) = std::numeric_limits<float>::infinity();
  const Stack s = calibrate(std::move(raw), {});
  expect_usable(s);
  EXPECT_NEAR(s.noise.gain, 10, 0.8);
}

TEST(Calibrate, CanBeCancelled) {
  const std::atomic<bool> cancelled = true;
  RawStack raw;
  raw.counts = Image(kSize, kVoxel);
  raw.counts.at(0, 0, 0) = 1;
  Context context;
  context.cancelled = &cancelled;
  EXPECT_THROW(calibrate(std::move(raw), context), Cancelled);
}

}  // namespace
}  // namespace spinechron
