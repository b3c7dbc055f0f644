#include "align/slide.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron {
namespace {

constexpr int kDepths = 5, kOutSteps = 11;  // depths -2 to 2 um, distances 0 to 2.4 um beyond the edge
constexpr int kFeatures = 2 * kDepths * kOutSteps;
constexpr int kHop = 4;  // samples between rows of the dynamic programming: 0.48 um

struct Landmarks {
  std::vector<float> beside;  // arcs x kFeatures: compressed excess, zero mean, unit mean square
  Profile thickness;          // log of raw over smooth brightness
};

Landmarks landmarks(const Evidence& e) {
  const int n = e.arcs();
  Landmarks out;
  out.beside.assign(size_t(n) * kFeatures, 0.0F);
  const auto& depths = e.depths_um();
  const double dz = depths.size() > 1 ? depths[1] - depths[0] : 1.0;
  int f = 0;
  for (Side side : {Side::left, Side::right})
    for (int d = 0; d < kDepths; ++d) {
      const int level = std::clamp(static_cast<int>(std::lround((d - 2 - depths[0]) / dz)), 0,
                                   static_cast<int>(depths.size()) - 1);
      for (int o = 0; o < kOutSteps; ++o, ++f) {
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
        for (int i = 0; i < n; ++i)
          out.beside[size_t(i) * kFeatures + f] = static_cast<float>(line[i] - mean);
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

}  // namespace

Slide slide_along(const Evidence& from, const Evidence& to, double reach_um) {
  constexpr double kThicknessSpread = 0.1;  // of the log ratio between two sessions of the same shaft
  constexpr double kStiffness =
      0.6;  // (0.12 um in 0.48 um)^2: a quarter of stretch costs as much as one landmark
  const int n = from.arcs(), m = to.arcs(), half = static_cast<int>(reach_um / kStepUm),
            states = 2 * half + 1;
  const Landmarks a = landmarks(from), b = landmarks(to);
  const int rows = (n + kHop - 1) / kHop;
  std::vector<std::vector<float>> score(rows, std::vector<float>(states));
  Profile agreement(static_cast<size_t>(n));
  for (int s = 0; s < states; ++s) {
    for (int i = 0; i < n; ++i) {
      const int k = i + s - half;
      double v = 0;
      if (k >= 0 && k < m) {
        const float* x = a.beside.data() + size_t(i) * kFeatures;
        const float* y = b.beside.data() + size_t(k) * kFeatures;
        float dot = 0;
        for (int f = 0; f < kFeatures; ++f) dot += x[f] * y[f];
        const double t = (a.thickness[i] - b.thickness[k]) / kThicknessSpread;
        v = dot - 0.3 * t * t;
      }
      agreement[i] = v;
    }
    const Profile even = smooth(agreement, 0.5 / kStepUm);
    const double offset = (s - half) * kStepUm;
    for (int r = 0; r < rows; ++r)
      score[r][s] = static_cast<float>(even[r * kHop] * kHop * kStepUm / 0.5 - 0.02 * offset * offset);
  }
  const std::vector<int> path = best_path(score, kStiffness, 2);
  const std::vector<double> sd = posterior_sd(score, kStiffness, 2);
  Profile offset(rows), error(rows);
  for (int r = 0; r < rows; ++r) {
    offset[r] = (path[r] - half) * kStepUm;
    error[r] = std::max(sd[r], 0.5) * kStepUm;
  }
  offset = smooth(offset, 1.2 / (kHop * kStepUm));
  Slide out;
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
