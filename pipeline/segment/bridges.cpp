#include "segment/bridges.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <queue>
#include <tuple>

namespace spinechron {
namespace {

const Vec3 kDepthHalved(1, 1, 0.5);

double apart(const Vec3& a, const Vec3& b) {
  return (a - b).cwiseProduct(kDepthHalved).norm();
}

const Vec3& tip(const Path& p, int end) {
  return end ? p.points.back() : p.points.front();
}

void reverse(Path& p) {
  std::reverse(p.points.begin(), p.points.end());
  std::reverse(p.strength.begin(), p.strength.end());
}

void join(std::vector<Path>& paths, size_t i, int end_i, size_t j, int end_j, const Path& between) {
  if (end_i == 0) reverse(paths[i]);
  if (end_j == 1) reverse(paths[j]);
  for (const Path* p : {&between, static_cast<const Path*>(&paths[j])}) {
    paths[i].points.insert(paths[i].points.end(), p->points.begin(), p->points.end());
    paths[i].strength.insert(paths[i].strength.end(), p->strength.begin(), p->strength.end());
  }
  paths.erase(paths.begin() + std::ptrdiff_t(j));
}

bool at_border(const Vec3& p, const Coarse& coarse, double within_um) {
  const Size3 s = coarse.photons.size();
  const Vec3 last = coarse.to_um(double(s.x) - 1, double(s.y) - 1, 0);
  return p.x() < within_um || p.y() < within_um || p.x() > last.x() - within_um ||
         p.y() > last.y() - within_um;
}

// Least-cost way from a tip into a forward cone, over the voxels of a window of the coarse grid.
class Cone {
 public:
  Cone(const Coarse& coarse, const Vec3& tip, const Vec3& forward, double reach_um, float weakest)
      : coarse_(coarse),
        voxel_(coarse.photons.voxel_um()),
        tip_(tip),
        forward_(forward),
        reach_(reach_um),
        weakest_(weakest) {
    const Size3 s = coarse.photons.size();
    const Vec3 at = coarse.to_vox(tip);
    const int lim[3] = {int(s.x), int(s.y), int(s.z)};
    const double r[3] = {reach_um, reach_um, 3.0};
    for (int k = 0; k < 3; ++k) {
      start_[k] = std::clamp(int(std::lround(at[k])), 0, lim[k] - 1);
      const int w = int(std::ceil(r[k] / voxel_[k]));
      low_[k] = std::max(0, start_[k] - w);
      n_[k] = std::min(lim[k] - 1, start_[k] + w) - low_[k] + 1;
    }
    cost_.assign(size_t(n_[0]) * size_t(n_[1]) * size_t(n_[2]), std::numeric_limits<float>::infinity());
    from_.assign(cost_.size(), -1);
    target_.assign(cost_.size(), -1);
  }

  /// A place to be reached; outside the window it is ignored.
  void add_target(const Vec3& um, int number) {
    if (const int i = index(um); i >= 0) target_[size_t(i)] = number;
  }

  /// Number of the target that is cheapest to reach (-1: none) and the way there.
  int search(const Ridges& ridges, Path& way) {
    const int reached = spread(ridges);
    if (reached < 0) return -1;
    for (int i = reached; i >= 0; i = from_[size_t(i)]) {
      const auto [x, y, z] = voxel(i);
      way.points.push_back(coarse_.to_um(x, y, z));
      way.strength.push_back(ridges.strength.at(size_t(x), size_t(y), size_t(z)));
    }
    std::reverse(way.points.begin(), way.points.end());
    std::reverse(way.strength.begin(), way.strength.end());
    return target_[size_t(reached)];
  }

 private:
  int flat(int x, int y, int z) const { return ((z - low_[2]) * n_[1] + y - low_[1]) * n_[0] + x - low_[0]; }
  std::array<int, 3> voxel(int i) const {
    return {low_[0] + i % n_[0], low_[1] + i / n_[0] % n_[1], low_[2] + i / (n_[0] * n_[1])};
  }
  int index(const Vec3& um) const {
    const Vec3 at = coarse_.to_vox(um);
    int v[3];
    for (int k = 0; k < 3; ++k) {
      v[k] = int(std::lround(at[k]));
      if (v[k] < low_[k] || v[k] >= low_[k] + n_[k]) return -1;
    }
    return flat(v[0], v[1], v[2]);
  }
  bool inside(int x, int y, int z) const {
    const Vec3 d = (coarse_.to_um(x, y, z) - tip_).cwiseProduct(kDepthHalved);
    const double ahead = d.dot(forward_);
    if (ahead < -0.5 || d.norm() > reach_) return false;
    return (d - ahead * forward_).norm() < 1.0 + 1.2 * std::max(ahead, 0.0);
  }

