#include "phantom/sessions.hpp"

#include <cmath>
#include <numbers>
#include <string>

namespace spinechron {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kHardCore = 0.55;  // um between head centres of spines that are there at the same time

/// The shape in every session: the same spine, a little changed each time.
std::vector<SpineShape> change(const PhantomConfig& config, const SpineShape& shape, Random& random) {
  std::vector<SpineShape> all;
  for (size_t s = 0; s < config.sessions.size(); ++s) {
    SpineShape now = shape;
    now.head_radius_um *= std::exp(random.normal(0, config.size_change));
    now.length_um = std::max(2 * now.head_radius_um * (shape.kind == SpineClass::stubby ? 0.7 : 1.0),
                             now.length_um * std::exp(random.normal(0, 0.5 * config.size_change)));
    now.azimuth_rad += random.normal(0, config.angle_change_rad);
    now.tilt_rad += random.normal(0, config.angle_change_rad);
    now.arc_um += random.normal(0, 0.04);
    all.push_back(now);
  }
  return all;
}

class Life {
 public:
  Life(const PhantomConfig& config, const Tissue& tissue, std::uint64_t seed)
      : config_(config), tissue_(tissue), random_(seed, "spines") {}

  std::vector<SpineHistory> live() {
    double length = 0;
    for (size_t i = 0; i < tissue_.dendrites.size(); ++i) {
      const auto [a, b] = spine_range_um(tissue_, i);
      length += b - a;
    }
    const bool crowded = config_.scene == "crowded";
    const double density = config_.density_per_um * (crowded ? 2.0 : 1.0);
    const auto wanted = long(random_.poisson(density * length));
    for (long i = 0; i < wanted; ++i) {
      SpineShape shape = random_spine(tissue_, random_);
      if (crowded && !spines_.empty() && random_.chance(0.25)) {  // a close pair
        const SpineShape& near = spines_[random_.index(spines_.size())].shape[0];
        shape.dendrite = near.dendrite;
        shape.arc_um = near.arc_um + (random_.chance(0.5) ? 1 : -1) * random_.uniform(0.5, 1.0);
        shape.azimuth_rad = near.azimuth_rad + random_.normal(0, 0.3);
      }
      add(shape, 0, 0);
    }
    for (size_t s = 1; s < config_.sessions.size(); ++s) step(s);
    return std::move(spines_);
  }

 private:
  bool has_room(const SpineShape& shape, size_t session) const {
    const Vec3 head = place_spine(tissue_.dendrites[size_t(shape.dendrite)], shape).head;
    for (const auto& other : spines_)
      for (size_t s = session ? session - 1 : 0; s <= session; ++s)
        if (other.present[s] && other.shape[s].dendrite == shape.dendrite &&
            std::abs(other.shape[s].arc_um - shape.arc_um) < 3 &&
            (place_spine(tissue_.dendrites[size_t(shape.dendrite)], other.shape[s]).head - head).norm() <
                kHardCore)
          return false;
    return true;
  }

  bool add(const SpineShape& shape, size_t session, int rescues) {
    const auto [first, last] = spine_range_um(tissue_, size_t(shape.dendrite));
    if (shape.arc_um < first || shape.arc_um > last || !has_room(shape, session)) return false;
    SpineHistory spine{int(spines_.size()) + 1, rescues, std::vector<char>(config_.sessions.size(), 0), {}};
    spine.shape = change(config_, shape, random_);
    for (size_t s = session; s < spine.present.size(); ++s) spine.present[s] = 1;
    spines_.push_back(std::move(spine));
    return true;
  }

