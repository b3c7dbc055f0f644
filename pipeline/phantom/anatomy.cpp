#include "phantom/anatomy.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"
#include "phantom/neurites.hpp"

namespace spinechron {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kMargin = 10;   // um that neurites go on beyond the field, so that shifts find tissue
constexpr double kSpacing = 20;  // um between dendrites that cross the field, on average

/// A path through `middle` that runs both ways out of the field.
Curve crossing_path(const Vec3& middle, double heading, double slope, const Winding& winding,
                    const Vec3& extent, Random& random) {
  Curve back = wander(middle, heading + kPi, -slope, winding, extent, kMargin, 1e4, random);
  const Curve forward = wander(middle, heading, slope, winding, extent, kMargin, 1e4, random);
  std::reverse(back.begin(), back.end());
  if (!back.empty()) back.pop_back();
  back.insert(back.end(), forward.begin(), forward.end());
  return back;
}

bool keeps_depth(const Curve& line, const Vec3& extent) {
  const double edge = std::min(4.0, 0.2 * extent.z());
  for (const auto& p : line) {
    const bool in = p.x() > 0 && p.y() > 0 && p.x() < extent.x() && p.y() < extent.y();
    if (in && (p.z() < edge || p.z() > extent.z() - edge)) return false;
  }
  return true;
}

class Grower {
 public:
  Grower(const PhantomConfig& config, std::uint64_t seed)
      : config_(config), extent_(config.extent_um()), seed_(seed) {}

  Tissue grow() {
    // As many as keep the length of dendrite per area the same in fields of all sizes.
    const double area = extent_.x() * extent_.y();
    const auto mains = std::max<long>(1, std::lround(std::sqrt(area) / kSpacing));
    const bool tangled = config_.scene != "simple";
    Random random(seed_, "dendrites");
    const double course = random.uniform(0, 2 * kPi);  // simple: dendrites run side by side
    for (long i = 0; i < mains; ++i) add_main(tangled, i, course, random);
    if (tissue_.dendrites.empty())
      throw Error("phantom: no dendrite fits into the field: make it larger or deeper, or change seed");
    if (tangled)
      for (long i = 0; i < std::max<long>(1, mains * 2 / 3); ++i) add_branch(random);
    Random axons(seed_, "axons");
    const long n_axons = mains + (tangled ? 1 : 0);
    for (long i = 0; i < n_axons; ++i) add_axon(i % 3 == 0, axons);
    Random clutter(seed_, "clutter");
    add_out_of_focus(std::max<long>(1, mains / (config_.in_vivo() ? 1 : 2)), clutter);
    if (config_.in_vivo()) add_neuropil(area * extent_.z(), clutter);
    return std::move(tissue_);
  }

 private:
  Vec3 anywhere(double z_low, double z_high, Random& random) const {
    return {random.uniform(0.1, 0.9) * extent_.x(), random.uniform(0.1, 0.9) * extent_.y(),
            random.uniform(z_low, z_high) * extent_.z()};
  }

  void add_main(bool tangled, long number, double course, Random& random) {
    const double wanted = 0.75 * std::min(extent_.x(), extent_.y());
    for (int attempt = 0; attempt < 600; ++attempt) {
      Curve line = crossing_path(anywhere(0.3, 0.7, random),
                                 tangled ? random.uniform(0, 2 * kPi) : course + random.uniform(-0.4, 0.4),
                                 random.normal(0, 0.04), {}, extent_, random);
      if (tangled && number % 3 == 2) line.resize(size_t(double(line.size()) * random.uniform(0.55, 0.75)));
      if (length_inside_um(line, extent_) < wanted * (tangled ? 0.6 : 1) || !keeps_depth(line, extent_))
        continue;
      bool fits = true;
      for (const auto& other : tissue_.dendrites) {
        const Separation s = separation(line, other.line, extent_, 4.0);
        fits = fits && (tangled ? s.depth_um > 4.0 && s.near_length_um < 16 : s.lateral_um > 5.0);
      }
      // In a tangled scene the last third of the attempts gives up the wish that dendrites cross.
      if (fits && tangled && number == 1 && attempt < 400)
        fits = separation(line, tissue_.dendrites[0].line, extent_, 1.0).depth_um < 1e8;
      if (!fits) continue;
      const double mean = config_.thick_trunk && number == 0
                              ? random.uniform(1.0, 1.5)
                              : std::clamp(random.normal(0.42, 0.09), 0.3, 0.7);
      Neurite dendrite{Neurite::Kind::dendrite, std::move(line), {}, random.uniform(0.8, 1.2), -1};
      dendrite.radius_um = dendrite_radius(dendrite.line.size(), mean, random);
      tissue_.dendrites.push_back(std::move(dendrite));
      return;
    }
  }

