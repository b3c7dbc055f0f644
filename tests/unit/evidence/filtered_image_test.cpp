#include "evidence/filtered_image.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "evidence/strip.hpp"
#include "support/noisy_image.hpp"

namespace spinechron {
namespace {

using testing::noisy_image;

// One axis after another in double, straight from the definition.
double by_definition(const Image& image, long x, long y, long z, const Vec3& sigma,
                     const Eigen::Vector3i& reach) {
  const auto inside = [](long i, size_t n) { return size_t(std::clamp(i, 0L, long(n) - 1)); };
  double sum = 0, weight = 0;
  for (long c = -reach.z(); c <= reach.z(); ++c)
    for (long b = -reach.y(); b <= reach.y(); ++b)
      for (long a = -reach.x(); a <= reach.x(); ++a) {
        const double w = std::exp(-0.5 * (a * a / (sigma.x() * sigma.x()) + b * b / (sigma.y() * sigma.y()) +
                                          c * c / (sigma.z() * sigma.z())));
        sum += w * image.at(inside(x + a, image.size().x), inside(y + b, image.size().y),
                            inside(z + c, image.size().z));
        weight += w;
      }
  return sum / weight;
}

TEST(FilteredImage, IsTheGaussianOfItsDefinition) {
  const Image image = noisy_image({21, 18, 9});
  const double lateral_um = 0.2, axial_um = 0.7;
  const Image out = smoothed(image, lateral_um, axial_um);
  const Vec3 sigma = Vec3(lateral_um, lateral_um, axial_um).cwiseQuotient(image.voxel_um());
  const Eigen::Vector3i reach(int(std::lround(3.5 * sigma.x())), int(std::lround(3.5 * sigma.y())),
                              int(std::ceil(3 * sigma.z())));
  for (const auto& [x, y, z] : {std::array{0L, 0L, 0L}, {10L, 9L, 4L}, {20L, 3L, 8L}, {5L, 17L, 1L}})
    EXPECT_NEAR(out.at(size_t(x), size_t(y), size_t(z)) / by_definition(image, x, y, z, sigma, reach), 1,
                2e-6);
}

TEST(FilteredImage, WideKernelsKeepTheMean) {
  Image image({64, 64, 3}, Vec3(0.1, 0.1, 1), 2.5F);
  const Image out = smoothed(image, 1.5, 1.0);
  EXPECT_TRUE(std::all_of(out.data(), out.data() + out.size().count(),
                          [](float v) { return std::abs(v - 2.5F) < 1e-5F; }));
}

TEST(FilteredImage, WithoutSigmaNothingChanges) {
  const Image image = noisy_image({9, 8, 3});
  const Image out = smoothed(image, 0, 0);
  EXPECT_TRUE(std::equal(out.data(), out.data() + out.size().count(), image.data()));
}

TEST(FilteredImage, ATermCountsWithItsWeightAndTheLevelGoes) {
  const Image image = noisy_image({40, 35, 5});
  const Image fine = smoothed(image, 0.2, 0.7), coarse = smoothed(image, 0.4, 1.1);
  const Image both = FilteredImage(image, {{2, 0.2, 0.7}, {-1, 0.4, 1.1}}, {1, 2, 3, 4, 5}).whole();
  for (size_t z = 0; z < 5; ++z)
    for (size_t i = 0; i < 40 * 35; ++i)
      EXPECT_NEAR(both.slice(z)[i], 2 * fine.slice(z)[i] - coarse.slice(z)[i] - double(z + 1), 1e-3);
}

// What is computed beside curves is, to the last bit, what the whole image holds there, and the rest is left.
TEST(FilteredImage, BesideACurveAllSamplesThatAreAskedForAreThere) {
  const Image image = noisy_image({300, 280, 20});
  const std::vector<FilteredImage::Term> terms{{2, 0.2, 0.7}, {-1, 0.3, 1.1}};
  const Image whole = FilteredImage(image, terms).whole();
  FilteredImage filtered(image, terms);
  const std::vector<double> across{-3, -1.7, 0, 0.4, 3}, depth{-2.4, -0.8, 0, 0.8, 2.4};
  for (const double turn : {0.0, 0.5}) {
    Curve curve;
    for (double t = 0; t < 24; t += kStepUm)
      curve.emplace_back(6 + t, 12 + turn * t + std::sin(t), 6 + 0.2 * t);  // and out of the image
    const Directions d = directions(curve);
    const Block here = straighten(filtered.beside(curve, 3, 2.4), curve, d, across, depth);
    const Block there = straighten(whole, curve, d, across, depth);
    for (size_t i = 0; i < here.samples.size(); ++i)
      ASSERT_TRUE(here.samples[i] == there.samples[i] ||
                  (std::isnan(here.samples[i]) && std::isnan(there.samples[i])));
  }
}

}  // namespace
}  // namespace spinechron