  void step(size_t s) {
    std::vector<size_t> lost;  // before this interval, and nobody stands there
    for (size_t i = 0; i < spines_.size(); ++i) {
      bool was = false, taken = false;
      for (size_t k = 0; k + 1 < s; ++k) was = was || spines_[i].present[k];
      for (const auto& other : spines_) taken = taken || other.rescues == spines_[i].id;
      if (was && !spines_[i].present[s - 1] && !taken) lost.push_back(i);
    }
    const auto [elimination, formation, rescue_share] = config_.turnover(s);
    size_t before = 0;
    for (auto& spine : spines_) {
      if (!spine.present[s - 1]) continue;
      ++before;
      if (random_.chance(elimination))
        for (size_t k = s; k < spine.present.size(); ++k) spine.present[k] = 0;
    }
    const auto formed = size_t(random_.poisson(formation * double(before)));
    for (size_t i = 0; i < formed; ++i) {
      const bool rescue = random_.chance(rescue_share);
      for (int attempt = 0; attempt < 50; ++attempt) {
        if (rescue && !lost.empty()) {
          const size_t k = random_.index(lost.size());
          const SpineHistory& old = spines_[lost[k]];
          SpineShape shape = old.shape[s];
          shape.arc_um += random_.normal(0, 0.1);
          shape.azimuth_rad += random_.normal(0, 0.2);
          shape.head_radius_um *= std::exp(random_.normal(0, 0.15));
          const bool added = add(shape, s, old.id);
          lost.erase(lost.begin() + long(k));
          if (added) break;
        } else if (add(random_spine(tissue_, random_), s, 0)) {
          break;
        }
      }
    }
  }

  const PhantomConfig& config_;
  const Tissue& tissue_;
  Random random_;
  std::vector<SpineHistory> spines_;
};

}  // namespace

std::vector<SpineHistory> live(const PhantomConfig& config, const Tissue& tissue, std::uint64_t seed) {
  return Life(config, tissue, seed).live();
}

Vec3 TissueMap::operator()(const Vec3& tissue_um) const {
  Vec3 q = session_from_tissue(tissue_um);
  for (const auto& b : bends) q += b.displacement * std::sin(b.wave.dot(tissue_um) + b.phase);
  return q;
}

Vec3 TissueMap::tissue_from_session(const Vec3& session_um) const {
  const Affine back = session_from_tissue.inverse();
  Vec3 p = back(session_um);
  for (int i = 0; i < 30; ++i) p += back.linear * (session_um - (*this)(p));
  return p;
}

TissueMap random_map(const PhantomConfig& config, size_t session, std::uint64_t seed) {
  TissueMap map;
  if (session == 0 || config.warp == "none") return map;
  const double k = config.warp == "strong" ? 2.0 : 1.0;
  Random random(seed, "map " + std::to_string(session));
  const Vec3 extent = config.extent_um();
  map.rotation_deg = Vec3(random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5), random.uniform(-3, 3)) * k;
  map.z_scale = 1 + k * random.uniform(-0.015, 0.015);
  const Vec3 rad = map.rotation_deg * kPi / 180;
  const Eigen::Matrix3d turn =
      (Eigen::AngleAxisd(rad.y(), Vec3::UnitY()) * Eigen::AngleAxisd(rad.x(), Vec3::UnitX()) *
       Eigen::AngleAxisd(rad.z(), Vec3::UnitZ()))
          .toRotationMatrix();
  const Eigen::Matrix3d linear = turn * Vec3(1, 1, map.z_scale).asDiagonal();
  Vec3 shift(random.uniform(-4, 4), random.uniform(-4, 4), random.uniform(-2, 2));
  shift = (shift * k).cwiseMin(extent / 6).cwiseMax(-extent / 6);
  map.session_from_tissue = {linear, extent / 2 - linear * (extent / 2) + shift};
  for (int i = 0; i < 5; ++i) {
    const double wavelength = random.uniform(35, 110), heading = random.uniform(0, 2 * kPi);
    map.bends.push_back(
        {Vec3(random.normal(), random.normal(), 0.8 * random.normal()) * (0.28 * k),
         Vec3(std::cos(heading), std::sin(heading), random.normal(0, 0.15)) * (2 * kPi / wavelength),
         random.uniform(0, 2 * kPi)});
  }
  return map;
}

}  // namespace spinechron
