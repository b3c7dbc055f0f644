#include "detect/peaks.hpp"

#include <algorithm>
#include <cmath>
#include <queue>
#include <tuple>

namespace spinechron {
namespace {

constexpr float kUnseen = -1;  // darker than any background

float value(const Block& e, int level, int arc, int out) {
  if (level < 0 || level >= e.levels || arc < 0 || arc >= e.arcs || out < 0 || out >= e.width) return kUnseen;
  const float v = e.at(level, arc, out);
  return std::isfinite(v) ? v : kUnseen;
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

// Steps from a peak to half of it in one direction; to where the image ends, if that is nearer.
double steps_to_half(const Block& e, const Peak& p, int levels, int arcs) {
  constexpr int kReach = 12;  // 1.44 um along the dendrite: no head is as wide
  double last = p.excess;
  for (int n = 1; n <= kReach; ++n) {
    const int level = p.level + n * levels, arc = p.arc + n * arcs;
    if (level < 0 || level >= e.levels || arc < 0 || arc >= e.arcs) return n - 1;
    const double v = e.at(level, arc, p.out);
    if (!std::isfinite(v)) return n - 1;
    if (v <= 0.5 * p.excess) return n - 1 + (last - 0.5 * p.excess) / std::max(last - v, 1e-9);
    last = v;
  }
  return kReach;
}

double compactness(const Block& e, const Peak& p) {
  constexpr int kReach = 3;  // 0.36 um
  double sum = 0;
  int seen = 0;
  for (int i = std::max(p.arc - kReach, 0); i <= std::min(p.arc + kReach, e.arcs - 1); ++i)
    for (int j = std::max(p.out - kReach, 0); j <= std::min(p.out + kReach, e.width - 1); ++j) {
      const float v = e.at(p.level, i, j);
      if (!std::isfinite(v)) continue;
      sum += v;
      ++seen;
    }
  return sum / seen / p.excess;
}

double unseen_share(const Block& e, const Peak& p) {
  constexpr double kInnerUm = 0.8, kOuterUm = 1.7;  // beyond the head itself, as far as a neighbour's light
  constexpr int kReach = static_cast<int>(kOuterUm / kStepUm);
  int seen = 0, all = 0;
  for (int i = -kReach; i <= kReach; ++i)
    for (int j = -kReach; j <= kReach; ++j) {
      const double away = std::hypot(i, j) * kStepUm;
      const int out = p.out + j;
      if (away < kInnerUm || away > kOuterUm || Evidence::out_um(out) < 0.1 || out >= e.width) continue;
      ++all;
      const int arc = p.arc + i;
      seen += arc >= 0 && arc < e.arcs && std::isfinite(e.at(p.level, arc, out));
    }
  return all > 0 ? 1 - double(seen) / all : 0;
}

// A head ends outward, whichever way one leaves it; a neurite that passes or crosses goes on in some
// direction.
double fall(const Block& e, const Peak& p) {
  constexpr int kSteps = 8;  // 0.96 um
  double worst = -1;
  for (int degrees = -60; degrees <= 60; degrees += 30) {
    const double along = std::sin(degrees * M_PI / 180), outward = std::cos(degrees * M_PI / 180);
    double lowest = p.excess;
    for (int n = 1; n <= kSteps; ++n) {
      const int arc = p.arc + static_cast<int>(std::lround(n * along)),
                out = p.out + static_cast<int>(std::lround(n * outward));
      if (arc < 0 || arc >= e.arcs || out >= e.width) break;
      const float v = e.at(p.level, arc, out);
      if (std::isfinite(v)) lowest = std::min<double>(lowest, v);
    }
    worst = std::max(worst, lowest);
  }
  return 1 - worst / p.excess;
}

// A neurite that passes goes on beyond the peak, however thin; a head ends. Of all ways that keep clear of
// the shaft and lead from the peak 2 um away outward or 3 um along the dendrite (a row of heads seldom is as
// long), the one whose dimmest place is brightest (a widest path, searched brightest first).
double exit_share(const Block& e, const Block& sigma, const Peak& p) {
  constexpr double kOutwardUm = 2.0, kAlongUm = 3.0, kClearUm = 0.36, kNoise = 1.5;
  const int reach = static_cast<int>(kAlongUm / kStepUm) + 1, width = 2 * reach + 1;
  const int edge = std::min(p.out, static_cast<int>(std::lround((kClearUm - Evidence::out_um(0)) / kStepUm)));
  std::vector<char> seen(size_t(width) * e.width, 0);
  const auto light = [&](int i, int j) {
    double best = -1;
    for (int k = std::max(0, p.level - 1); k <= std::min(e.levels - 1, p.level + 1); ++k)
      if (std::isfinite(e.at(k, i, j))) best = std::max(best, e.at(k, i, j) - kNoise * sigma.at(k, i, j));
    return best;
  };
  using Reached = std::tuple<double, int, int>;  // dimmest place on the way, arc, out
  std::priority_queue<Reached> front;
  front.emplace(p.excess, p.arc, p.out);
  while (!front.empty()) {
    const auto [dimmest, arc, out] = front.top();
    front.pop();
    if (dimmest <= 0) return 0;
    if (std::hypot((arc - p.arc) / kAlongUm, (out - p.out) / kOutwardUm) * kStepUm >= 1)
      return dimmest / p.excess;
    for (const auto& [di, dj] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
      const int i = arc + di, j = out + dj, column = i - p.arc + reach;
      if (i < 0 || i >= e.arcs || column < 0 || column >= width || j < edge || j >= e.width) continue;
      char& mark = seen[size_t(column) * e.width + j];
      if (mark) continue;
      mark = 1;
      front.emplace(std::min(dimmest, light(i, j)), i, j);
    }
  }
  return 0;
}

// A filopodium has no head: it is brightest somewhere along its length, mostly near the shaft, and ends where
// its light falls to half. Follows the ridge outward from a peak to there; to the peak itself where the light
// rises again on the way, as it does towards another head, or goes on to where the image shows no more.
Peak end_of_ridge(const Block& e, const Block& sigma, const Peak& p) {
  constexpr float kRise = 1.1F;  // the ridge's own unevenness; noise may add a standard deviation
  constexpr float kNoise = 2;    // standard deviations: below, there is nothing to follow
  Peak end = p;
  auto lowest = static_cast<float>(p.excess);
  while (true) {
    Peak next = end;
    next.excess = kUnseen;
    for (int dk = -1; dk <= 1; ++dk)
      for (int di = -1; di <= 1; ++di)
        if (const float v = value(e, end.level + dk, end.arc + di, end.out + 1); v > next.excess) {
          next.excess = v;
          next.level = end.level + dk;
          next.arc = end.arc + di;
        }
    ++next.out;
    if (next.excess <= kUnseen) return p;
    const auto light = static_cast<float>(next.excess);
    if (light < 0.5 * p.excess) return end;
    const float sd = sigma.at(next.level, next.arc, next.out);
    if (light > std::max(kRise * lowest, lowest + sd)) return p;
    if (light < kNoise * sd) return end;
    lowest = std::min(lowest, light);
    end = next;
  }
}

// Between two places of one side; depth is known a third as well as the rest.
double distance_um(const Site& a, const Site& b) {
  return std::hypot(a.arc_um - b.arc_um, a.out_um - b.out_um, 0.35 * (a.depth_um - b.depth_um));
}

Site between(const Site& a, const Site& b, double share) {
  return {a.side, std::lerp(a.arc_um, b.arc_um, share), std::lerp(a.out_um, b.out_um, share),
          std::lerp(a.depth_um, b.depth_um, share)};
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

std::vector<Peak> find_peaks(const Evidence& evidence, double blur_um, double min_snr, double min_out_um,
                             double max_out_um, double max_depth_um) {
  constexpr double kLongUm = 0.3;  // beyond the peak and the blur: more than half a head
  const double half_blur_um = std::sqrt(2 * std::log(2.0)) * blur_um;  // to half of its maximum
  constexpr double kSameUm = 0.40, kOneHeadUm = 1.0, kSaddle = 0.92, kDepthUm = 2.6;
  std::vector<Peak> all;
  if (!evidence.usable()) return all;
  const auto& depths = evidence.depths_um();
  const double depth_step = depths.size() > 1 ? depths[1] - depths[0] : 1.0;
  for (Side side : {Side::left, Side::right}) {
    const Block& e = evidence.excess(side);
    const Block& s = evidence.sigma(side);
    std::vector<Peak> peaks;
    for (int k = 1; k + 1 < e.levels; ++k) {
      if (std::abs(depths[size_t(k)]) > max_depth_um) continue;
      for (int i = 2; i + 3 < e.arcs; ++i) {
        // A free end is round: within the shaft's own half width of it light beside the axis is the shaft's.
        const double half_width = evidence.edge_um(side)[size_t(i)];
        if (evidence.hidden(i) || std::min(i, e.arcs - 1 - i) * kStepUm < half_width) continue;
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
          const Peak end = end_of_ridge(e, s, p);
          const Site tip{side, end.arc * kStepUm, Evidence::out_um(end.out), depths[size_t(end.level)]};
          const double ridge_um = (end.out - p.out) * kStepUm, long_um = ridge_um - half_blur_um;
          const bool ends_far = long_um > kLongUm;
          p.head = ends_far ? between(p.site, tip, long_um / ridge_um) : p.site;
          p.fall = fall(e, ends_far ? end : p);
          p.exit = exit_share(e, s, ends_far ? end : p);
          p.width_um = 2 * std::min(steps_to_half(e, p, 0, -1), steps_to_half(e, p, 0, 1)) * kStepUm;
          p.height_um = (steps_to_half(e, p, -1, 0) + steps_to_half(e, p, 1, 0)) * depth_step;
          p.compact = compactness(e, p);
          p.unseen = unseen_share(e, p);
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
    for (Peak& p : kept) {  // brightest first
      p.brighter_um = Peak::kFarUm;
      for (const Peak& q : kept) {
        if (&q == &p) break;
        p.brighter_um = std::min(p.brighter_um, distance_um(p.site, q.site));
      }
    }
    all.insert(all.end(), kept.begin(), kept.end());
  }
  std::stable_sort(all.begin(), all.end(), [](const Peak& a, const Peak& b) { return a.excess > b.excess; });
  return all;
}

}  // namespace spinechron
