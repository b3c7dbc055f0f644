#include "evidence/tube.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "core/lanes.hpp"
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
constexpr size_t kSums = kWays * (kWays + 1) / 2 + kWays;  // normal equations: lower triangle and right side

// What is read at one arc: excess, its weight and steepness, and how the background there changes by each way
// of deviating; all 0 where one of them cannot be said. A row of places for every side and depth.
class Places {
 public:
  Places(size_t arcs, size_t rows, size_t outs)
      : row_((outs + kLanes - 1) / kLanes * kLanes), field_(rows * row_), samples_(arcs * kFields * field_) {}

  enum Field { excess, weight, steepness, way };
  static constexpr size_t kFields = way + kWays;
  size_t field() const { return field_; }
  const float* at(size_t arc, size_t field, size_t row = 0) const {
    return samples_.data() + (arc * kFields + field) * field_ + row * row_;
  }
  float* at(size_t arc, size_t field, size_t row = 0) {
    return const_cast<float*>(std::as_const(*this).at(arc, field, row));
  }

 private:
  size_t row_, field_;
  std::vector<float> samples_;
};

// Ways of one row of background; `upper` and `lower` lie `apart_um` from each other (0: there is one depth
// only).
SPINECHRON_LANES
void fill_ways(const float* here, const float* upper, const float* lower, float apart_um, float sign,
               size_t outs, size_t width, float* const* ways) {
  const float by_depth = apart_um > 0 ? 1 / apart_um : 0.0F;
  constexpr auto kStep = static_cast<float>(kStepUm);
  for (size_t j = 0; j < outs; ++j) {
    const size_t inner = j > 0 ? j - 1 : 0, outer = j + 1 < width ? j + 1 : j;
    const float out = (here[outer] - here[inner]) / (static_cast<float>(outer - inner) * kStep);
    const float deep = (lower[j] - upper[j]) * by_depth, sum = here[j] + out + deep;
    const bool known = sum - sum == 0;
    ways[0][j] = known ? here[j] : 0.0F;
    ways[1][j] = known ? -sign * out : 0.0F;
    ways[2][j] = known ? -out : 0.0F;
    ways[3][j] = known ? -deep : 0.0F;
  }
}

SPINECHRON_LANES
void fill_weights(const float* v, const float* sd, const float* brighter, float share, size_t outs,
                  float* excess, float* weight, float* steepness) {
  for (size_t j = 0; j < outs; ++j) {
    const float sum = v[j] + sd[j];
    const bool known = sum - sum == 0 && brighter[j] != 0;
    excess[j] = known ? v[j] : 0.0F;
    weight[j] = known ? share / (sd[j] * sd[j]) : 0.0F;
    steepness[j] = known ? 1 / (static_cast<float>(kOutlier) * sd[j]) : 0.0F;
  }
}

Places places_of(const std::array<Block, 2>& excess, const std::array<Block, 2>& background,
                 const std::array<Block, 2>& sigma, size_t outs, double depth_step_um) {
  constexpr auto kShare = static_cast<float>(kStepUm * kStepUm / kIndependentUm2);
  const int n = excess[0].arcs, levels = excess[0].levels;
  Places out(size_t(n), 2 * size_t(levels), outs);
  for (int i = 0; i < n; ++i)
    for (size_t side : {0, 1})
      for (int k = 0; k < levels; ++k) {
        const size_t arc = size_t(i), row = side * size_t(levels) + size_t(k);
        const Block& b = background[side];
        const int upper = std::max(k - 1, 0), lower = std::min(k + 1, levels - 1);
        float* ways[kWays];
        for (size_t a = 0; a < kWays; ++a) ways[a] = out.at(arc, Places::way + a, row);
        fill_ways(b.row(k, i), b.row(upper, i), b.row(lower, i),
                  static_cast<float>((lower - upper) * depth_step_um), side == 0 ? 1.0F : -1.0F, outs,
                  size_t(b.width), ways);
        fill_weights(excess[side].row(k, i), sigma[side].row(k, i), ways[0], kShare, outs,
                     out.at(arc, Places::excess, row), out.at(arc, Places::weight, row),
                     out.at(arc, Places::steepness, row));
      }
  return out;
}