  void add_branch(Random& random) {
    for (int attempt = 0; attempt < 300; ++attempt) {
      const size_t parent_index = random.index(tissue_.dendrites.size());
      const Neurite& parent = tissue_.dendrites[parent_index];
      if (parent.parent >= 0 || parent.line.size() < 100) continue;
      const size_t at = 20 + random.index(parent.line.size() - 40);
      const Vec3 root = parent.line[at];
      const Vec3 ahead = (parent.line[at + 10] - parent.line[at - 10]).normalized();
      const double turn = (random.chance(0.5) ? 1 : -1) * random.uniform(0.6, 1.2);
      const bool free_end = random.chance(0.5);
      Curve line = wander(root, std::atan2(ahead.y(), ahead.x()) + turn, random.normal(0, 0.06), {}, extent_,
                          kMargin, free_end ? random.uniform(14, 35) : 1e4, random);
      if (length_inside_um(line, extent_) < 12 || !keeps_depth(line, extent_)) continue;
      const Curve beyond(line.begin() + std::min<long>(60, long(line.size()) - 1), line.end());
      bool fits = true;
      for (size_t i = 0; i < tissue_.dendrites.size(); ++i) {
        const Separation s = separation(beyond, tissue_.dendrites[i].line, extent_, 3.0);
        fits = fits && (i == parent_index ? s.lateral_um > 3.0 : s.depth_um > 3.5);
      }
      if (!fits) continue;
      const double mean = std::max(0.25, parent.radius_um[at] * random.uniform(0.6, 0.85));
      Neurite branch{Neurite::Kind::dendrite,
                     std::move(line),
                     {},
                     parent.brightness * random.uniform(0.9, 1.1),
                     int(parent_index)};
      branch.radius_um = dendrite_radius(branch.line.size(), mean, random);
      if (free_end)
        for (size_t i = 0; i < branch.radius_um.size(); ++i)  // it tapers towards its end
          branch.radius_um[i] *= 1 - 0.35 * double(i) / double(branch.radius_um.size());
      tissue_.dendrites.push_back(std::move(branch));
      return;
    }
  }

  void add_axon(bool touching, Random& random) {
    const Winding winding{0.22, 1.2, 12};
    Vec3 middle = anywhere(0.05, 0.95, random);
    double heading = random.uniform(0, 2 * kPi);
    if (touching) {
      const Neurite& d = tissue_.dendrites[random.index(tissue_.dendrites.size())];
      const size_t at = 10 + random.index(d.line.size() - 20);
      const Vec3 ahead = (d.line[at + 5] - d.line[at - 5]).normalized();
      const Vec3 left = Vec3(-ahead.y(), ahead.x(), 0).normalized();
      const double side = random.chance(0.5) ? 1 : -1;
      middle = d.line[at] + side * (d.radius_um[at] + random.uniform(0.05, 0.4)) * left +
               Vec3(0, 0, random.normal(0, 0.5));
      // Lines thrown at random cross at an angle whose density is its sine: few run along the dendrite.
      heading = std::atan2(ahead.y(), ahead.x()) + side * std::acos(random.uniform(0, 0.97));
    }
    const Curve start = wander(middle, heading + kPi, 0, winding, extent_, kMargin, 1e4, random);
    const Curve rest = wander(middle, heading, 0, winding, extent_, kMargin, 1e4, random);
    Curve line(start.rbegin(), start.rend());
    if (!line.empty()) line.pop_back();
    const double contact = double(line.size()) * kLineStep;
    line.insert(line.end(), rest.begin(), rest.end());
    if (line.size() < 2) return;
    const bool bouton = touching && random.chance(0.6);
    Neurite axon{Neurite::Kind::axon, std::move(line), {}, random.uniform(0.6, 1.0), -1};
    axon.radius_um = axon_radius(axon.line.size(), bouton ? contact : -1, random);
    tissue_.axons.push_back(std::move(axon));
  }

  void add_out_of_focus(long count, Random& random) {
    for (long i = 0; i < count; ++i) {
      const double sigma = random.uniform(1.5, 4.0);
      const Vec3 centre = anywhere(-0.1, 1.1, random);
      tissue_.blobs.push_back({centre, sigma, random.uniform(0.003, 0.012), true});
    }
  }

  /// Cut-across neurites of other cells: single dim puncta, short dotted runs, granular clumps, and a fine
  /// grain that no one can count.
  void add_neuropil(double volume, Random& random) {
    auto box = [&] {
      return Vec3(random.uniform(0, extent_.x()), random.uniform(0, extent_.y()),
                  random.uniform(0, extent_.z()));
    };
    auto punctum = [&](const Vec3& at, double low, double high) {
      tissue_.blobs.push_back({at, random.uniform(0.12, 0.35), random.uniform(low, high), false});
    };
    for (long i = 0; i < long(volume / 1200); ++i) punctum(box(), 0.2, 1.0);
    for (long i = 0; i < long(volume / 12000); ++i) {
      Vec3 p = box();
      double heading = random.uniform(0, 2 * kPi);
      for (size_t k = 0, n = 4 + random.index(8); k < n; ++k) {
        punctum(p, 0.15, 0.6);
        heading += random.normal(0, 0.3);
        p += random.uniform(0.4, 1.0) * Vec3(std::cos(heading), std::sin(heading), random.normal(0, 0.4));
      }
    }
    for (long i = 0; i < long(volume / 10000); ++i) {
      const Vec3 centre = box();
      for (size_t k = 0, n = 6 + random.index(16); k < n; ++k)
        punctum(centre + Vec3(random.normal(0, 1.0), random.normal(0, 0.8), random.normal(0, 1.0)), 0.15,
                0.6);
    }
    for (long i = 0; i < long(volume / 40); ++i) punctum(box(), 0.01, 0.08);
  }

