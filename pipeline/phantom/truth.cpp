#include "phantom/truth.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace spinechron {
namespace {

struct HeadSignal {
  double dprime = 0, contrast = 0, peak = 0, others = 0;
};

/// The head alone, painted into a small box, against the light of everything else there.
HeadSignal head_signal(const Vec3& head, double radius, double brightness, bool present,
                       const CleanSession& clean, const Camera& camera, const Psf& psf,
                       double photons_per_weight) {
  const Vec3& v = clean.all.voxel_um();
  const Vec3 reach(3.2 * psf.lateral_sigma_um + radius, 3.2 * psf.lateral_sigma_um + radius,
                   2.5 * psf.axial_sigma_um + radius);
  std::array<long, 3> first{}, last{};
  const std::array<size_t, 3> n{clean.all.size().x, clean.all.size().y, clean.all.size().z};
  for (int i = 0; i < 3; ++i) {
    first[size_t(i)] = std::max(0L, long(std::ceil((head[i] - reach[i]) / v[i])));
    last[size_t(i)] = std::min(long(n[size_t(i)]) - 1, long(std::floor((head[i] + reach[i]) / v[i])));
    if (first[size_t(i)] > last[size_t(i)]) return {};
  }
  Image box({size_t(last[0] - first[0] + 1), size_t(last[1] - first[1] + 1), size_t(last[2] - first[2] + 1)},
            v);
  const Vec3 origin = Vec3(double(first[0]), double(first[1]), double(first[2])).cwiseProduct(v);
  Light light;
  add_ball(light, head - origin, radius, brightness * photons_per_weight, 0.8 * psf.lateral_sigma_um);
  SliceShifts shifts;
  if (!camera.slice_shifts.empty())
    shifts.assign(camera.slice_shifts.begin() + first[2], camera.slice_shifts.begin() + last[2] + 1);
  paint(box, light, psf, shifts);
  const double level = camera.flux * camera.transmission(head, clean.all.extent_um());
  const double read = std::pow(camera.noise.read_sigma / camera.noise.gain, 2);
  HeadSignal result;
  double sum = 0;
  for (size_t z = 0; z < box.size().z; ++z)
    for (size_t y = 0; y < box.size().y; ++y)
      for (size_t x = 0; x < box.size().x; ++x) {
        const double s = box.at(x, y, z) * level;
        const size_t ix = x + size_t(first[0]), iy = y + size_t(first[1]), iz = z + size_t(first[2]);
        const double rest = std::max(1e-6, clean.all.at(ix, iy, iz) - (present ? s : 0));
        sum += s * s / (rest + read);
        if (s > result.peak) {
          result.peak = s;
          result.contrast = s / rest;
          result.others = clean.others.at(ix, iy, iz);
        }
      }
  result.dprime = std::sqrt(sum / patch_variance_factor(camera.noise));
  return result;
}

}  // namespace

std::vector<TruthRow> judge_session(const PhantomConfig& config, const Tissue& tissue,
                                    const std::vector<Neurite>& dendrites,
                                    const std::vector<SpineHistory>& spines,
                                    const std::vector<SpinePlace>& places, size_t session,
                                    const CleanSession& clean, const Camera& camera, const Psf& psf,
                                    double photons_per_weight, const FairJudge& judge) {
  const Vec3 extent = config.extent_um();
  const double vz = config.voxel_z_um;
  std::vector<TruthRow> rows;
  std::vector<HeadSignal> signals;
  for (size_t k = 0; k < spines.size(); ++k) {
    const SpineHistory& spine = spines[k];
    const SpineShape& shape = spine.shape[session];
    const SpinePlace& place = places[k];
    const Neurite& own = dendrites[size_t(shape.dendrite)];
    TruthRow row;
    row.session = session;
    row.spine = spine.id;
    row.dendrite = shape.dendrite + 1;
    row.present = spine.present[session] != 0;
    row.head_um = place.head;
    row.base_um = place.base;
    row.kind = shape.kind;
    row.head_um_diameter = 2 * shape.head_radius_um;
    row.length_um = shape.length_um;
    row.arc_um = shape.arc_um;
    row.rescues = spine.rescues;
    const Vec3& h = place.head;
    row.inside = h.x() >= 1 && h.y() >= 1 && h.x() <= extent.x() - 1 && h.y() <= extent.y() - 1 &&
                 h.z() >= 1.5 * vz && h.z() <= extent.z() - 2.5 * vz;
    const auto at = size_t(std::clamp(std::lround(shape.arc_um / kLineStep), 0L, long(own.line.size()) - 1));
    const double edge = psf.tube_half_width_um(own.radius_um[at]);
    const auto from = own.line.begin() + long(at < 60 ? 0 : at - 60);
    const auto to = own.line.begin() + long(std::min(own.line.size(), at + 60));
    row.lateral_um = project(Curve(from, to), place.tip, 0).distance_um - edge;
    const double brightness = shape.brightness * tissue.dendrites[size_t(shape.dendrite)].brightness;
    const HeadSignal signal = row.inside ? head_signal(h, shape.head_radius_um, brightness, row.present,
                                                       clean, camera, psf, photons_per_weight)
                                         : HeadSignal{};
    row.dprime = signal.dprime;
    row.contrast = signal.contrast;
    const double shaft_peak = psf.tube_peak(own.radius_um[at]) * own.brightness * photons_per_weight *
                              camera.flux * camera.transmission(place.axis, extent);
    row.shaft_share = signal.peak / shaft_peak;
    bool buried = signal.others > judge.neurite_share * signal.peak;
    for (size_t d = 0; d < dendrites.size() && !buried && row.inside && row.present; ++d) {
      if (int(d) == shape.dendrite) continue;
      const Projection p = project(dendrites[d].line, h, 0);
      const auto i =
          size_t(std::clamp(std::lround(p.arc_um / kLineStep), 0L, long(dendrites[d].line.size()) - 1));
      buried = p.distance_um < psf.tube_half_width_um(dendrites[d].radius_um[i]) + 0.3 &&
               std::abs(p.foot.z() - h.z()) < 2.5 * psf.axial_sigma_um + dendrites[d].radius_um[i];
    }
    row.visible = row.present && row.inside && !buried && row.lateral_um >= judge.lateral_um &&
                  row.dprime >= judge.dprime && row.contrast >= judge.contrast &&
                  row.shaft_share >= judge.shaft_share;
    rows.push_back(row);
    signals.push_back(signal);
  }
  for (size_t a = 0; a < rows.size(); ++a)
    for (size_t b = 0; b < rows.size() && rows[a].visible; ++b) {
      if (a == b || !rows[b].present || signals[b].peak <= signals[a].peak) continue;
      Vec3 d = rows[a].head_um - rows[b].head_um;
      d.z() /= 3;
      if (d.norm() < judge.near_brighter_um) rows[a].visible = false;
    }
  return rows;
}

}  // namespace spinechron
