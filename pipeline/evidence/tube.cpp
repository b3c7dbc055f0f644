#include "evidence/tube.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "evidence/filters.hpp"

namespace spinechron {
namespace {

constexpr int kWays = 4;  // brighter, aside, thicker, deeper
constexpr double kAlongUm = 0.7;
// Standard deviations of the deviations that the slower background leaves: share of the brightness, um, um,
// um.
constexpr double kPriorSd[kWays] = {0.15, 0.10, 0.10, 0.30};
constexpr double kOutlier = 2.0;  // standard deviations from which light upwards is no longer the shaft's
constexpr double kIndependentUm2 =
    0.09;  // arc by distance: area of a blur spot, one independent reading a level
constexpr int kRounds = 3;

using Ways = Eigen::Matrix<double, kWays, 1>;
using Normal = Eigen::Matrix<double, kWays, kWays>;

// How the background at one place changes by each way of deviating; false where it cannot be said.
bool regressors(const Block& b, int sign, int k, int i, int j, double dz, Ways& x) {
  const float here = b.at(k, i, j);
  const int inner = std::max(j - 1, 0), outer = std::min(j + 1, b.width - 1), upper = std::max(k - 1, 0),
            lower = std::min(k + 1, b.levels - 1);
  const double out = (b.at(k, i, outer) - b.at(k, i, inner)) / ((outer - inner) * kStepUm);
  const double deep = lower > upper ? (b.at(lower, i, j) - b.at(upper, i, j)) / ((lower - upper) * dz) : 0.0;
  x << here, -sign * out, -out, -deep;
  return x.allFinite();
}

}  // namespace

void subtract_tube_deviations(std::array<Block, 2>& excess, const std::array<Block, 2>& background,
                              const std::array<Block, 2>& sigma, double first_out_um, double reach_um,
                              double depth_step_um) {
  const int n = excess[0].arcs, levels = excess[0].levels;
  const int last = std::min(excess[0].width - 1, static_cast<int>((reach_um - first_out_um) / kStepUm));
  const double share = kStepUm * kStepUm / kIndependentUm2;
  Ways held;
  for (int a = 0; a < kWays; ++a) held[a] = 1 / (kPriorSd[a] * kPriorSd[a]);
  std::vector<Ways> found(size_t(n), Ways::Zero());
  std::vector<Profile> sums(kWays * (kWays + 1) / 2 + kWays, Profile(size_t(n)));
  Ways x;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < n; ++i) {
      Normal normal = Normal::Zero();
      Ways right = Ways::Zero();
      for (int side = 0; side < 2; ++side)
        for (int k = 0; k < levels; ++k)
          for (int j = 0; j <= last; ++j) {
            const double v = excess[side].at(k, i, j), sd = sigma[side].at(k, i, j);
            if (!std::isfinite(v) || !std::isfinite(sd) ||
                !regressors(background[side], side == 0 ? 1 : -1, k, i, j, depth_step_um, x))
              continue;
            const double above = (v - x.dot(found[size_t(i)])) / (kOutlier * sd);
            const double w =
                share / (sd * sd) / (above > 0 ? (1 + above * above) * (1 + above * above) : 1.0);
            normal += w * x * x.transpose();
            right += w * v * x;
          }
      size_t s = 0;
      for (int a = 0; a < kWays; ++a) {
        for (int b = 0; b <= a; ++b) sums[s++][size_t(i)] = normal(a, b);
        sums[s++][size_t(i)] = right[a];
      }
    }
    for (Profile& p : sums) p = smooth(p, kAlongUm / kStepUm);
    for (int i = 0; i < n; ++i) {
      Normal normal;
      Ways right;
      size_t s = 0;
      for (int a = 0; a < kWays; ++a) {
        for (int b = 0; b <= a; ++b) normal(a, b) = normal(b, a) = sums[s++][size_t(i)];
        right[a] = sums[s++][size_t(i)];
      }
      // The mean over the smoothing length counts as the sum over it: 2 sqrt(pi) sigma independent places.
      const double places = 2 * std::sqrt(M_PI) * kAlongUm / kStepUm;
      normal *= places;
      right *= places;
      normal.diagonal() += held;
      found[size_t(i)] = normal.ldlt().solve(right);
    }
  }
  for (int side = 0; side < 2; ++side)
    for (int k = 0; k < levels; ++k)
      for (int i = 0; i < n; ++i)
        for (int j = 0; j <= last; ++j)
          if (regressors(background[side], side == 0 ? 1 : -1, k, i, j, depth_step_um, x))
            excess[side].at(k, i, j) -= static_cast<float>(x.dot(found[size_t(i)]));
}

}  // namespace spinechron
