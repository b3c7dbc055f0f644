#include "segment/paths.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <tuple>

namespace spinechron {
namespace {

constexpr double kJunctionUm = 2.5;

struct Edge {
  int a, b;
  float cost, length;
};

struct Sets {
  std::vector<int> parent;
  explicit Sets(size_t n) : parent(n) { std::iota(parent.begin(), parent.end(), 0); }
  int find(int i) {
    while (parent[size_t(i)] != i) i = parent[size_t(i)] = parent[size_t(parent[size_t(i)])];
    return i;
  }
  bool join(int a, int b) {
    a = find(a), b = find(b);
    if (a == b) return false;
    parent[size_t(std::max(a, b))] = std::min(a, b);
    return true;
  }
};

std::vector<Edge> neighbour_edges(const std::vector<RidgePoint>& points, const Coarse& coarse) {
  const Vec3 v = coarse.photons.voxel_um();
  const auto place = [](const RidgePoint& p) { return std::tuple(p.z, p.y, p.x); };
  std::vector<Edge> edges;
  for (int dz = 0; dz <= 1; ++dz)
    for (int dy = dz ? -2 : 0; dy <= 2; ++dy) {
      size_t first = 0;  // goes along with i, since points are in the order of voxels
      for (size_t i = 0; i < points.size(); ++i) {
        const RidgePoint& p = points[i];
        const std::tuple from(p.z + dz, p.y + dy, p.x + (dz || dy ? -2 : 1)), to(p.z + dz, p.y + dy, p.x + 2);
        while (first < points.size() && place(points[first]) < from) ++first;
        for (size_t j = first; j < points.size() && place(points[j]) <= to; ++j) {
          const auto d = float(Vec3((points[j].x - p.x) * v.x(), dy * v.y(), 0.5 * dz * v.z()).norm());
          edges.push_back({int(i), int(j), d / std::min(p.strength, points[j].strength), d});
        }
      }
    }
  return edges;
}

struct Link {
  int to;
  float length;
};
using Tree = std::vector<std::vector<Link>>;

// Node farthest from `from` within its tree; `order` lists the tree's nodes parents first, `up` each one's
// parent.
int farthest(const Tree& tree, int from, std::vector<int>& order, std::vector<int>& up,
             std::vector<float>& distance) {
  order.assign(1, from);
  up[size_t(from)] = -1;
  distance[size_t(from)] = 0;
  int best = from;
  for (size_t k = 0; k < order.size(); ++k) {
    const int n = order[k];
    if (distance[size_t(n)] > distance[size_t(best)]) best = n;
    for (const Link& l : tree[size_t(n)])
      if (l.to != up[size_t(n)]) {
        up[size_t(l.to)] = n;
        distance[size_t(l.to)] = distance[size_t(n)] + l.length;
        order.push_back(l.to);
      }
  }
  return best;
}

// Longest paths of one tree; each side path begins with the node where it leaves its parent.
void take_apart(const Tree& tree, int any, double min_branch_um, std::vector<int>& up,
                std::vector<float>& distance, std::vector<float>& height,
                std::vector<std::vector<int>>& out) {
  std::vector<int> order;
  const int root = farthest(tree, any, order, up, distance);
  farthest(tree, root, order, up, distance);
  for (size_t k = order.size(); k-- > 0;) {
    const int n = order[k];
    height[size_t(n)] = 0;
    for (const Link& l : tree[size_t(n)])
      if (l.to != up[size_t(n)])
        height[size_t(n)] = std::max(height[size_t(n)], height[size_t(l.to)] + l.length);
  }
  std::vector<std::vector<int>> todo{{root}};
  while (!todo.empty()) {
    std::vector<int> path = std::move(todo.back());
    todo.pop_back();
    for (;;) {
      const int n = path.back();
      int heavy = -1;
      float most = -1;
      for (const Link& l : tree[size_t(n)])
        if (l.to != up[size_t(n)] && height[size_t(l.to)] + l.length > most)
          most = height[size_t(l.to)] + l.length, heavy = l.to;
      for (const Link& l : tree[size_t(n)])
        if (l.to != up[size_t(n)] && l.to != heavy && height[size_t(l.to)] + l.length >= min_branch_um)
          todo.push_back({n, l.to});
      if (heavy < 0) break;
      path.push_back(heavy);
    }
    out.push_back(std::move(path));
  }
}

// A stretch of path between two junctions (-1: a free end).
struct Segment {
  Path path;
  int node[2] = {-1, -1};
  double length = 0;
  float median = 0;
};

struct Network {
  std::vector<Segment> segments;
  std::vector<Vec3> nodes;
};

Network cut_at_junctions(const std::vector<std::vector<int>>& paths, const std::vector<RidgePoint>& points,
                         const Coarse& coarse) {
  const auto um = [&](int i) {
    const RidgePoint& p = points[size_t(i)];
    return coarse.to_um(p.x, p.y, p.z);
  };
  // where side paths leave (each begins with that point); those close together are one junction
  std::vector<int> leave;
  for (size_t i = 1; i < paths.size(); ++i) leave.push_back(paths[i].front());
  std::sort(leave.begin(), leave.end());
  leave.erase(std::unique(leave.begin(), leave.end()), leave.end());
  Sets sets(leave.size());
  for (size_t i = 0; i < leave.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if ((um(leave[i]) - um(leave[j])).cwiseProduct(Vec3(1, 1, 0.5)).norm() < kJunctionUm)
        sets.join(int(i), int(j));
  Network net;
  std::vector<int> id(leave.size(), -1), count;
  for (size_t i = 0; i < leave.size(); ++i) {
    const auto r = size_t(sets.find(int(i)));
    if (id[r] < 0) id[r] = int(net.nodes.size()), net.nodes.emplace_back(Vec3::Zero()), count.push_back(0);
    id[i] = id[r];
    net.nodes[size_t(id[i])] += um(leave[i]);
    ++count[size_t(id[i])];
  }
  for (size_t n = 0; n < net.nodes.size(); ++n) net.nodes[n] /= count[n];
  const auto node_of = [&](int point) {
    const auto at = std::lower_bound(leave.begin(), leave.end(), point);
    return at != leave.end() && *at == point ? id[size_t(at - leave.begin())] : -1;
  };

  for (const auto& p : paths) {
    size_t begin = 0;
    int from = -1;
    for (size_t i = 0; i <= p.size(); ++i) {
      const int node = i < p.size() ? node_of(p[i]) : -1;
      if (node < 0 && i < p.size()) continue;
      Segment s;
      s.node[0] = from, s.node[1] = node;
      const bool inside_junction = from >= 0 && from == node;
      if (!inside_junction) {
        for (size_t k = begin; k < i; ++k) {
          s.path.points.push_back(um(p[k]));
          s.path.strength.push_back(points[size_t(p[k])].strength);
        }
        if (!s.path.points.empty()) {
          s.length = length_um(s.path.points);
          s.median = median_strength(s.path);
          net.segments.push_back(std::move(s));
        }
      }
      begin = i + 1;
      from = node;
    }
  }
  return net;
}

struct Arm {
  size_t segment;
  int end;
};

// partner[segment][end]: index of the arm it goes on with, or -1
std::vector<std::array<int, 2>> pair_arms(const Network& net) {
  std::vector<std::array<int, 2>> partner(net.segments.size(), {-1, -1});
  std::vector<std::vector<Arm>> arms(net.nodes.size());
  for (size_t i = 0; i < net.segments.size(); ++i)
    for (int e : {0, 1})
      if (net.segments[i].node[e] >= 0) arms[size_t(net.segments[i].node[e])].push_back({i, e});
  struct Pair {
    double cost;
    size_t a, b;
  };
  for (size_t n = 0; n < net.nodes.size(); ++n) {
    const auto& here = arms[n];
    std::vector<Pair> pairs;
    std::vector<Vec3> outward(here.size());
    for (size_t k = 0; k < here.size(); ++k) {
      const Segment& s = net.segments[here[k].segment];
      Curve with_node = s.path.points;
      // from the junction to 4 um away: what the arm does at the very junction is not its direction
      if (here[k].end == 0) std::reverse(with_node.begin(), with_node.end());
      outward[k] = -end_direction(with_node, true, 4.0, s.length > 3 ? 0.7 : 0.0);
    }
    for (size_t a = 0; a < here.size(); ++a)
      for (size_t b = a + 1; b < here.size(); ++b) {
        if (here[a].segment == here[b].segment) continue;
        const Segment &sa = net.segments[here[a].segment], &sb = net.segments[here[b].segment];
        const double bend = 1 + outward[a].dot(outward[b]);
        if (bend > 0.7 && here.size() > 2) continue;
        const double unlike = std::abs(std::log(double(sa.median) / double(sb.median)));
        const double firm = (std::min(sa.length, 4.0) + std::min(sb.length, 4.0)) / 8;
        pairs.push_back({bend + 0.3 * unlike - 0.4 * firm, a, b});
      }
    std::sort(pairs.begin(), pairs.end(), [](const Pair& x, const Pair& y) {
      return std::tie(x.cost, x.a, x.b) < std::tie(y.cost, y.a, y.b);
    });
    std::vector<bool> done(here.size());
    for (const Pair& p : pairs) {
      if (done[p.a] || done[p.b]) continue;
      done[p.a] = done[p.b] = true;
      const Arm &a = here[p.a], &b = here[p.b];
      partner[a.segment][size_t(a.end)] = int(2 * b.segment) + b.end;
      partner[b.segment][size_t(b.end)] = int(2 * a.segment) + a.end;
    }
  }
  return partner;
}

void append(Path& to, const Path& more, bool backwards) {
  const auto n = more.points.size();
  for (size_t i = 0; i < n; ++i) {
    const size_t k = backwards ? n - 1 - i : i;
    to.points.push_back(more.points[k]);
    to.strength.push_back(more.strength[k]);
  }
}

std::vector<Path> join_arms(const Network& net) {
  const auto partner = pair_arms(net);
  std::vector<bool> used(net.segments.size());
  std::vector<Path> out;
  const auto add_node = [&](Path& path, int node) {
    if (node < 0) return;
    path.points.push_back(net.nodes[size_t(node)]);
    path.strength.push_back(path.strength.empty() ? 0.0F : path.strength.back());
  };
  for (size_t i = 0; i < net.segments.size(); ++i) {
    if (used[i]) continue;
    // back to where this chain begins (or round, if it is a ring)
    size_t s = i;
    int begin = 0;
    for (size_t steps = 0; steps < net.segments.size() && partner[s][size_t(begin)] >= 0; ++steps) {
      const int next = partner[s][size_t(begin)];
      if (size_t(next / 2) == i) break;
      s = size_t(next / 2);
      begin = 1 - next % 2;
    }
    Path path;
    add_node(path, net.segments[s].node[begin]);
    if (!path.strength.empty()) path.strength.back() = net.segments[s].median;
    for (;;) {
      used[s] = true;
      append(path, net.segments[s].path, begin == 1);
      add_node(path, net.segments[s].node[1 - begin]);
      const int next = partner[s][size_t(1 - begin)];
      if (next < 0 || used[size_t(next / 2)]) break;
      s = size_t(next / 2);
      begin = next % 2;
    }
    out.push_back(std::move(path));
  }
  return out;
}

}  // namespace

float median_strength(const Path& path) {
  if (path.strength.empty()) return 0;
  std::vector<float> v = path.strength;
  std::nth_element(v.begin(), v.begin() + std::ptrdiff_t(v.size() / 2), v.end());
  return v[v.size() / 2];
}

Vec3 end_direction(const Curve& curve, bool at_back, double over_um, double skip_um) {
  const size_t n = curve.size();
  const auto at = [&](size_t i) -> const Vec3& { return at_back ? curve[n - 1 - i] : curve[i]; };
  size_t i = 0;
  double arc = 0;
  while (i + 1 < n && arc < skip_um) arc += (at(i + 1) - at(i)).norm(), ++i;
  const Vec3 near = at(i);
  while (i + 1 < n && arc < over_um) arc += (at(i + 1) - at(i)).norm(), ++i;
  Vec3 d = near - at(i);
  d.z() *= 0.5;
  const double length = d.norm();
  return length > 0 ? Vec3(d / length) : Vec3::Zero();
}

namespace {

// Index where the path should be cut, 0: nowhere. Ends nearer than 2.5 um are left alone.
size_t worst_break(const Path& path, double ratio, double least_cosine) {
  const std::vector<double> arcs = arcs_um(path.points);
  const std::vector<float>& s = path.strength;
  const auto median = [&](size_t from, size_t to) {
    std::vector<float> v(s.begin() + std::ptrdiff_t(from), s.begin() + std::ptrdiff_t(to));
    std::nth_element(v.begin(), v.begin() + std::ptrdiff_t(v.size() / 2), v.end());
    return std::max(double(v[v.size() / 2]), 1e-9);
  };
  size_t best = 0, a8 = 0, a3 = 0, b8 = 0, b3 = 0;
  double most = 1;  // of what is allowed
  for (size_t k = 0; k < s.size(); ++k) {
    while (arcs[k] - arcs[a8] > 8) ++a8;
    while (arcs[k] - arcs[a3] > 3.5) ++a3;
    while (b8 < s.size() && arcs[b8] - arcs[k] <= 8) ++b8;
    while (b3 + 1 < s.size() && arcs[b3] - arcs[k] < 3.5) ++b3;
    if (arcs[k] < 2.5 || arcs.back() - arcs[k] < 2.5) continue;
    const double step = std::abs(std::log(median(a8, k) / median(k, b8))) / std::log(ratio);
    const Eigen::Vector2d before = (path.points[k] - path.points[a3]).head<2>();
    const Eigen::Vector2d after = (path.points[b3] - path.points[k]).head<2>();
    const double bend =
        (1 - before.dot(after) / std::max(before.norm() * after.norm(), 1e-9)) / (1 - least_cosine);
    if (const double now = std::max(step, bend); now > most) most = now, best = k;
  }
  return best;
}

}  // namespace

void split_at_breaks(std::vector<Path>& paths, double ratio, double least_cosine) {
  for (size_t i = 0; i < paths.size(); ++i)
    while (const size_t at = worst_break(paths[i], ratio, least_cosine)) {
      Path rest;
      rest.points.assign(paths[i].points.begin() + std::ptrdiff_t(at), paths[i].points.end());
      rest.strength.assign(paths[i].strength.begin() + std::ptrdiff_t(at), paths[i].strength.end());
      paths[i].points.resize(at + 1);
      paths[i].strength.resize(at + 1);
      paths.push_back(std::move(rest));
    }
}

std::vector<Path> link_points(const std::vector<RidgePoint>& points, const Coarse& coarse, float high,
                              double min_branch_um) {
  std::vector<Edge> edges = neighbour_edges(points, coarse);
  std::sort(edges.begin(), edges.end(), [](const Edge& x, const Edge& y) {
    return std::tie(x.cost, x.a, x.b) < std::tie(y.cost, y.a, y.b);
  });
  Tree tree(points.size());
  Sets sets(points.size());
  for (const Edge& e : edges)
    if (sets.join(e.a, e.b)) {
      tree[size_t(e.a)].push_back({e.b, e.length});
      tree[size_t(e.b)].push_back({e.a, e.length});
    }
  std::vector<bool> strong(points.size());
  for (size_t i = 0; i < points.size(); ++i)
    if (points[i].strength >= high) strong[size_t(sets.find(int(i)))] = true;

  std::vector<Path> out;
  std::vector<int> up(points.size(), -1);
  std::vector<float> distance(points.size()), height(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    if (sets.find(int(i)) != int(i) || !strong[i] || tree[i].empty()) continue;
    std::vector<std::vector<int>> paths;
    take_apart(tree, int(i), min_branch_um, up, distance, height, paths);
    for (Path& p : join_arms(cut_at_junctions(paths, points, coarse))) out.push_back(std::move(p));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Path& a, const Path& b) { return length_um(a.points) > length_um(b.points); });
  return out;
}

}  // namespace spinechron
