#include "evidence/tube.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spinechron {
namespace {

constexpr double kFirstOut = -0.6, kDepthStep = 1.0;
constexpr int kArcs = 400, kLevels = 7, kOuts = 40;

double shaft(double out_um, double depth_um) {
  return 1 / (1 + std::exp(6 * out_um)) * std::exp(-0.5 * depth_um * depth_um);
}

struct Strip {
  std::array<Block, 2> excess, background, sigma;
  Strip() {
    for (int side = 0; side < 2; ++side) {
      excess[side] = background[side] = Block(kLevels, kArcs, kOuts);
      sigma[side] = Block(kLevels, kArcs, kOuts, 0.02F);
      for (int k = 0; k < kLevels; ++k)
        for (int i = 0; i < kArcs; ++i)
          for (int j = 0; j < kOuts; ++j)
            background[side].at(k, i, j) =
                static_cast<float>(shaft(kFirstOut + j * kStepUm, (k - kLevels / 2) * kDepthStep));
    }
  }
  /// `moved(side, i)`: um by which the edge lies farther out than the background says.
  template <typename Moved>
  void displace(const Moved& moved) {
    for (int side = 0; side < 2; ++side)
      for (int k = 0; k < kLevels; ++k)
        for (int i = 0; i < kArcs; ++i)
          for (int j = 0; j < kOuts; ++j)
            excess[side].at(k, i, j) += static_cast<float>(shaft(kFirstOut + j * kStepUm - moved(side, i),
                                                                 (k - kLevels / 2) * kDepthStep)) -
                                        background[side].at(k, i, j);
  }
  void subtract() { subtract_tube_deviations(excess, background, sigma, kFirstOut, 1.2, kDepthStep); }
  double largest() const {
    double most = 0;
    for (const Block& e : excess)
      for (int k = 0; k < kLevels; ++k)
        for (int i = 30; i < kArcs - 30; ++i)
          for (int j = 0; j < 15; ++j) most = std::max<double>(most, std::abs(e.at(k, i, j)));
    return most;
  }
};

TEST(TubeDeviations, ABendOfTheShaftIsTakenOff) {
  Strip strip;
  strip.displace([](int side, int i) { return (side == 0 ? 0.08 : -0.08) * std::sin(i * kStepUm); });
  const double before = strip.largest();
  strip.subtract();
  EXPECT_GT(before, 0.1);
  EXPECT_LT(strip.largest(), 0.35 * before);
}

TEST(TubeDeviations, AVaricosityIsTakenOff) {
  Strip strip;
  strip.displace([](int, int i) { return 0.10 * std::exp(-0.5 * std::pow((i - 200) * kStepUm / 1.5, 2)); });
  const double before = strip.largest();
  strip.subtract();
  EXPECT_LT(strip.largest(), 0.35 * before);
}

TEST(TubeDeviations, ASpineStays) {
  Strip strip;
  const int out = static_cast<int>((0.36 - kFirstOut) / kStepUm);
  for (int k = 0; k < kLevels; ++k)
    for (int i = 0; i < kArcs; ++i)
      for (int j = 0; j < kOuts; ++j)
        strip.excess[0].at(k, i, j) += static_cast<float>(
            0.3 * std::exp(-0.5 * (std::pow((i - 200) * kStepUm / 0.25, 2) +
                                   std::pow((j - out) * kStepUm / 0.25, 2) + std::pow(k - kLevels / 2, 2))));
  const double before = strip.excess[0].at(kLevels / 2, 200, out);
  strip.subtract();
  EXPECT_GT(strip.excess[0].at(kLevels / 2, 200, out), 0.85 * before);
  // and nothing is made up on the other side
  for (int i = 0; i < kArcs; ++i) EXPECT_LT(strip.excess[1].at(kLevels / 2, i, out), 0.02);
}

TEST(TubeDeviations, UnseenPlacesStayUnseen) {
  Strip strip;
  strip.excess[0].at(3, 100, 5) = std::nanf("");
  strip.background[1].at(3, 100, 5) = std::nanf("");
  strip.subtract();
  EXPECT_TRUE(std::isnan(strip.excess[0].at(3, 100, 5)));
  EXPECT_EQ(strip.excess[1].at(3, 100, 5), 0.0F);
}

}  // namespace
}  // namespace spinechron
