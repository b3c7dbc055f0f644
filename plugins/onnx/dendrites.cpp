#include "dendrites.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <queue>
#include <utility>

namespace {

namespace sdk = spinechron::sdk;
using sdk::Point;

constexpr int kNone = -1;

Point minus(const Point& a, const Point& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
double norm(const Point& a) {
  return std::sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
}

/// The voxels above the threshold as nodes of a graph, neighbours in all 26 directions.
class Foreground {
 public:
  Foreground(const Grid& map, double threshold) : map_(map), node_of_(map.samples.size(), kNone) {
    const int nx = map.size[0], ny = map.size[1];
    const double pixel_um = std::sqrt(map.voxel_um[0] * map.voxel_um[1]);
    for (int z = 0; z < map.size[2]; ++z) {
      cv::Mat inside(ny, nx, CV_8U), depth;
      for (int y = 0; y < ny; ++y)
        for (int x = 0; x < nx; ++x) inside.at<unsigned char>(y, x) = map.at(x, y, z) >= threshold ? 255 : 0;
      cv::distanceTransform(inside, depth, cv::DIST_L2, cv::DIST_MASK_PRECISE);
      for (int y = 0; y < ny; ++y)
        for (int x = 0; x < nx; ++x) {
          if (!inside.at<unsigned char>(y, x)) continue;
          node_of_[map.index(x, y, z)] = static_cast<int>(at_.size());
          at_.push_back({x, y, z});
          // Without any background in the slice OpenCV's distance is a very large number.
          const double pixels = std::min<double>(depth.at<float>(y, x), std::max(nx, ny));
          depth_um_.push_back((pixels - 0.5) * pixel_um);
        }
    }
  }

  int count() const { return static_cast<int>(at_.size()); }
  double depth_um(int node) const { return depth_um_[static_cast<std::size_t>(node)]; }
  Point um(int node) const {
    const auto& i = at_[static_cast<std::size_t>(node)];
    return {i[0] * map_.voxel_um[0], i[1] * map_.voxel_um[1], i[2] * map_.voxel_um[2]};
  }
  /// The same place across the axis, in the middle along it: the mean depth, weighted by probability, of the
  /// foreground above and below.
  Point centred_um(int node) const {
    const auto& [x, y, z] = at_[static_cast<std::size_t>(node)];
    double weight = 0, sum = 0;
    const auto take = [&](int slice) {
      if (slice < 0 || slice >= map_.size[2] || node_of_[map_.index(x, y, slice)] == kNone) return false;
      weight += map_.at(x, y, slice);
      sum += map_.at(x, y, slice) * slice;
      return true;
    };
    for (int k = z; take(k); ++k) {
    }
    for (int k = z - 1; take(k); --k) {
    }
    return {x * map_.voxel_um[0], y * map_.voxel_um[1], sum / weight * map_.voxel_um[2]};
  }
  /// Calls use(neighbour) for every foreground voxel within so many voxels of `node`.
  template <typename Use>
  void around(int node, const std::array<int, 3>& reach, const Use& use) const {
    const auto& c = at_[static_cast<std::size_t>(node)];
    std::array<int, 3> low{}, high{};
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = std::max(c[a] - reach[a], 0);
      high[a] = std::min(c[a] + reach[a], map_.size[a] - 1);
    }
    for (int z = low[2]; z <= high[2]; ++z)
      for (int y = low[1]; y <= high[1]; ++y)
        for (int x = low[0]; x <= high[0]; ++x)
          if (const int other = node_of_[map_.index(x, y, z)]; other != kNone && other != node) use(other);
  }
  const Grid& map() const { return map_; }

 private:
  const Grid& map_;
  std::vector<int> node_of_;
  std::vector<std::array<int, 3>> at_;
  std::vector<double> depth_um_;
};

/// Least-cost paths from one node to all that can be reached (Dijkstra).
struct Paths {
  std::vector<double> cost;   ///< infinite: not reached
  std::vector<int> previous;  ///< towards the start
  std::vector<int> reached;   ///< in order of cost

  Paths(const Foreground& f, int start, bool keep_to_the_middle, const std::function<void()>& between)
      : cost(static_cast<std::size_t>(f.count()), HUGE_VAL), previous(cost.size(), kNone) {
    using Entry = std::pair<double, int>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
    cost[static_cast<std::size_t>(start)] = 0;
    open.push({0, start});
    while (!open.empty()) {
      const auto [so_far, node] = open.top();
      open.pop();
      if (so_far > cost[static_cast<std::size_t>(node)]) continue;
      if (reached.size() % 65536 == 0) between();
      reached.push_back(node);
      f.around(node, {1, 1, 1}, [&, so_far = so_far, node = node](int next) {
        const double ratio = 0.5 / f.depth_um(next);  // half a um: a slim dendrite's own radius
        const double step =
            norm(minus(f.um(next), f.um(node))) * (keep_to_the_middle ? 1 + ratio * ratio : 1);
        if (so_far + step >= cost[static_cast<std::size_t>(next)]) return;
        cost[static_cast<std::size_t>(next)] = so_far + step;
        previous[static_cast<std::size_t>(next)] = node;
        open.push({so_far + step, next});
      });
    }
  }
};

/// Mean over `half` neighbours on each side, fewer towards the ends, which stay.
template <typename Value, typename Mean>
std::vector<Value> smoothed(const std::vector<Value>& in, std::size_t half, const Mean& mean) {
  std::vector<Value> out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::size_t w = std::min({half, i, in.size() - 1 - i});
    out[i] = mean(in.begin() + static_cast<std::ptrdiff_t>(i - w), 2 * w + 1);
  }
  return out;
}

