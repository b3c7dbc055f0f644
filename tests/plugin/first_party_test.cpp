// The plugins that ship with the program: each conforms, and does what its sentence says.

#include <cmath>
#include <sstream>

#include "host/check_plugin.hpp"
#include "plugin/plugins.hpp"

namespace spinechron {
namespace {

using namespace test;

std::string first_party(const std::string& name) {
  return std::string(FIRST_PARTY) + "/" + name + ".so";
}

Stack denoised(const std::string& plugin, const std::string& stage, const Image& image,
               const std::vector<std::pair<std::string, std::string>>& settings = {}) {
  const auto s = stage_of(first_party(plugin), StageKind::denoise, stage);
  const Params params = s->params();
  for (const auto& [key, value] : settings) params.set_from_text(key, value);
  Stack stack;
  stack.image = image.clone();
  stack.noise.read_sigma = 1;
  return dynamic_cast<const Denoiser&>(*s).run(std::move(stack), Context());
}

// A slope of background with a small bright square on it, in three slices.
Image spot_on_slope() {
  Image image({60, 50, 3}, {0.1, 0.1, 1});
  for (size_t z = 0; z < 3; ++z)
    for (size_t y = 0; y < 50; ++y)
      for (size_t x = 0; x < 60; ++x)
        image.at(x, y, z) =
            10.0F + 0.1F * static_cast<float>(x) + (x >= 28 && x < 33 && y >= 23 && y < 28 ? 50.0F : 0.0F);
  return image;
}

// A step edge in noise of standard deviation about 1.
Image noisy_edge() {
  Image image({48, 40, 5}, {0.1, 0.1, 0.5});
  uint64_t state = 7;
  for (size_t i = 0; i < image.size().count(); ++i) {
    double sum = 0;
    for (int k = 0; k < 12; ++k) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      sum += static_cast<double>(state >> 40) / static_cast<double>(1 << 24);
    }
    image.data()[i] = static_cast<float>((i % 48 < 24 ? 10.0 : 60.0) + sum - 6);
  }
  return image;
}

double deviation(const Image& image, size_t x0, size_t x1) {
  double sum = 0, square = 0, n = 0;
  for (size_t z = 1; z < 4; ++z)
    for (size_t y = 5; y < 35; ++y)
      for (size_t x = x0; x < x1; ++x) {
        const double v = image.at(x, y, z);
        sum += v;
        square += v * v;
        ++n;
      }
  return std::sqrt(square / n - sum / n * sum / n);
}

class Conforms : public testing::TestWithParam<const char*> {};
TEST_P(Conforms, ToEverythingThatCheckTries) {
  std::ostringstream out;
  EXPECT_EQ(check_plugin(first_party(GetParam()), out), 0) << out.str();
}
INSTANTIATE_TEST_SUITE_P(FirstParty, Conforms, testing::Values("tophat", "filters"));

class TopHat : public testing::TestWithParam<const char*> {};
TEST_P(TopHat, TakesTheSlopeAndLeavesTheSpot) {
  const Stack out =
      denoised("tophat", "tophat", spot_on_slope(), {{"radius_um", "1"}, {"probe", GetParam()}});
  EXPECT_NEAR(out.image.at(30, 25, 1), 50, 2);
  EXPECT_NEAR(out.image.at(10, 25, 1), 0, 1.2);
  EXPECT_NEAR(out.image.at(50, 10, 2), 0, 1.2);
  // 13 photons a voxel went, and their noise stayed.
  EXPECT_NEAR(out.noise.read_sigma, std::sqrt(1 + 13), 0.3);
}
INSTANTIATE_TEST_SUITE_P(Probes, TopHat, testing::Values("square", "paraboloid"));

TEST(TopHat, AgreesWithTheDefinitionOfTheOpening) {
  // Against the definition, point by point, on a slice without the 3 x 3 smoothing's help: constant along y.
  Image image({31, 9, 1}, {1, 1, 1});
  for (size_t y = 0; y < 9; ++y)
    for (size_t x = 0; x < 31; ++x) image.at(x, y, 0) = static_cast<float>((x * 7919) % 23);
  std::vector<double> smooth(31), eroded(31), opened(31);
  for (int x = 0; x < 31; ++x) {
    double sum = 0, n = 0;
    for (int i = std::max(x - 1, 0); i <= std::min(x + 1, 30); ++i, ++n) sum += image.at(size_t(i), 4, 0);
    smooth[size_t(x)] = sum / n;
  }
  const auto extreme = [](const std::vector<double>& from, int x, auto better) {
    double best = from[size_t(x)];
    for (int i = std::max(x - 3, 0); i <= std::min(x + 3, 30); ++i) best = better(best, from[size_t(i)]);
    return best;
  };
  for (int x = 0; x < 31; ++x)
    eroded[size_t(x)] = extreme(smooth, x, [](double a, double b) { return std::min(a, b); });
  for (int x = 0; x < 31; ++x)
    opened[size_t(x)] = extreme(eroded, x, [](double a, double b) { return std::max(a, b); });
  const Stack out = denoised("tophat", "tophat", image, {{"radius_um", "3"}});
  for (size_t x = 0; x < 31; ++x)
    EXPECT_NEAR(out.image.at(x, 4, 0), image.at(x, 4, 0) - opened[x], 1e-4) << x;
}

class Filters : public testing::TestWithParam<const char*> {};
TEST_P(Filters, LowerTheNoiseAndKeepTheEdge) {
  const Image image = noisy_edge();
  const Stack out = denoised("filters", GetParam(), image);
  EXPECT_LT(deviation(out.image, 4, 20), 0.7 * deviation(image, 4, 20));
  EXPECT_GT(out.image.at(26, 20, 2) - out.image.at(21, 20, 2), 45);
  EXPECT_NEAR(out.image.at(10, 20, 2), 10, 3);
}
INSTANTIATE_TEST_SUITE_P(Each, Filters,
                         testing::Values("median", "bilateral", "non_local_means", "curvature_flow"));

}  // namespace
}  // namespace spinechron
