#include "core/geometry.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spinechron {

std::vector<double> arcs_um(const Curve& curve) {
  std::vector<double> arcs(curve.size(), 0.0);
  for (size_t i = 1; i < curve.size(); ++i) arcs[i] = arcs[i - 1] + (curve[i] - curve[i - 1]).norm();
  return arcs;
}

double length_um(const Curve& curve) {
  return curve.empty() ? 0.0 : arcs_um(curve).back();
}

Curve resample(const Curve& curve, double step_um) {
  const std::vector<double> arcs = arcs_um(curve);
  Curve out;
  out.reserve(static_cast<size_t>(arcs.back() / step_um) + 1);
  size_t i = 0;
  for (size_t n = 0; n * step_um <= arcs.back(); ++n) {
    const double arc = static_cast<double>(n) * step_um;
    while (i + 2 < curve.size() && arcs[i + 1] <= arc) ++i;
    if (i + 1 >= curve.size()) {
      out.push_back(curve.back());
      break;
    }
    const double span = arcs[i + 1] - arcs[i];
    const double t = span > 0 ? std::clamp((arc - arcs[i]) / span, 0.0, 1.0) : 0.0;
    out.push_back(curve[i] + t * (curve[i + 1] - curve[i]));
  }
  return out;
}

Vec3 at_arc(const Curve& curve, double step_um, double arc_um) {
  const double x = std::clamp(arc_um / step_um, 0.0, static_cast<double>(curve.size() - 1));
  const size_t i = std::min(static_cast<size_t>(x), curve.size() - 1);
  const size_t j = std::min(i + 1, curve.size() - 1);
  return curve[i] + (x - static_cast<double>(i)) * (curve[j] - curve[i]);
}

Projection project(const Curve& curve, const Vec3& point, double z_weight) {
  const Vec3 scale(1, 1, z_weight);
  Projection best;
  best.distance_um = std::numeric_limits<double>::infinity();
  double arc = 0;
  for (size_t i = 0; i < curve.size(); ++i) {
    const Vec3 a = curve[i];
    const Vec3 b = i + 1 < curve.size() ? curve[i + 1] : a;
    const Vec3 along = (b - a).cwiseProduct(scale);
    const Vec3 off = (point - a).cwiseProduct(scale);
    const double span2 = along.squaredNorm();
    const double t = span2 > 0 ? std::clamp(off.dot(along) / span2, 0.0, 1.0) : 0.0;
    const double distance = (off - t * along).norm();
    const double step = (b - a).norm();
    if (distance < best.distance_um) best = {arc + t * step, distance, a + t * (b - a)};
    arc += step;
  }
  return best;
}

}  // namespace spinechron