class Tracer {
 public:
  Tracer(const Foreground& f, const DendriteRules& rules, const std::function<void()>& between)
      : f_(f),
        rules_(rules),
        between_(between),
        owner_(static_cast<std::size_t>(f.count())),
        near_(owner_.size(), 0) {}

  std::vector<sdk::Dendrite> trace() {
    std::vector<char> done(owner_.size(), 0);
    for (int node = 0; node < f_.count(); ++node) {
      if (done[static_cast<std::size_t>(node)]) continue;
      const Paths anywhere(f_, node, false, between_);
      for (const int n : anywhere.reached) done[static_cast<std::size_t>(n)] = 1;
      trace_piece(anywhere.reached.back());
    }
    return std::move(found_);
  }

 private:
  struct Owner {
    int dendrite = 0;  ///< id; 0: on no path
    std::size_t point = 0;
  };

  void trace_piece(int root) {
    const Paths distance(f_, root, false, between_);
    if (distance.cost[static_cast<std::size_t>(distance.reached.back())] < rules_.min_length_um) return;
    const Paths middle(f_, root, true, between_);
    for (auto tip = distance.reached.rbegin(); tip != distance.reached.rend(); ++tip) {
      if (near_[static_cast<std::size_t>(*tip)]) continue;
      between_();
      std::vector<int> path{*tip};
      while (path.back() != root && owner_[static_cast<std::size_t>(path.back())].dendrite == 0)
        path.push_back(middle.previous[static_cast<std::size_t>(path.back())]);
      std::reverse(path.begin(), path.end());
      mark_near(path);
      add(path);
    }
  }

  void mark_near(const std::vector<int>& path) {
    for (const int node : path) {
      near_[static_cast<std::size_t>(node)] = 1;
      const double reach_um = 1.3 * f_.depth_um(node) + 0.5;
      std::array<int, 3> reach{};
      for (std::size_t a = 0; a < 3; ++a)  // blur stretches along z
        reach[a] = static_cast<int>((a == 2 ? 3 : 1) * reach_um / f_.map().voxel_um[a]);
      f_.around(node, reach, [&](int other) { near_[static_cast<std::size_t>(other)] = 1; });
    }
  }

  void add(const std::vector<int>& path) {
    double length = 0;
    for (std::size_t i = 1; i < path.size(); ++i) length += norm(minus(f_.um(path[i]), f_.um(path[i - 1])));
    const Owner parent = owner_[static_cast<std::size_t>(path.front())];
    // A branch begins in the middle of its parent: what lies in the parent's own width does not count.
    if (length - (parent.dendrite ? f_.depth_um(path.front()) : 0) < rules_.min_length_um || path.size() < 3)
      return;
    sdk::Dendrite d;
    d.id = static_cast<int>(found_.size()) + 1;
    d.parent = parent.dendrite;
    d.parent_point = parent.point;
    const double least_um = 0.5 * std::min(f_.map().voxel_um[0], f_.map().voxel_um[1]);
    for (std::size_t i = 0; i < path.size(); ++i) {
      d.points_um.push_back(f_.centred_um(path[i]));
      d.radius_um.push_back(std::max(f_.depth_um(path[i]), least_um));
      Owner& owner = owner_[static_cast<std::size_t>(path[i])];
      if (owner.dendrite == 0) owner = {d.id, i};
    }
    if (parent.dendrite)
      d.points_um.front() = found_[static_cast<std::size_t>(parent.dendrite) - 1].points_um[parent.point];
    const auto half = static_cast<std::size_t>(std::ceil(0.4 * static_cast<double>(path.size()) / length));
    d.points_um = smoothed(d.points_um, half, [](auto from, std::size_t n) {
      Point sum{0, 0, 0};
      for (std::size_t k = 0; k < n; ++k, ++from)
        for (std::size_t a = 0; a < 3; ++a) sum[a] += (*from)[a] / static_cast<double>(n);
      return sum;
    });
    d.radius_um = smoothed(d.radius_um, half, [](auto from, std::size_t n) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k, ++from) sum += *from;
      return sum / static_cast<double>(n);
    });
    found_.push_back(std::move(d));
  }

  const Foreground& f_;
  const DendriteRules& rules_;
  const std::function<void()>& between_;
  std::vector<Owner> owner_;
  std::vector<char> near_;  ///< no path is begun here any more
  std::vector<sdk::Dendrite> found_;
};

/// Mean of the shaft over the image's median, in standard deviations of the noise at that median.
void measure_snr(std::vector<sdk::Dendrite>& dendrites, const sc_stack& s) {
  if (dendrites.empty()) return;
  std::vector<float> sorted(s.samples, s.samples + sdk::count(s));
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  const double ground = *middle, read = s.read_sigma / s.gain;
  const double noise = std::sqrt(std::max(ground, 0.0) + read * read);
  for (sdk::Dendrite& d : dendrites) {
    double sum = 0;
    for (const Point& p : d.points_um) sum += sample(s, p);
    const double shaft = sum / static_cast<double>(d.points_um.size()) - ground;
    d.snr = noise > 0 ? std::max(shaft / noise, 0.0) : 0;
  }
}

}  // namespace

std::vector<sdk::Dendrite> dendrites_from_map(const Grid& probability, const sc_stack& stack,
                                              const DendriteRules& rules,
                                              const std::function<void()>& between) {
  const Foreground foreground(probability, rules.threshold);
  std::vector<sdk::Dendrite> found = Tracer(foreground, rules, between).trace();
  measure_snr(found, stack);
  return found;
}