// The normal equations of one arc, each place weighted by how little it stands out above what was `found`.
SPINECHRON_LANES
void add_up(const float* fields, size_t field, const float* found, float* sums) {
  Lanes sum[kSums] = {};
  for (size_t p = 0; p < field; p += kLanes) {
    Lanes v, w, steep, x[kWays];
    std::memcpy(&v, fields + Places::excess * field + p, sizeof v);
    std::memcpy(&w, fields + Places::weight * field + p, sizeof w);
    std::memcpy(&steep, fields + Places::steepness * field + p, sizeof steep);
    for (size_t a = 0; a < kWays; ++a)
      std::memcpy(&x[a], fields + (Places::way + a) * field + p, sizeof x[a]);
    Lanes above = v;
    for (size_t a = 0; a < kWays; ++a) above -= found[a] * x[a];
    above *= steep;
    above = above > 0 ? above : Lanes{};
    const Lanes once = 1 + above * above;
    w /= once * once;
    size_t s = 0;
    for (size_t a = 0; a < kWays; ++a) {
      const Lanes wx = w * x[a];
      for (size_t b = 0; b <= a; ++b) sum[s++] += wx * x[b];
      sum[s++] += wx * v;
    }
  }
  std::memcpy(sums, sum, sizeof sum);
}

SPINECHRON_LANES
void take_off(float* excess, const float* const* ways, const float* found, size_t outs) {
  for (size_t j = 0; j < outs; ++j) {
    float shaft = 0;
    for (size_t a = 0; a < kWays; ++a) shaft += found[a] * ways[a][j];
    excess[j] -= shaft;
  }
}

}  // namespace

void subtract_tube_deviations(std::array<Block, 2>& excess, const std::array<Block, 2>& background,
                              const std::array<Block, 2>& sigma, double first_out_um, double reach_um,
                              double depth_step_um) {
  const auto n = size_t(excess[0].arcs), levels = size_t(excess[0].levels);
  const auto outs =
      size_t(std::min(excess[0].width - 1, static_cast<int>((reach_um - first_out_um) / kStepUm))) + 1;
  const Places places = places_of(excess, background, sigma, outs, depth_step_um);
  Ways held;
  for (int a = 0; a < kWays; ++a) held[a] = 1 / (kPriorSd[a] * kPriorSd[a]);
  std::vector<std::array<float, kWays>> found(n);
  std::vector<Profile> sums(kSums, Profile(n));
  std::array<float, kSums * kLanes> parts;
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < n; ++i) {
      add_up(places.at(i, 0), places.field(), found[i].data(), parts.data());
      for (size_t s = 0; s < kSums; ++s)
        sums[s][i] = std::accumulate(&parts[s * kLanes], &parts[s * kLanes] + kLanes, 0.0);
    }
    for (Profile& p : sums) p = smooth(p, kAlongUm / kStepUm);
    for (size_t i = 0; i < n; ++i) {
      Normal normal;
      Ways right;
      size_t s = 0;
      for (int a = 0; a < kWays; ++a) {
        for (int b = 0; b <= a; ++b) normal(a, b) = normal(b, a) = sums[s++][i];
        right[a] = sums[s++][i];
      }
      // The mean over the smoothing length counts as the sum over it: 2 sqrt(pi) sigma independent places.
      const double places_along = 2 * std::sqrt(M_PI) * kAlongUm / kStepUm;
      normal *= places_along;
      right *= places_along;
      normal.diagonal() += held;
      const Ways solved = normal.ldlt().solve(right);
      std::copy(solved.begin(), solved.end(), found[i].begin());
    }
  }
  for (size_t side : {0, 1})
    for (size_t k = 0; k < levels; ++k)
      for (size_t i = 0; i < n; ++i) {
        const float* ways[kWays];
        for (size_t a = 0; a < kWays; ++a) ways[a] = places.at(i, Places::way + a, side * levels + k);
        take_off(excess[side].row(int(k), int(i)), ways, found[i].data(), outs);
      }
}

}  // namespace spinechron
