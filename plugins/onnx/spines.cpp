#include "spines.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace {

namespace sdk = spinechron::sdk;
using sdk::Point;

Point minus(const Point& a, const Point& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
Point along(const Point& a, const Point& direction, double t) {
  return {a[0] + t * direction[0], a[1] + t * direction[1], a[2] + t * direction[2]};
}
double dot(const Point& a, const Point& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
double norm(const Point& a) {
  return std::sqrt(dot(a, a));
}

struct Peak {
  Point at;
  double p;
};

/// Voxels above the threshold that no neighbour exceeds (of equals the first), placed at the centre of mass
/// of their surroundings; of two that are too near only the higher one.
std::vector<Peak> peaks_of(const Grid& g, const SpineRules& rules) {
  std::vector<Peak> found;
  for (int z = 0; z < g.size[2]; ++z)
    for (int y = 0; y < g.size[1]; ++y)
      for (int x = 0; x < g.size[0]; ++x) {
        const float v = g.at(x, y, z);
        if (!(v >= rules.threshold)) continue;
        bool highest = true;
        double weight = 0;
        Point centre{0, 0, 0};
        for (int k = std::max(z - 1, 0); highest && k <= std::min(z + 1, g.size[2] - 1); ++k)
          for (int j = std::max(y - 1, 0); j <= std::min(y + 1, g.size[1] - 1); ++j)
            for (int i = std::max(x - 1, 0); i <= std::min(x + 1, g.size[0] - 1); ++i) {
              const float w = g.at(i, j, k);
              const bool before = std::tie(k, j, i) < std::tie(z, y, x);
              if (w > v || (before && w == v)) highest = false;
              const double share = std::max(static_cast<double>(w), 0.0);
              weight += share;
              centre = along(centre, {i * g.voxel_um[0], j * g.voxel_um[1], k * g.voxel_um[2]}, share);
            }
        if (highest)
          found.push_back({along({0, 0, 0}, centre, 1 / weight), std::min(1.0, static_cast<double>(v))});
      }
  std::stable_sort(found.begin(), found.end(), [](const Peak& a, const Peak& b) { return a.p > b.p; });
  std::vector<Peak> kept;
  for (const Peak& peak : found)
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const Peak& k) { return norm(minus(k.at, peak.at)) < rules.min_distance_um; }))
      kept.push_back(peak);
  return kept;
}

/// Where on a dendrite a point belongs.
struct Foot {
  double distance_um = HUGE_VAL;
  double arc_um = 0, radius_um = 0;
  Point at{}, tangent{};
  int dendrite_id = 0;
};

Foot nearest(const sc_frame& frame, const Point& p) {
  Foot best;
  for (std::size_t d = 0; d < frame.n_dendrites; ++d) {
    const sc_dendrite& dendrite = *frame.dendrites[d];
    double arc = 0;
    for (std::size_t i = 0; i + 1 < dendrite.n_points; ++i) {
      const Point a = sdk::point(dendrite, i), step = minus(sdk::point(dendrite, i + 1), a);
      const double length = norm(step);
      if (length == 0) continue;
      const double t = std::clamp(dot(minus(p, a), step) / (length * length), 0.0, 1.0);
      const Point foot = along(a, step, t);
      if (const double distance = norm(minus(p, foot)); distance < best.distance_um)
        best = {distance, arc + t * length, dendrite.radius_um[i], foot, step, dendrite.id};
      arc += length;
    }
  }
  return best;
}

}  // namespace

std::vector<sdk::Candidate> spines_from_map(const Grid& probability, const sc_stack& stack,
                                            const sc_frame& frame, const SpineRules& rules) {
  std::vector<sdk::Candidate> out;
  for (const Peak& peak : peaks_of(probability, rules)) {
    const Foot foot = nearest(frame, peak.at);
    if (!(foot.distance_um > foot.radius_um) || foot.distance_um > foot.radius_um + rules.max_reach_um)
      continue;
    const Point away = minus(peak.at, foot.at);
    sdk::Candidate c;
    c.dendrite_id = foot.dendrite_id;
    c.arc_um = foot.arc_um;
    c.p = peak.p;
    c.side = away[0] * foot.tangent[1] - away[1] * foot.tangent[0] >= 0 ? SC_LEFT : SC_RIGHT;
    c.measures.head_um = peak.at;
    c.measures.base_um = along(foot.at, away, foot.radius_um / foot.distance_um);
    c.measures.length_um = foot.distance_um - foot.radius_um;  // to the head's centre: the map has no edge
    if (const double shaft = sample(stack, foot.at); shaft > 0)
      c.measures.brightness = sample(stack, peak.at) / shaft;
    out.push_back(c);
  }
  std::stable_sort(out.begin(), out.end(), [](const sdk::Candidate& a, const sdk::Candidate& b) {
    return std::tie(a.dendrite_id, a.arc_um) < std::tie(b.dendrite_id, b.arc_um);
  });
  return out;
}
