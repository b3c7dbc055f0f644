#include "segment/trace.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "evidence/strip.hpp"
#include "segment/bridges.hpp"
#include "segment/paths.hpp"
#include "segment/refine.hpp"
#include "segment/ridge.hpp"

namespace spinechron {
namespace {

struct Branch {
  Curve curve;
  double strength = 0;  ///< of the ridge, over the field's strongest
  double beads = 0;     ///< spread of the brightness along it that noise does not explain
  double radius_um = 0;
  bool kept = false;
  int parent = -1;
  size_t parent_point = 0;
};

// Share of a curve's points that run beside another one: within `lateral_um` in the plane and `depth_um` in
// depth.
double share_beside(const Curve& curve, const Curve& other, double lateral_um, double depth_um) {
  size_t near = 0, seen = 0;
  for (size_t i = 0; i < curve.size(); i += 3, ++seen)
    near += std::any_of(other.begin(), other.end(), [&](const Vec3& p) {
      return std::abs(p.x() - curve[i].x()) < lateral_um && std::abs(p.z() - curve[i].z()) < depth_um &&
             (p - curve[i]).head<2>().norm() < lateral_um;
    });
  return seen ? double(near) / double(seen) : 0.0;
}

// The axial blur of a bright dendrite makes weaker ridges above and below it, and its broad tails some beside
// it.
std::vector<Path> without_shadows(std::vector<Path> paths) {
  std::stable_sort(paths.begin(), paths.end(), [](const Path& a, const Path& b) {
    return median_strength(a) * length_um(a.points) > median_strength(b) * length_um(b.points);
  });
  std::vector<Path> kept;
  for (Path& p : paths)
    if (std::none_of(kept.begin(), kept.end(), [&](const Path& q) {
          return median_strength(q) > median_strength(p) && share_beside(p.points, q.points, 0.9, 6.0) > 0.6;
        }))
      kept.push_back(std::move(p));
  return kept;
}

// Length in the plane: what a path gains by wandering in depth does not count.
double reach_um(Curve curve) {
  for (Vec3& p : curve) p.z() = 0;
  return length_um(curve);
}

bool at_border(const Vec3& p, const Image& image, double within_um) {
  const Vec3 last = image.extent_um();
  return p.x() < within_um || p.y() < within_um || p.x() > last.x() - within_um ||
         p.y() > last.y() - within_um;
}

double median(const std::vector<double>& values) {
  std::vector<float> v(values.begin(), values.end());
  return quantile(v, 0.5);
}

std::vector<double> strength_along(const Ridges& ridges, const Coarse& coarse, const Curve& curve) {
  const Size3 s = ridges.strength.size();
  const auto whole = [](double a, size_t n) { return size_t(std::clamp(std::lround(a), 0L, long(n) - 1)); };
  std::vector<double> out;
  for (const Vec3& p : curve) {
    const Vec3 v = coarse.to_vox(p);
    out.push_back(ridges.strength.at(whole(v.x(), s.x), whole(v.y(), s.y), whole(v.z(), s.z)));
  }
  return out;
}

bool is_dendrite(const Branch& b, const TraceConfig& config) {
  if (b.curve.size() < 8) return false;
  const double reach = reach_um(b.curve);
  if (reach < (b.parent < 0 ? config.min_length_um : config.min_branch_um)) return false;
  // short and wound up: noise and haze around something bright
  if (reach < 15 && (b.curve.back() - b.curve.front()).head<2>().norm() < 0.5 * length_um(b.curve))
    return false;
  return b.strength >= config.dendrite_field + config.dendrite_beads * std::max(0.0, b.beads - 0.12);
}

// Two paths may have been drawn to the same dendrite: the weaker or shorter one goes.
void drop_duplicates(std::vector<Branch>& branches) {
  std::vector<Branch*> order;
  for (Branch& b : branches)
    if (b.kept) order.push_back(&b);
  std::stable_sort(order.begin(), order.end(), [](const Branch* a, const Branch* b) {
    return a->strength * double(a->curve.size()) > b->strength * double(b->curve.size());
  });
  for (size_t i = 0; i < order.size(); ++i)
    for (size_t j = 0; j < i && order[i]->kept; ++j)
      order[i]->kept = !order[j]->kept || share_beside(order[i]->curve, order[j]->curve, 0.6, 3.0) < 0.5;
}

// A path whose end lies at another one's side is its branch; what goes on within the other's shaft is cut
// off. Returns the parent of each, -1: none.
std::vector<int> find_parents(std::vector<Curve>& curves, const Image& image) {
  std::vector<int> parent(curves.size(), -1);
  const auto root_of = [&](int i) {
    while (parent[size_t(i)] >= 0) i = parent[size_t(i)];
    return i;
  };
  for (size_t i = 0; i < curves.size(); ++i) {
    double nearest = 1.6;
    int best = -1;
    bool back = false;
    size_t cut = 0;
    for (size_t j = 0; j < curves.size(); ++j) {
      if (j == i || root_of(int(j)) == int(i)) continue;
      for (bool at_back : {false, true}) {
        const Vec3& tip = at_back ? curves[i].back() : curves[i].front();
        if (at_border(tip, image, 0.5)) continue;
        const size_t near_tip = std::min(size_t(3 / kStepUm), curves[i].size() / 3);
        for (size_t k = 0; k <= near_tip; k += 4) {
          const Vec3& p = at_back ? curves[i][curves[i].size() - 1 - k] : curves[i][k];
          const double d = project(curves[j], p, 0.4).distance_um + 0.1 * double(k) * kStepUm;
          if (d < nearest) nearest = d, best = int(j), back = at_back, cut = k;
        }
      }
    }
    parent[i] = best;
    if (best < 0) continue;
    if (back) std::reverse(curves[i].begin(), curves[i].end());
    curves[i].erase(curves[i].begin(), curves[i].begin() + std::ptrdiff_t(cut));
  }
  return parent;
}

// The first points of a branch lie within its parent's shaft and say nothing: they are cut off here ...
Curve without_root(const Curve& curve, const Curve& parent, double within_um) {
  size_t i = 0;
  while (i + size_t(3 / kStepUm) < curve.size() && i < size_t(4 / kStepUm) &&
         project(parent, curve[i], 0.5).distance_um < within_um)
    ++i;
  return Curve(curve.begin() + std::ptrdiff_t(i), curve.end());
}

// ... and replaced by the straight line to the parent's axis.
void attach(Branch& branch, const Branch& parent) {
  const Vec3 from = branch.curve.front();
  size_t best = 0;
  double nearest = std::numeric_limits<double>::infinity();
  const Vec3 away = -end_direction(branch.curve, false, 2.0);  // into the branch
  for (size_t k = 0; k < parent.curve.size(); ++k) {
    // backwards along the branch's own direction, rather than to the nearest place
    const Vec3 d = from - parent.curve[k];
    const double distance = d.norm() + 0.5 * (d - d.dot(away) * away).norm();
    if (distance < nearest) nearest = distance, best = k;
  }
  branch.parent_point = best;
  const Vec3 to = parent.curve[best];
  const int n = int((from - to).norm() / kStepUm);
  Curve whole;
  for (int k = 0; k < n; ++k) whole.push_back(to + (from - to) * (double(k) / n));
  whole.insert(whole.end(), branch.curve.begin(), branch.curve.end());
  branch.curve = resample(whole, kStepUm);
}

// A branch that stands where its parent ends is the parent's own continuation: what of the parent goes on
// beside it, shorter than a branch, is a spine. The two become one curve, put on the axis once more.
void join_continuations(std::vector<Branch>& branches, const Image& image, const Coarse& coarse,
                        const TraceConfig& config) {
  constexpr double kLeastCosine = 0.2;  // a sharper bend is where two dendrites meet
  for (size_t i = 0; i < branches.size(); ++i) {
    Branch& b = branches[i];
    if (!b.kept || b.parent < 0 || !branches[size_t(b.parent)].kept) continue;
    Branch& parent = branches[size_t(b.parent)];
    for (const bool at_back : {true, false}) {
      if (!at_back && parent.parent >= 0) break;  // that end stands on another dendrite
      Curve whole = parent.curve;
      if (!at_back) std::reverse(whole.begin(), whole.end());
      const double foot = project(whole, b.curve.front(), 0.5).arc_um;
      if (length_um(whole) - foot >= config.min_branch_um || at_border(whole.back(), image, 0.5)) continue;
      whole.resize(std::min(whole.size(), size_t(foot / kStepUm) + 1));
      if (whole.size() < 2 ||
          end_direction(whole, true, 3.5).dot(end_direction(b.curve, false, 3.5)) > -kLeastCosine)
        continue;
      whole.insert(whole.end(), b.curve.begin(), b.curve.end());
      whole = resample(smooth_curve(resample(whole, kStepUm), 1.0), kStepUm);
      parent.curve = centre_curve(image, coarse, std::move(whole), 1.5, 0.6, parent.radius_um);
      b.kept = false;
      for (Branch& other : branches)
        if (other.parent == int(i)) other.parent = b.parent;
      break;
    }
  }
}

// Where a brighter dendrite passes, the dimmer one goes straight across.
void smooth_crossings(std::vector<Branch>& branches) {
  for (Branch& b : branches) {
    if (!b.kept) continue;
    std::vector<bool> hidden(b.curve.size(), false);
    bool any = false;
    for (const Branch& other : branches) {
      if (&other == &b || !other.kept || other.strength < b.strength) continue;
      const double reach = other.radius_um + 0.45;
      for (size_t i = 0; i < b.curve.size(); ++i)
        if (!hidden[i])
          for (size_t k = 0; k < other.curve.size(); k += 2)
            if (const Vec3 d = other.curve[k] - b.curve[i];
                std::abs(d.x()) < reach && std::abs(d.z()) < 8 && d.head<2>().norm() < reach) {
              hidden[i] = any = true;
              break;
            }
    }
    if (any) b.curve = straight_across(b.curve, hidden, 7.0);
  }
}

}  // namespace

Tracing trace(const Stack& stack, const TraceConfig& config, const Context& context) {
  const Image& image = stack.image;
  if (image.size().x < 8 || image.size().y < 8 || image.size().z < 1) return {};
  Coarse coarse = make_coarse(image);
  context.check_cancelled();
  const Ridges ridges = find_ridges(std::move(coarse.stabilised), config.largest_radius_um);
  context.check_cancelled();
  const float high =
      std::max(float(config.threshold_noise) * ridges.median, float(config.threshold_field) * ridges.top);
  if (!(high > 0)) return {};
  std::vector<Path> paths =
      link_points(ridge_points(ridges, 0.5F * high), coarse, high, config.min_branch_um);
  std::erase_if(paths, [](const Path& p) { return length_um(p.points) < 1.5; });
  weld_ends(paths, 3.0);
  bridge_gaps(paths, coarse, ridges, std::max(0.35F * high, 0.1F * ridges.top), config.max_gap_um);
  split_at_breaks(paths, 2.2, 0.2);
  paths = without_shadows(std::move(paths));
  std::erase_if(paths, [&](const Path& p) {
    return reach_um(p.points) < config.min_branch_um || median_strength(p) < 0.8 * high;
  });
  context.check_cancelled();

  std::vector<Curve> curves;
  for (const Path& p : paths) curves.push_back(smooth_curve(resample(p.points, kStepUm), 0.8));
  const std::vector<int> parent = find_parents(curves, image);
  std::vector<Branch> branches(curves.size());
  tbb::parallel_for(size_t{0}, curves.size(), [&](size_t i) {
    context.check_cancelled();
    Branch& b = branches[i];
    b.parent = parent[i];
    const Curve c = b.parent >= 0 ? without_root(curves[i], curves[size_t(b.parent)], 1.2) : curves[i];
    b.curve = resample(extend_to_border(c, image, 2.5), kStepUm);
    if (b.curve.size() < 8) return;
    b.curve = centre_curve(image, coarse, std::move(b.curve), 3.0, 0.8, 0.4);
    const CrossSection s = cross_section(image, b.curve);
    b.radius_um = median(s.radius_um);
    b.strength = median(strength_along(ridges, coarse, b.curve)) / ridges.top;
    b.beads = std::sqrt(std::max(0.0, s.beadedness * s.beadedness - 0.5 / (s.snr * s.snr)));
    b.kept = is_dendrite(b, config);
    if (!b.kept) return;
    b.curve =
        centre_curve(image, coarse, resample(smooth_curve(b.curve, 1.0), kStepUm), 1.5, 0.6, b.radius_um);
    b.curve =
        settle_free_ends(image, std::move(b.curve), b.parent < 0 && !at_border(b.curve.front(), image, 0.5),
                         !at_border(b.curve.back(), image, 0.5));
    b.curve = resample(extend_to_border(b.curve, image, 1.5), kStepUm);
    b.kept = is_dendrite(b, config);
  });
  drop_duplicates(branches);
  join_continuations(branches, image, coarse, config);
  smooth_crossings(branches);

  std::vector<size_t> order;
  for (size_t i = 0; i < branches.size(); ++i) {
    Branch& b = branches[i];
    // over a stub that was dropped to what the stub stands on
    while (b.parent >= 0 && !branches[size_t(b.parent)].kept) b.parent = branches[size_t(b.parent)].parent;
    if (b.parent >= 0 && project(branches[size_t(b.parent)].curve, b.curve.front(), 0.5).distance_um > 5)
      b.parent = -1;
    // what is too short to stand alone may have stood on something that was no dendrite
    if (b.parent < 0 && reach_um(b.curve) < config.min_length_um) b.kept = false;
  }
  for (size_t i = 0; i < branches.size(); ++i) {
    Branch& b = branches[i];
    if (b.parent >= 0 && !branches[size_t(b.parent)].kept) b.parent = -1;
    if (b.kept) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return branches[a].curve.size() > branches[b].curve.size(); });
  std::vector<int> id(branches.size(), 0);
  for (size_t k = 0; k < order.size(); ++k) id[order[k]] = int(k) + 1;
  for (const size_t i : order)
    if (branches[i].parent >= 0) attach(branches[i], branches[size_t(branches[i].parent)]);

  Tracing out(order.size());
  tbb::parallel_for(size_t{0}, order.size(), [&](size_t k) {
    Branch& b = branches[order[k]];
    for (Vec3& p : b.curve) p = p.cwiseMax(Vec3::Zero()).cwiseMin(image.extent_um());
    const CrossSection s = cross_section(image, b.curve);
    Dendrite& d = out[k];
    d.id = id[order[k]];
    d.centreline = std::move(b.curve);
    d.radius_um = s.radius_um;
    d.parent = b.parent >= 0 ? id[size_t(b.parent)] : 0;
    d.parent_point = b.parent_point;
    d.snr = s.snr;
  });
  return out;
}

}  // namespace spinechron
