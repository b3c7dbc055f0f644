#include "report/chance.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron::report {

Stretches shared_stretches(const SeriesResult& result, size_t d, size_t session_a, size_t session_b) {
  const Frame& a = result.sessions[session_a].frame;
  const Frame& b = result.sessions[session_b].frame;
  Stretches out;
  if (!a.usable || !b.usable || d >= a.arc_from_reference.size() || d >= b.arc_from_reference.size())
    return out;
  const std::vector<double>& in_a = a.arc_from_reference[d];
  const std::vector<double>& in_b = b.arc_from_reference[d];
  const size_t n = std::min(in_a.size(), in_b.size());
  for (size_t i = 0; i < n; ++i) {
    if (std::isnan(in_a[i]) || std::isnan(in_b[i])) continue;
    size_t last = i;
    while (last + 1 < n && !std::isnan(in_a[last + 1]) && !std::isnan(in_b[last + 1])) ++last;
    if (last > i)
      out.emplace_back(static_cast<double>(i) * a.arc_step_um, static_cast<double>(last) * a.arc_step_um);
    i = last;
  }
  return out;
}

double chance_of_rescue(const Stretches& stretches, const std::vector<Site>& lost, double within_um) {
  double total = 0, covered = 0;
  for (const auto& [from, to] : stretches) total += 2 * (to - from);
  if (!(total > 0)) return 0;
  for (Side side : {Side::left, Side::right}) {
    std::vector<double> arcs;
    for (const Site& s : lost)
      if (s.side == side) arcs.push_back(s.arc_um);
    std::sort(arcs.begin(), arcs.end());
    for (const auto& [from, to] : stretches) {
      double reached = from;  // everything before is counted
      for (double arc : arcs) {
        const double a = std::max(arc - within_um, reached), b = std::min(arc + within_um, to);
        if (b > a) {
          covered += b - a;
          reached = b;
        }
      }
    }
  }
  return covered / total;
}

}  // namespace spinechron::report
