#include "align/slide.hpp"

#include <algorithm>
#include <cmath>

#include "core/lanes.hpp"

namespace spinechron {
namespace {

constexpr int kDepths = 5, kOutSteps = 11;  // depths -2 to 2 um, distances 0 to 2.4 um beyond the edge
constexpr int kFeatures = 2 * kDepths * kOutSteps;
constexpr double kThicknessSpread = 0.1;  // of the log ratio between two sessions of the same shaft
constexpr double kThicknessWeight = 0.3;  // beside the landmarks
constexpr double kCorrelatedUm = 0.5;     // neighbours within this say the same
constexpr int kHop = 4;                   // samples between rows of the dynamic programming: 0.48 um

struct Landmarks {
  std::vector<float> beside;  // kFeatures x arcs: compressed excess, zero mean, unit mean square
  Profile thickness;          // log of raw over smooth brightness

  const float* feature(int f) const { return beside.data() + size_t(f) * thickness.size(); }
};

Landmarks landmarks(const Evidence& e) {
  const int n = e.arcs();
  Landmarks out;
  out.beside.reserve(size_t(n) * kFeatures);
  const auto& depths = e.depths_um();
  const double dz = depths.size() > 1 ? depths[1] - depths[0] : 1.0;
  for (Side side : {Side::left, Side::right})
    for (int d = 0; d < kDepths; ++d) {
      const int level = std::clamp(static_cast<int>(std::lround((d - 2 - depths[0]) / dz)), 0,
                                   static_cast<int>(depths.size()) - 1);
      for (int o = 0; o < kOutSteps; ++o) {
        const int j = std::clamp(static_cast<int>(std::lround((o * 0.24 - Evidence::out_um(0)) / kStepUm)), 0,
                                 Evidence::outs() - 1);
        Profile line(static_cast<size_t>(n));
        for (int i = 0; i < n; ++i) {
          const float v = e.excess(side).at(level, i, j), s = e.sigma(side).at(level, i, j);
          // Square root: a bright spine must not outvote ten dim ones; weighted by how surely it is there.
          line[i] =
              v > 0 && s > 0 ? std::sqrt(std::min(v, 0.4F)) * std::clamp((v / s - 1) / 3, 0.0F, 1.0F) : 0.0;
        }
        line = smooth(line, 0.15 / kStepUm);
        double mean = 0;
        for (double v : line) mean += v / n;
        for (double v : line) out.beside.push_back(static_cast<float>(v - mean));
      }
    }
  double power = 0;
  for (float v : out.beside) power += double(v) * v / n;
  const auto scale = static_cast<float>(1 / (std::sqrt(power) + 1e-6));
  for (float& v : out.beside) v *= scale;
  Profile ratio(static_cast<size_t>(n));
  for (int i = 0; i < n; ++i)
    ratio[i] = std::log(std::max(e.raw_brightness()[i], 1e-3 * e.brightness()[i] + 1e-9) / e.brightness()[i]);
  const Profile slow = smooth(ratio, 4 / kStepUm);
  out.thickness.resize(static_cast<size_t>(n));
  for (int i = 0; i < n; ++i) out.thickness[i] = std::clamp(ratio[i] - slow[i], -0.3, 0.3);
  return out;
}

// Posterior standard deviation of the state at each row: forward-backward over the same score as the best
// path.
std::vector<double> posterior_sd(const std::vector<std::vector<float>>& score, double stiffness,
                                 int max_step) {
  const int rows = static_cast<int>(score.size()), states = static_cast<int>(score[0].size());
  std::vector<double> jump(2 * max_step + 1);
  for (int s = -max_step; s <= max_step; ++s) jump[s + max_step] = std::exp(-stiffness * s * s);
  const auto pass = [&](bool forward) {
    std::vector<std::vector<double>> message(rows, std::vector<double>(states, 1.0));
    for (int r = 1; r < rows; ++r) {
      const int to = forward ? r : rows - 1 - r, from = forward ? to - 1 : to + 1;
      double top = 0;
      for (int j = 0; j < states; ++j) {
        double sum = 0;
        for (int s = -max_step; s <= max_step; ++s)
          if (j + s >= 0 && j + s < states)
            sum += jump[s + max_step] * message[from][j + s] * std::exp(double(score[from][j + s]));
        message[to][j] = sum;
        top = std::max(top, sum);
      }
      for (double& v : message[to]) v /= top;
    }
    return message;
  };
  const auto ahead = pass(true), behind = pass(false);
  std::vector<double> sd(rows);
  for (int r = 0; r < rows; ++r) {
    double sum = 0, first = 0, second = 0;
    for (int j = 0; j < states; ++j) {
      const double p = ahead[r][j] * behind[r][j] * std::exp(double(score[r][j]));
      sum += p;
      first += p * j;
      second += p * j * j;
    }
    const double mean = first / sum;
    sd[r] = std::sqrt(std::max(second / sum - mean * mean, 0.0));
  }
  return sd;
}

// sum[i] += the product of both, over all features; `in_a` and `in_b` are arcs from one feature to the next.
SPINECHRON_LANES
void add_products(float* sum, const float* a, size_t in_a, const float* b, size_t in_b, size_t n) {
  for (int f = 0; f < kFeatures; ++f, a += in_a, b += in_b)
    for (size_t i = 0; i < n; ++i) sum[i] += a[i] * b[i];
}

// How well `a` at each row goes with `b` at each offset.
std::vector<std::vector<float>> compare(const Landmarks& a, const Landmarks& b, int half) {
  const int n = static_cast<int>(a.thickness.size()), m = static_cast<int>(b.thickness.size());
  const int rows = (n + kHop - 1) / kHop, states = 2 * half + 1;
  std::vector<std::vector<float>> score(rows, std::vector<float>(states));
  Profile agreement(static_cast<size_t>(n));
  std::vector<float> dots(static_cast<size_t>(n));
  for (int s = 0; s < states; ++s) {
    const int shift = s - half, first = std::clamp(-shift, 0, n), end = std::clamp(m - shift, first, n);
    std::fill(agreement.begin(), agreement.end(), 0.0);
    std::fill(dots.begin(), dots.end(), 0.0F);
    if (first < end)
      add_products(dots.data() + first, a.feature(0) + first, size_t(n), b.feature(0) + first + shift,
                   size_t(m), size_t(end - first));
    for (int i = first; i < end; ++i) {
      const double t = (a.thickness[i] - b.thickness[i + shift]) / kThicknessSpread;
      agreement[i] = dots[i] - kThicknessWeight * t * t;
    }
    const Profile even = smooth(agreement, kCorrelatedUm / kStepUm);
    const double offset = shift * kStepUm;
    for (int r = 0; r < rows; ++r)
      score[r][s] =
          static_cast<float>(even[r * kHop] * kHop * kStepUm / kCorrelatedUm - 0.02 * offset * offset);
  }
  return score;
}

// A step is 0.12 um in 0.48 um of arc. Tissue that is stretched by a tenth all along a dendrite, as between
// days it can be, takes one in every third row: that must cost less than the landmarks it passes give.
constexpr double kStiffness = 0.3;
constexpr int kMaxStep = 2;

double value_of(const std::vector<std::vector<float>>& score, const std::vector<int>& path) {
  double sum = 0;
  for (size_t r = 0; r < path.size(); ++r) {
    sum += double(score[r][size_t(path[r])]);
    if (r > 0) sum -= kStiffness * (path[r] - path[r - 1]) * (path[r] - path[r - 1]);
  }
  return sum;
}

// Which of the three changes make other tissue of a dendrite: any but none of them.
struct Change {
  bool backwards, sides_exchanged, from_the_middle;
};

Landmarks as_other_tissue(const Landmarks& in, const Change& change) {
  Landmarks out = in;
  const size_t n = in.thickness.size();
  const auto change_line = [&](auto line) {
    if (change.backwards) std::reverse(line, line + static_cast<std::ptrdiff_t>(n));
    if (change.from_the_middle)
      std::rotate(line, line + static_cast<std::ptrdiff_t>(n / 2), line + static_cast<std::ptrdiff_t>(n));
  };
  change_line(out.thickness.begin());
  for (int f = 0; f < kFeatures; ++f)
    change_line(out.beside.begin() + static_cast<std::ptrdiff_t>(size_t(f) * n));
  if (change.sides_exchanged)
    std::rotate(out.beside.begin(), out.beside.begin() + static_cast<std::ptrdiff_t>(out.beside.size() / 2),
                out.beside.end());
  return out;
}

void compare_with_chance(const Landmarks& a, const Landmarks& b, int half, Slide& out) {
  constexpr int kChanges = 7;
  double sum = 0, squares = 0;
  for (int k = 1; k <= kChanges; ++k) {
    const auto score = compare(a, as_other_tissue(b, {(k & 1) != 0, (k & 2) != 0, (k & 4) != 0}), half);
    const double value = value_of(score, best_path(score, kStiffness, kMaxStep));
    sum += value;
    squares += value * value;
  }
  out.by_chance = sum / kChanges;
  out.by_chance_variance = std::max(0.0, (squares - sum * sum / kChanges) / (kChanges - 1));
}

}  // namespace

double agreement_of_bare_shafts(double length_um) {
  return -kThicknessWeight * length_um / kCorrelatedUm;
}

Slide slide_along(const Evidence& from, const Evidence& to, double reach_um) {
  const int n = from.arcs(), m = to.arcs(), half = static_cast<int>(reach_um / kStepUm);
  const Landmarks a = landmarks(from), b = landmarks(to);
  const std::vector<std::vector<float>> score = compare(a, b, half);
  const int rows = static_cast<int>(score.size());
  const std::vector<int> path = best_path(score, kStiffness, kMaxStep);
  const std::vector<double> sd = posterior_sd(score, kStiffness, kMaxStep);
  Profile offset(rows), error(rows);
  for (int r = 0; r < rows; ++r) {
    offset[r] = (path[r] - half) * kStepUm;
    error[r] = std::max(sd[r], 0.5) * kStepUm;
  }
  offset = smooth(offset, 1.2 / (kHop * kStepUm));
  Slide out;
  out.agreement = value_of(score, path);
  compare_with_chance(a, b, half, out);
  double last = -1e9;
  for (int i = 0; i < n; ++i) {
    const double arc =
        std::max(i * kStepUm + interpolate(offset, double(i) / kHop), last + 1e-6);  // order is kept
    last = arc;
    const bool inside = arc >= 0 && arc <= (m - 1) * kStepUm;
    out.arc_um.push_back(inside ? arc : SpineMeasures::kNaN);
    out.error_um.push_back(interpolate(error, double(i) / kHop));
  }
  return out;
}

}  // namespace spinechron
