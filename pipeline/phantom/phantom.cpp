#include "phantom/phantom.hpp"

#include <algorithm>
#include <set>

#include "phantom/optics.hpp"

namespace spinechron {
namespace {

Neurite carry(const Neurite& tissue, const TissueMap& map) {
  Neurite moved = tissue;
  for (auto& p : moved.line) p = map(p);
  return moved;
}

SpinePlace carry(const SpinePlace& tissue, const TissueMap& map) {
  SpinePlace moved{map(tissue.axis), map(tissue.base), map(tissue.head), map(tissue.tip), tissue.neck};
  for (auto& p : moved.neck) p = map(p);
  return moved;
}

/// What there is of each neurite near the field: painting the rest would cost time and show nothing.
void add_near_field(Light& light, const Neurite& n, const Vec3& extent, double spacing) {
  Curve line;
  std::vector<double> radius;
  auto flush = [&] {
    if (line.size() > 1) add_tube(light, line, radius, n.brightness, spacing);
    line.clear();
    radius.clear();
  };
  for (size_t i = 0; i < n.line.size(); ++i) {
    const Vec3& p = n.line[i];
    const bool near = p.x() > -3 && p.y() > -3 && p.z() > -6 && p.x() < extent.x() + 3 &&
                      p.y() < extent.y() + 3 && p.z() < extent.z() + 6;
    if (!near) {
      flush();
      continue;
    }
    line.push_back(p);
    radius.push_back(n.radius_um[i]);
  }
  flush();
}

void drop_never_shown(std::vector<TruthRow>& rows) {
  std::set<int> shown;
  for (const auto& r : rows)
    if (r.inside) shown.insert(r.spine);
  std::erase_if(rows, [&](const TruthRow& r) { return !shown.contains(r.spine); });
}

}  // namespace

PhantomTruth make_phantom(const PhantomConfig& config, int subject, int sample,
                          const std::function<void(size_t, Image)>& sink) {
  const std::uint64_t seed =
      std::uint64_t(config.seed) * 1000003ULL + std::uint64_t(subject) * 1009ULL + std::uint64_t(sample);
  const Tissue tissue = grow_tissue(config, seed);
  const std::vector<SpineHistory> spines = live(config, tissue, seed);
  const Vec3 extent = config.extent_um();
  PhantomTruth truth;
  truth.psf = {config.psf_lateral_sigma_um, config.psf_axial_sigma_um, config.in_vivo() ? 0.48 : 0.0};
  const double spacing = 0.8 * config.psf_lateral_sigma_um;
  const double photons_per_weight = config.peak_photons() / truth.psf.tube_peak(0.5);

  for (size_t s = 0; s < config.sessions.size(); ++s) {
    const TissueMap map = random_map(config, s, seed);
    const Camera camera = random_camera(config, s, seed);
    std::vector<Neurite> dendrites;
    std::vector<SpinePlace> places;
    Light own, others;
    for (const auto& d : tissue.dendrites) {
      dendrites.push_back(carry(d, map));
      add_near_field(own, dendrites.back(), extent, spacing);
    }
    for (const auto& spine : spines) {
      const SpineShape& shape = spine.shape[s];
      const Neurite& dendrite = tissue.dendrites[size_t(shape.dendrite)];
      places.push_back(carry(place_spine(dendrite, shape), map));
      if (!spine.present[s]) continue;
      const double brightness = shape.brightness * dendrite.brightness;
      const SpinePlace& place = places.back();
      add_tube(own, place.neck, std::vector<double>(place.neck.size(), shape.neck_radius_um), brightness,
               spacing);
      add_ball(own, place.head, shape.head_radius_um, brightness, spacing);
    }
    for (const auto& a : tissue.axons) {
      const Neurite axon = carry(a, map);
      add_near_field(others, axon, extent, spacing);
      truth.lines.push_back({s, int(tissue.dendrites.size() + size_t(&a - tissue.axons.data())) + 1,
                             Neurite::Kind::axon, axon.line, axon.radius_um});
    }
    for (Blob blob : tissue.blobs) {
      blob.centre = map(blob.centre);
      add_blob(others, blob, spacing);
    }
    for (auto* light : {&own, &others})
      for (auto& p : *light) p.weight *= photons_per_weight;
    CleanSession clean{Image(config.size(), config.voxel_um()), Image(config.size(), config.voxel_um())};
    paint(clean.others, others, truth.psf, camera.slice_shifts);
    clean.all = clean.others.clone();
    paint(clean.all, own, truth.psf, camera.slice_shifts);
    const Image core = clean.all.clone();
    add_tails(clean.all, core, truth.psf);
    expose(clean.all, camera);
    Camera no_background = camera;
    no_background.background = 0;
    expose(clean.others, no_background);

    const auto rows = judge_session(config, tissue, dendrites, spines, places, s, clean, camera, truth.psf,
                                    photons_per_weight);
    truth.spines.insert(truth.spines.end(), rows.begin(), rows.end());
    for (size_t d = 0; d < dendrites.size(); ++d)
      truth.lines.push_back(
          {s, int(d) + 1, Neurite::Kind::dendrite, dendrites[d].line, dendrites[d].radius_um});
    clean.others = Image();
    Random noise(seed, "noise " + std::to_string(s));
    sink(s, detect_counts(clean.all, camera, noise));
    truth.maps.push_back(map);
    truth.cameras.push_back(camera);
  }
  drop_never_shown(truth.spines);
  return truth;
}

}  // namespace spinechron
