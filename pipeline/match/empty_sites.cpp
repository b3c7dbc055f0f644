#include "match/empty_sites.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron {

EmptyReading empty_reading(const Evidence& evidence, const Site& site, const SearchBox& box,
                           const std::vector<Site>& taken) {
  constexpr double kReachUm = 10.0, kStrideUm = 0.72, kClearUm = 1.2;
  std::vector<float> values;
  double sigma_sum = 0;
  for (double reach = kReachUm; values.size() < 8 && reach < 50; reach *= 2) {
    values.clear();
    sigma_sum = 0;
    for (double off = -reach; off <= reach; off += kStrideUm) {
      Site there = site;
      there.arc_um += off;
      const auto near = std::lower_bound(taken.begin(), taken.end(), there.arc_um - kClearUm,
                                         [](const Site& a, double arc_um) { return a.arc_um < arc_um; });
      if (near != taken.end() && near->arc_um < there.arc_um + kClearUm) continue;
      const int arc = static_cast<int>(std::lround(there.arc_um / kStepUm));
      if (arc < 0 || arc >= evidence.arcs() || evidence.hidden(arc)) continue;
      const Reading r = evidence.read(there, box.arc_um, box.out_um, box.depth_um);
      if (!r.valid()) continue;
      values.push_back(static_cast<float>(r.excess));
      sigma_sum += r.sigma;
    }
  }
  EmptyReading out;
  if (values.size() < 4) {
    // Nothing to learn from: the largest of some ten independent looks at noise.
    const Reading r = evidence.read(site, 0, 0, 0);
    const double s = r.valid() ? r.sigma : evidence.floor();
    return {1.5 * s, s};
  }
  const double typical_sigma = sigma_sum / double(values.size());
  const double low = quantile(values, 0.16), middle = quantile(values, 0.5), high = quantile(values, 0.84);
  out.mean = middle;
  // The wider side: clutter is skewed to the bright. Never less than the voxel noise that the search's
  // maximum leaves.
  out.sd = std::max({middle - low, high - middle, 0.6 * typical_sigma});
  return out;
}

}  // namespace spinechron
