#include "core/frame_arc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spinechron {

double reference_arc(const Frame& frame, size_t dendrite, double arc_um) {
  const auto& map = frame.arc_from_reference[dendrite];
  size_t last = map.size();
  for (size_t i = 0; i < map.size(); ++i) {
    if (!std::isfinite(map[i])) continue;
    if (map[i] >= arc_um) {
      if (last == map.size())
        return map[i] - arc_um < 0.5 ? double(i) * frame.arc_step_um
                                     : std::numeric_limits<double>::quiet_NaN();
      const double f = map[i] > map[last] ? (arc_um - map[last]) / (map[i] - map[last]) : 0.0;
      return (double(last) + f * double(i - last)) * frame.arc_step_um;
    }
    last = i;
  }
  if (last < map.size() && arc_um - map[last] < 0.5) return double(last) * frame.arc_step_um;
  return std::numeric_limits<double>::quiet_NaN();
}

double session_arc(const Frame& frame, size_t dendrite, double ref_arc_um) {
  const auto& map = frame.arc_from_reference[dendrite];
  if (map.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double x = std::max(ref_arc_um / frame.arc_step_um, 0.0);
  const auto i = std::min(static_cast<size_t>(x), map.size() - 1);
  const size_t j = std::min(i + 1, map.size() - 1);
  return map[i] + (x - double(i)) * (map[j] - map[i]);
}

double nearest_arc(const Frame& frame, size_t dendrite, const Vec3& point) {
  const Curve& curve = frame.dendrites[dendrite].centreline;
  const std::vector<double> along = arcs_um(curve);
  const double foot = project(curve, point).arc_um;
  const auto after = std::upper_bound(along.begin(), along.end(), foot);
  if (after == along.end()) return double(curve.size() - 1) * frame.arc_step_um;
  const auto before = std::prev(after);
  return (double(before - along.begin()) + (foot - *before) / (*after - *before)) * frame.arc_step_um;
}

}  // namespace spinechron
