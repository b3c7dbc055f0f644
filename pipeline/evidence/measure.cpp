#include "evidence/measure.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron {
namespace {

constexpr double kFwhm = 2.354820045;  // full width at half maximum of a Gaussian, in standard deviations

// Distance from the peak to half of it in one direction of the (arc, out) grid, um; a quarter more than the
// blur's own where it does not fall that far within `reach`.
double half_width_um(const Block& e, int level, int arc, int out, int di, int dj, double peak,
                     double reach_um) {
  const int steps = static_cast<int>(reach_um / kStepUm);
  double last = peak;
  for (int n = 1; n <= steps; ++n) {
    const int i = arc + n * di, j = out + n * dj;
    if (i < 0 || i >= e.arcs || j < 0 || j >= e.width || !std::isfinite(e.at(level, i, j))) break;
    const double v = e.at(level, i, j);
    if (v <= 0.5 * peak) return (n - 1 + (last - 0.5 * peak) / std::max(last - v, 1e-9)) * kStepUm;
    last = v;
  }
  return reach_um;
}

double fill(double radius_um, const Optics& blur) {
  return std::erf(radius_um / (M_SQRT2 * blur.lateral_sigma_um)) *
         std::erf(radius_um / (M_SQRT2 * blur.axial_sigma_um));
}

}  // namespace

Optics blur_of_evidence(const Optics& optics) {
  const double sigmas = EvidenceFilter(optics).blur_sigmas;
  return {optics.lateral_sigma_um * sigmas, optics.axial_sigma_um * sigmas};
}

SpineClass classify(double length_um, double head_um, double neck_um) {
  if (!std::isfinite(length_um) || !std::isfinite(head_um)) return SpineClass::unknown;
  if (!std::isfinite(neck_um)) return SpineClass::stubby;
  if (length_um >= 2 && length_um / neck_um > 3 && head_um / neck_um < 1.2) return SpineClass::filopodium;
  if (length_um < 1.0 && head_um / neck_um < 1.1) return SpineClass::stubby;
  return head_um >= 0.6 ? SpineClass::mushroom : SpineClass::thin;
}

SpineMeasures measure_empty(const Evidence& evidence, const Site& site, double excess, double snr) {
  SpineMeasures m;
  Site base = site;
  base.out_um = 0;
  base.depth_um = 0;
  m.head_um = evidence.position(site);
  m.base_um = evidence.position(base);
  m.brightness = excess;
  m.snr = snr;
  return m;
}

SpineMeasures measure_spine(const Evidence& evidence, const Optics& optics, const Site& site, double excess,
                            double snr) {
  SpineMeasures m = measure_empty(evidence, site, excess, snr);
  if (!(excess > 0)) return m;
  const Optics blur = blur_of_evidence(optics);
  const Block& e = evidence.excess(site.side);
  const auto& depths = evidence.depths_um();
  const double dz = depths.size() > 1 ? depths[1] - depths[0] : 1.0;
  const int level =
      std::clamp(static_cast<int>(std::lround((site.depth_um - depths[0]) / dz)), 0, e.levels - 1);
  const int arc = std::clamp(static_cast<int>(std::lround(site.arc_um / kStepUm)), 0, e.arcs - 1);
  const int out = std::clamp(static_cast<int>(std::lround((site.out_um - Evidence::out_um(0)) / kStepUm)), 0,
                             e.width - 1);

  // Never narrower than the blur, never wider than it and a head of 1.2 um.
  const double narrow = blur.lateral_sigma_um, wide = std::hypot(blur.lateral_sigma_um, 1.2 / kFwhm);
  const double reach = wide * kFwhm / 2;
  const double along = half_width_um(e, level, arc, out, -1, 0, excess, reach) +
                       half_width_um(e, level, arc, out, 1, 0, excess, reach);
  const double outward = 2 * half_width_um(e, level, arc, out, 0, 1, excess, reach);
  const double sigma_arc = std::clamp(along / kFwhm, narrow, wide),
               sigma_out = std::clamp(outward / kFwhm, narrow, wide);
  const double edge = evidence.edge_um(site.side)[size_t(arc)];
  const double dye = fill(edge, blur);  // the shaft's brightness over the dye's
  m.volume_um3 = excess * dye * std::pow(2 * M_PI, 1.5) * sigma_arc * sigma_out * blur.axial_sigma_um;
  m.head_diameter_um = std::cbrt(6 * m.volume_um3 / M_PI);
  const double base_to_head = (m.head_um - m.base_um).norm();
  m.length_um = base_to_head + m.head_diameter_um / 2;

  const double neck_length = site.out_um - m.head_diameter_um / 2;
  if (neck_length > 2 * kStepUm) {
    const int middle = static_cast<int>(std::lround((0.5 * neck_length - Evidence::out_um(0)) / kStepUm));
    double seen = 0;
    for (int i = std::max(0, arc - 3); i <= std::min(e.arcs - 1, arc + 3); ++i)
      for (int k = std::min(level, e.levels / 2); k <= std::max(level, e.levels / 2); ++k)
        if (std::isfinite(e.at(k, i, middle))) seen = std::max<double>(seen, e.at(k, i, middle));
    const double area = std::min(seen, excess) * dye * 2 * M_PI * blur.lateral_sigma_um * blur.axial_sigma_um;
    m.neck_diameter_um = 2 * std::sqrt(area / M_PI);
    if (m.neck_diameter_um >= m.head_diameter_um) m.neck_diameter_um = m.head_diameter_um;
  }
  m.kind = classify(m.length_um, m.head_diameter_um, m.neck_diameter_um);
  return m;
}

}  // namespace spinechron
