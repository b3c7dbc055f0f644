#include "evidence/smoothing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spinechron {
namespace {

Image noisy(Size3 size) {
  Image image(size, Vec3(0.12, 0.15, 0.8));
  std::uint32_t random = 7;
  for (size_t i = 0; i < size.count(); ++i) {
    random = random * 1664525U + 1013904223U;
    image.data()[i] = static_cast<float>(random >> 8) / 1e5F;
  }
  return image;
}

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

TEST(Smoothing, IsTheGaussianOfItsDefinition) {
  const Image image = noisy({21, 18, 9});
  const double lateral_um = 0.2, axial_um = 0.7;
  const Image out = smoothed(image, lateral_um, axial_um);
  const Vec3 sigma = Vec3(lateral_um, lateral_um, axial_um).cwiseQuotient(image.voxel_um());
  const Eigen::Vector3i reach(int(std::lround(4 * sigma.x())), int(std::lround(4 * sigma.y())),
                              int(std::ceil(3 * sigma.z())));
  for (const auto& [x, y, z] : {std::array{0L, 0L, 0L}, {10L, 9L, 4L}, {20L, 3L, 8L}, {5L, 17L, 1L}})
    EXPECT_NEAR(out.at(size_t(x), size_t(y), size_t(z)) / by_definition(image, x, y, z, sigma, reach), 1,
                2e-6);
}

TEST(Smoothing, WideKernelsKeepTheMean) {
  Image image({64, 64, 3}, Vec3(0.1, 0.1, 1), 2.5F);
  const Image out = smoothed(image, 1.5, 1.0);  // 15 voxels: more than are unrolled
  EXPECT_TRUE(std::all_of(out.data(), out.data() + out.size().count(),
                          [](float v) { return std::abs(v - 2.5F) < 1e-5F; }));
}

TEST(Smoothing, WithoutSigmaNothingChanges) {
  const Image image = noisy({9, 8, 3});
  const Image out = smoothed(image, 0, 0);
  EXPECT_TRUE(std::equal(out.data(), out.data() + out.size().count(), image.data()));
}

// A Gaussian of variance v becomes twice itself less one of variance v + sigma2.
TEST(Smoothing, SharpeningAddsWhatTheBlurTakesAway) {
  const double v = 0.3 * 0.3, lateral = 0.25;
  Image image({81, 81, 5}, Vec3(0.05, 0.05, 1.0));
  const auto spot = [](double r2, double variance) { return std::exp(-0.5 * r2 / variance) / variance; };
  const auto r2 = [](size_t x, size_t y) {
    const double dx = (double(x) - 40) * 0.05, dy = (double(y) - 40) * 0.05;
    return dx * dx + dy * dy;
  };
  for (size_t z = 0; z < 5; ++z)
    for (size_t y = 0; y < 81; ++y)
      for (size_t x = 0; x < 81; ++x) image.at(x, y, z) = static_cast<float>(spot(r2(x, y), v));
  sharpen(image, lateral, 0.8);
  for (const auto& [x, y] : {std::array{40UL, 40UL}, {46UL, 40UL}, {40UL, 52UL}})
    EXPECT_NEAR(image.at(x, y, 2), 2 * spot(r2(x, y), v) - spot(r2(x, y), v + lateral * lateral), 0.01);
}

TEST(Smoothing, AxisByAxisInPlaceIsTheSameAsAlongLines) {
  const Size3 size{12, 11, 6};
  Image image = noisy(size);
  for (int axis = 0; axis < 3; ++axis) {
    Image out = image.clone();
    smooth_axis(out.data(), size, axis, 1.1);
    const size_t n = axis == 0 ? size.x : axis == 1 ? size.y : size.z;
    // one line taken out and smoothed alone
    std::vector<float> line(n);
    const auto at = [&](size_t i) {
      return axis == 0   ? std::array{i, size_t{4}, size_t{2}}
             : axis == 1 ? std::array{size_t{3}, i, size_t{2}}
                         : std::array{size_t{3}, size_t{4}, i};
    };
    for (size_t i = 0; i < n; ++i) line[i] = image.at(at(i)[0], at(i)[1], at(i)[2]);
    smooth_axis(line.data(), {n, 1, 1}, 0, 1.1);
    for (size_t i = 0; i < n; ++i)
      EXPECT_EQ(out.at(at(i)[0], at(i)[1], at(i)[2]), line[i]) << axis << ' ' << i;
  }
}

}  // namespace
}  // namespace spinechron