  const PhantomConfig& config_;
  Vec3 extent_;
  std::uint64_t seed_;
  Tissue tissue_;
};

}  // namespace

Tissue grow_tissue(const PhantomConfig& config, std::uint64_t seed) {
  return Grower(config, seed).grow();
}

std::pair<double, double> spine_range_um(const Tissue& tissue, size_t dendrite) {
  const Neurite& d = tissue.dendrites[dendrite];
  const double first = d.parent >= 0 ? tissue.dendrites[size_t(d.parent)].radius_um[0] + 1.0 : 0.5;
  return {first, std::max(first, double(d.line.size() - 1) * kLineStep - 0.8)};
}

SpineShape random_spine(const Tissue& tissue, Random& random) {
  double total = 0;
  for (size_t i = 0; i < tissue.dendrites.size(); ++i) {
    const auto [a, b] = spine_range_um(tissue, i);
    total += b - a;
  }
  double pick = random.uniform(0, total);
  SpineShape s;
  for (size_t i = 0; i < tissue.dendrites.size(); ++i) {
    const auto [a, b] = spine_range_um(tissue, i);
    s.dendrite = int(i);
    s.arc_um = a + std::min(pick, b - a);
    if (pick < b - a) break;
    pick -= b - a;
  }
  s.azimuth_rad = random.uniform(0, 2 * kPi);
  s.tilt_rad = random.normal(0, 0.25);
  const double kind = random.uniform();
  auto bounded = [&](double mean, double sigma, double low, double high) {
    return std::clamp(random.normal(mean, sigma), low, high);
  };
  if (kind < 0.35) {
    s.kind = SpineClass::mushroom;
    s.head_radius_um = bounded(0.31, 0.05, 0.24, 0.45);
    s.length_um = std::max(2 * s.head_radius_um + 0.25, bounded(1.5, 0.25, 1.0, 2.2));
    s.neck_radius_um = random.uniform(0.07, 0.13);
  } else if (kind < 0.75) {
    s.kind = SpineClass::thin;
    s.head_radius_um = bounded(0.20, 0.03, 0.14, 0.26);
    s.length_um = std::max(2 * s.head_radius_um + 0.2, bounded(0.98, 0.42, 0.6, 2.0));
    s.neck_radius_um = random.uniform(0.05, 0.10);
  } else if (kind < 0.92) {
    s.kind = SpineClass::stubby;
    s.head_radius_um = bounded(0.27, 0.04, 0.2, 0.36);
    s.length_um = bounded(0.65, 0.12, 0.45, 0.9);
    s.neck_radius_um = 0.7 * s.head_radius_um;
  } else {
    s.kind = SpineClass::filopodium;
    s.head_radius_um = random.uniform(0.09, 0.14);
    s.length_um = random.uniform(1.8, 4.0);
    s.neck_radius_um = random.uniform(0.06, 0.09);
  }
  s.bend_um = random.normal(0, 0.08) * s.length_um;
  s.brightness = std::exp(random.normal(0, 0.15));
  return s;
}

SpinePlace place_spine(const Neurite& dendrite, const SpineShape& shape) {
  const auto n = dendrite.line.size();
  const auto i = size_t(std::clamp(std::lround(shape.arc_um / kLineStep), 0L, long(n) - 1));
  const Vec3 ahead = (dendrite.line[std::min(n - 1, i + 3)] - dendrite.line[i < 3 ? 0 : i - 3]).normalized();
  const Vec3 left = Vec3(-ahead.y(), ahead.x(), 0).normalized();
  const Vec3 deep = ahead.cross(left);
  const Vec3 out =
      (std::cos(shape.azimuth_rad) * left + std::sin(shape.azimuth_rad) * deep) * std::cos(shape.tilt_rad) +
      std::sin(shape.tilt_rad) * ahead;
  const double r = dendrite.radius_um[i];
  SpinePlace p;
  p.axis = at_arc(dendrite.line, kLineStep, shape.arc_um);
  p.base = p.axis + r * out;
  p.tip = p.base + shape.length_um * out;
  p.head = p.tip - shape.head_radius_um * out;
  const Vec3 aside = out.cross(ahead).normalized() * shape.bend_um;
  for (int k = 0; k <= 8; ++k) {
    const double t = k / 8.0;
    p.neck.push_back(p.axis + 0.8 * r * out + t * (p.head - p.axis - 0.8 * r * out) +
                     4 * t * (1 - t) * aside);
  }
  return p;
}

}  // namespace spinechron
