#include "detect/peaks.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron {
namespace {

float value(const Block& e, int level, int arc, int out) {
  if (level < 0 || level >= e.levels || arc < 0 || arc >= e.arcs || out < 0 || out >= e.width) return -1.0F;
  const float v = e.at(level, arc, out);
  return std::isfinite(v) ? v : -1.0F;
}

bool is_maximum(const Block& e, int level, int arc, int out) {
  const float v = e.at(level, arc, out);
  for (int k = -1; k <= 1; ++k)
    for (int i = -2; i <= 2; ++i)
      for (int j = -1; j <= 1; ++j) {
        if (k == 0 && i == 0 && j == 0) continue;
        const float w = value(e, level + k, arc + i, out + j);
        if (w > v || (w == v && (k < 0 || (k == 0 && (i < 0 || (i == 0 && j < 0)))))) return false;
      }
  return true;
}

double prominence(const Block& e, const Peak& p) {
  const int reach = static_cast<int>(1.2 / kStepUm);
  double deepest_saddle = 0;
  for (int direction : {-1, 1}) {
    double lowest = p.excess;
    for (int i = 1; i <= reach; ++i) {
      const int at = p.arc + direction * i;
      if (at < 0 || at >= e.arcs) break;
      double line = -1;
      for (int j = -1; j <= 1; ++j) line = std::max<double>(line, value(e, p.level, at, p.out + j));
      lowest = std::min(lowest, line);
    }
    deepest_saddle = std::max(deepest_saddle, lowest);
  }
  return 1 - deepest_saddle / p.excess;
}

double fall(const Block& e, const Peak& p) {
  double lowest = p.excess;
  for (int j = p.out + 1; j < std::min(p.out + 8, e.width); ++j) {
    const float v = e.at(p.level, p.arc, j);
    if (std::isfinite(v)) lowest = std::min<double>(lowest, v);
  }
  return 1 - lowest / p.excess;
}

// The dimmest place on the way to the shaft, on the better of straight down and slanting to the axis' depth.
double bridge(const Block& e, const Peak& p) {
  const int edge = static_cast<int>(std::lround(-Evidence::out_um(0) / kStepUm)), axis = e.levels / 2;
  double lowest = p.excess;
  for (int j = p.out; j >= edge; --j) {
    const double f = p.out > edge ? double(j - edge) / (p.out - edge) : 0.0;
    const int slanted = static_cast<int>(std::lround(axis + (p.level - axis) * std::max(f, 0.5)));
    double best = -1;
    for (int k = std::min(p.level, slanted); k <= std::max(p.level, slanted); ++k)
      for (int i = -3; i <= 3; ++i) best = std::max<double>(best, value(e, k, p.arc + i, j));
    lowest = std::min(lowest, best);
  }
  return lowest / p.excess;
}

// Lowest excess on the straight way between two peaks.
double saddle(const Block& e, const Peak& a, const Peak& b) {
  constexpr int kSteps = 12;
  double lowest = std::min(a.excess, b.excess);
  for (int s = 0; s <= kSteps; ++s) {
    const double t = double(s) / kSteps;
    const auto mix = [&](int x, int y) { return static_cast<int>(std::lround(x + t * (y - x))); };
    lowest = std::min<double>(lowest, value(e, mix(a.level, b.level), mix(a.arc, b.arc), mix(a.out, b.out)));
  }
  return lowest;
}

}  // namespace

std::vector<Peak> find_peaks(const Evidence& evidence, double min_snr, double min_out_um, double max_out_um,
                             double max_depth_um) {
  constexpr double kSameUm = 0.40, kOneHeadUm = 1.0, kSaddle = 0.92, kDepthUm = 2.6;
  std::vector<Peak> all;
  if (!evidence.usable()) return all;
  const auto& depths = evidence.depths_um();
  for (Side side : {Side::left, Side::right}) {
    const Block& e = evidence.excess(side);
    const Block& s = evidence.sigma(side);
    std::vector<Peak> peaks;
    for (int k = 1; k + 1 < e.levels; ++k) {
      if (std::abs(depths[size_t(k)]) > max_depth_um) continue;
      for (int i = 2; i + 3 < e.arcs; ++i) {
        if (evidence.hidden(i)) continue;
        for (int j = 1; j + 1 < e.width; ++j) {
          const double out = Evidence::out_um(j);
          if (out < min_out_um - 1e-6 || out > max_out_um + 1e-6) continue;
          const float v = e.at(k, i, j), sd = s.at(k, i, j);
          if (!(v > 0.02F) || !(v > min_snr * sd) || !is_maximum(e, k, i, j)) continue;
          Peak p;
          p.site = {side, i * kStepUm, out, depths[size_t(k)]};
          p.level = k;
          p.arc = i;
          p.out = j;
          p.excess = v;
          p.snr = v / sd;
          p.prominence = prominence(e, p);
          p.fall = fall(e, p);
          p.bridge = bridge(e, p);
          peaks.push_back(p);
        }
      }
    }
    std::stable_sort(peaks.begin(), peaks.end(),
                     [](const Peak& a, const Peak& b) { return a.excess > b.excess; });
    std::vector<Peak> kept;
    for (const Peak& p : peaks) {
      const bool swallowed = std::any_of(kept.begin(), kept.end(), [&](const Peak& q) {
        if (std::abs(p.site.depth_um - q.site.depth_um) > kDepthUm) return false;
        const double gap = std::hypot(p.site.arc_um - q.site.arc_um, p.site.out_um - q.site.out_um);
        return gap < kSameUm || (gap < kOneHeadUm && saddle(e, p, q) > kSaddle * p.excess);
      });
      if (!swallowed) kept.push_back(p);
    }
    all.insert(all.end(), kept.begin(), kept.end());
  }
  std::stable_sort(all.begin(), all.end(), [](const Peak& a, const Peak& b) { return a.excess > b.excess; });
  return all;
}

}  // namespace spinechron