  // Dijkstra; returns the first target's voxel.
  int spread(const Ridges& ridges) {
    float step[2][2][2];
    for (int k = 1; k < 8; ++k)
      step[k >> 2][k >> 1 & 1][k & 1] =
          float(Vec3((k & 1) * voxel_[0], (k >> 1 & 1) * voxel_[1], (k >> 2) * 0.5 * voxel_[2]).norm());
    using Item = std::pair<float, int>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> open;
    const int first = flat(start_[0], start_[1], start_[2]);
    cost_[size_t(first)] = 0;
    open.push({0.0F, first});
    const float unit = 1.0F / std::max(ridges.top, 1e-9F);
    while (!open.empty()) {
      const auto [c, i] = open.top();
      open.pop();
      if (c > cost_[size_t(i)]) continue;
      if (target_[size_t(i)] >= 0) return i;
      const auto [x, y, z] = voxel(i);
      for (int r = std::max(z - 1, low_[2]); r <= std::min(z + 1, low_[2] + n_[2] - 1); ++r)
        for (int q = std::max(y - 1, low_[1]); q <= std::min(y + 1, low_[1] + n_[1] - 1); ++q)
          for (int p = std::max(x - 1, low_[0]); p <= std::min(x + 1, low_[0] + n_[0] - 1); ++p) {
            const int j = flat(p, q, r);
            if (j == i) continue;
            const float ridge = ridges.strength.at(size_t(p), size_t(q), size_t(r));
            if (ridge < weakest_ && target_[size_t(j)] < 0) continue;
            const float strength = std::min(1.0F, unit * ridge);
            const float next = c + step[r != z][q != y][p != x] / (0.03F + strength);
            if (next < cost_[size_t(j)] && inside(p, q, r)) {
              cost_[size_t(j)] = next;
              from_[size_t(j)] = i;
              open.push({next, j});
            }
          }
    }
    return -1;
  }

  const Coarse& coarse_;
  Vec3 voxel_, tip_, forward_;
  double reach_;
  float weakest_;
  int start_[3], low_[3], n_[3];
  std::vector<float> cost_;
  std::vector<int> from_, target_;
};

}  // namespace

void weld_ends(std::vector<Path>& paths, double max_um) {
  for (;;) {
    double best = std::numeric_limits<double>::infinity();
    size_t bi = 0, bj = 0;
    int be = 0, bf = 0;
    for (size_t i = 0; i < paths.size(); ++i)
      for (size_t j = i + 1; j < paths.size(); ++j)
        for (int e : {0, 1})
          for (int f : {0, 1}) {
            const Vec3 &a = tip(paths[i], e), &b = tip(paths[j], f);
            const double gap = apart(a, b);
            if (gap > max_um || length_um(paths[i].points) < 1.5 || length_um(paths[j].points) < 1.5)
              continue;
            const Vec3 da = end_direction(paths[i].points, e == 1, 3.5, 0.5);
            const Vec3 db = end_direction(paths[j].points, f == 1, 3.5, 0.5);
            const Vec3 across = (b - a).cwiseProduct(kDepthHalved) / std::max(gap, 1e-9);
            // each must look at the other, unless they touch
            if (da.dot(db) > -0.6 || (gap > 0.8 && (da.dot(across) < 0.6 || -db.dot(across) < 0.6))) continue;
            const double cost = gap + 2 * (1 + da.dot(db));
            if (cost < best) best = cost, bi = i, bj = j, be = e, bf = f;
          }
    if (!std::isfinite(best)) return;
    join(paths, bi, be, bj, bf, {});
  }
}

void bridge_gaps(std::vector<Path>& paths, const Coarse& coarse, const Ridges& ridges, float weakest,
                 double max_um) {
  for (size_t i = 0; i < paths.size(); ++i)
    for (int end : {0, 1}) {
      if (length_um(paths[i].points) < 4) continue;
      const Vec3 from = tip(paths[i], end);
      if (at_border(from, coarse, 2.0)) continue;
      double nearest = std::numeric_limits<double>::infinity();
      for (size_t j = 0; j < paths.size(); ++j)
        if (j != i && length_um(paths[j].points) >= 3)
          nearest = std::min(nearest, project(paths[j].points, from, 0.5).distance_um);
      if (nearest < 0.8 || nearest > max_um) continue;
      const Vec3 forward = end_direction(paths[i].points, end == 1, 4.0, 0.5);
      Cone cone(coarse, from, forward, max_um, 0.4F * weakest);
      std::vector<std::pair<size_t, size_t>> targets;
      for (size_t j = 0; j < paths.size(); ++j) {
        if (j == i || length_um(paths[j].points) < 3) continue;
        for (size_t k = 0; k < paths[j].points.size(); ++k)
          if (apart(paths[j].points[k], from) < max_um) {
            cone.add_target(paths[j].points[k], int(targets.size()));
            targets.emplace_back(j, k);
          }
      }
      Path way;
      const int reached = cone.search(ridges, way);
      if (reached < 0) continue;
      const auto [to, to_point] = targets[size_t(reached)];
      std::vector<float> sorted = way.strength;
      std::sort(sorted.begin(), sorted.end());
      const Vec3 straight = (paths[to].points[to_point] - from).cwiseProduct(kDepthHalved);
      if (sorted[size_t(0.15 * double(sorted.size() - 1))] < weakest ||
          straight.dot(forward) < 0.2 * straight.norm() ||
          length_um(way.points) > 1.6 * straight.norm() + 1.5)
        continue;
      // near the other's tip, and facing it: one dendrite
      int face = -1;
      for (int f : {0, 1}) {
        const Vec3 there = end_direction(paths[to].points, f == 1, 4.0, 0.5);
        if (apart(tip(paths[to], f), paths[to].points[to_point]) < 1.5 && there.dot(forward) < -0.3) face = f;
      }
      if (face >= 0) {
        join(paths, i, end, to, face, way);
        i -= to < i ? 2 : 1;  // both ends are new: look at this path again (wraps round to 0 by ++)
        break;
      }
      if (end == 0) reverse(way);
      Path& p = paths[i];
      p.points.insert(end ? p.points.end() : p.points.begin(), way.points.begin(), way.points.end());
      p.strength.insert(end ? p.strength.end() : p.strength.begin(), way.strength.begin(),
                        way.strength.end());
    }
}

}  // namespace spinechron
