#include "core/frame_arc.hpp"

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

}  // namespace spinechron
