#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "denoise/noise_fit.hpp"
#include "unit/denoise/builders.hpp"

namespace spinechron {
namespace {

constexpr Size3 kSize{200, 200, 24};
const Vec3 kVoxel(0.12, 0.12, 1.0);
constexpr double kBackground = 2.0;  // photons
constexpr float kShaft = 14;         // photons: half of what the dimmest dendrite shows

const Image& photons() {
  static const Image image = [] {
    const Vec3 extent(199 * 0.12, 199 * 0.12, 23.0);
    return test::expose(kSize, kVoxel, {0.22, 0.9}, test::tangle(extent, 8, 3), kBackground);
  }();
  return image;
}

// Photons that `share` of the shafts' voxels are above.
double exceeded_by(double share) {
  std::vector<float> shaft;
  for (size_t i = 0; i < kSize.count(); ++i)
    if (photons().data()[i] > kShaft) shaft.push_back(photons().data()[i]);
  const auto at = shaft.begin() + static_cast<std::ptrdiff_t>((1 - share) * double(shaft.size()));
  std::nth_element(shaft.begin(), at, shaft.end());
  return *at;
}

struct Camera {
  const char* name;
  double gain, offset, read_sigma;  // counts
  double along = 0, across = 0;     // correlation
  double highest = 65535;           // of the sample type
  double saturated = 0;             // share of the shafts' voxels that are cut at the top
};

NoiseModel model_of(const Camera& c) {
  NoiseModel m;
  m.gain = c.gain;
  m.offset = c.offset;
  m.read_sigma = c.read_sigma;
  m.row_correlation = c.along;
  m.column_correlation = c.across;
  return m;
}

Image take(const Camera& c) {
  const double top = c.saturated > 0 ? std::round(c.offset + c.gain * exceeded_by(c.saturated)) : c.highest;
  return test::photograph(photons(), model_of(c), 0, top, 11);
}

NoiseModel fit(const Image& counts, double highest) {
  return fit_noise(counts, BlockMeans(counts), range_of(counts.data(), counts.size().count()), 0, highest,
                   {});
}

class NoiseOfCameras : public testing::TestWithParam<Camera> {};

// The tolerances to count on: 8 % of the gain, a quarter of a photon of the offset, 10 % of the variance
// without structure, 0.03 of the correlation. Where shafts are saturated their light is missing, and the
// slope rests on their edges: 20 % of the gain, three quarters of a photon.
TEST_P(NoiseOfCameras, IsFound) {
  const Camera& c = GetParam();
  const NoiseModel found = fit(take(c), c.highest);
  EXPECT_NEAR(found.gain / c.gain, 1, c.saturated > 0 ? 0.20 : 0.08);
  EXPECT_NEAR(found.offset, c.offset, (c.saturated > 0 ? 0.75 : 0.25) * c.gain);
  const double dark = c.offset + c.gain * kBackground;
  const double variance = c.gain * c.gain * kBackground + c.read_sigma * c.read_sigma;
  EXPECT_NEAR(found.gain * (dark - found.offset) + found.read_sigma * found.read_sigma, variance,
              0.1 * variance);
  EXPECT_NEAR(found.row_correlation, c.along, 0.03);
  EXPECT_NEAR(found.column_correlation, c.across, 0.03);
  EXPECT_EQ(found.clipped_fraction, 0);
  EXPECT_EQ(found.saturated_fraction > 0, c.saturated > 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, NoiseOfCameras,
    testing::Values(Camera{"EightBits", 1.5, 10, 0.8, 0, 0, 255},
                    Camera{"EightBitsCoarse", 3, 12, 1.5, 0, 0, 255},
                    Camera{"EightBitsFine", 0.7, 10, 0.6, 0, 0, 255},
                    Camera{"TwelveBits", 12, 100, 10, 0, 0, 4095}, Camera{"SixteenBits", 45, 300, 12},
                    Camera{"SixteenBitsBright", 300, 2000, 200},
                    Camera{"Correlated", 45, 400, 12, 0.57, 0.17},
                    Camera{"EightBitsCorrelated", 1.5, 12, 0.8, 0.57, 0.17, 255},
                    Camera{"Saturated5", 12, 100, 10, 0, 0, 65535, 0.05},
                    Camera{"Saturated20", 12, 100, 10, 0, 0, 65535, 0.20},
                    Camera{"EightBitsSaturated5", 1.5, 10, 0.8, 0, 0, 255, 0.05},
                    Camera{"EightBitsSaturated20", 1.5, 10, 0.8, 0, 0, 255, 0.20},
                    Camera{"CorrelatedSaturated20", 12, 130, 10, 0.57, 0.17, 65535, 0.20}),
    [](const auto& info) { return info.param.name; });

class NoiseClippedAtZero : public testing::TestWithParam<Camera> {};

// What a digitiser cut off is gone: the model describes the counts as they are, dark ones and bright ones.
TEST_P(NoiseClippedAtZero, IsDescribedAsItIs) {
  const Camera& c = GetParam();
  const Image counts = take(c);
  const NoiseModel found = fit(counts, c.highest);
  EXPECT_NEAR(found.gain / c.gain, 1, 0.08);
  double n = 0, zeros = 0, sum = 0, square = 0;
  for (size_t i = 0; i < kSize.count(); ++i) {
    const double v = counts.data()[i];
    zeros += v == 0;
    if (photons().data()[i] < 1.001 * kBackground) n += 1, sum += v, square += v * v;
  }
  EXPECT_NEAR(found.clipped_fraction, zeros / double(kSize.count()), 1e-9);
  EXPECT_GT(found.clipped_fraction, 0.03);
  const double mean = sum / n, variance = square / n - mean * mean;
  EXPECT_NEAR(found.gain * std::max(mean - found.offset, 0.0) + found.read_sigma * found.read_sigma, variance,
              0.12 * variance);
}

INSTANTIATE_TEST_SUITE_P(All, NoiseClippedAtZero,
                         testing::Values(Camera{"OffsetZero", 45, 0, 12},
                                         Camera{"OffsetBelowZero", 45, -10, 12},
                                         Camera{"HalfAPhotonBelowZero", 45, -22, 12},
                                         Camera{"Correlated", 45, -5, 12, 0.57, 0.17},
                                         Camera{"EightBits", 1.5, 0, 0.8, 0, 0, 255}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace spinechron
