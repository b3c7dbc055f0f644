#include "match/link.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace spinechron {
namespace {

// Half widths of the gate beside the arc's: the edge's and the head's own scatter between sessions, and depth
// at a third of the lateral resolution.
constexpr double kOutUm = 0.5, kDepthUm = 1.7;
constexpr double kFarthestUm = 3.0;  // beyond, no registration error makes two sightings one spine

double distance2(const Place& a, const Place& b, double gate_um) {
  const double slack = 2 * std::hypot(a.arc_error_um, b.arc_error_um);
  const double arc = (a.ref_arc_um - b.ref_arc_um) / std::hypot(gate_um, slack),
               out = (a.out_um - b.out_um) / kOutUm, depth = (a.depth_um - b.depth_um) / kDepthUm;
  if (std::max({std::abs(arc), std::abs(out), std::abs(depth)}) > 1.3) return 1e9;
  return arc * arc + out * out + depth * depth;
}

bool share_a_session(const Place& a, const Place& b) {
  return std::any_of(a.sightings.begin(), a.sightings.end(),
                     [&](const Sighting& s) { return b.in(s.session); });
}

}  // namespace

void Place::settle() {
  double total = 0;
  ref_arc_um = out_um = depth_um = arc_error_um = 0;
  for (const Sighting& s : sightings) {
    const double w = std::max(s.strength, 1e-3);
    total += w;
    ref_arc_um += w * s.ref_arc_um;
    out_um += w * s.here.out_um;
    depth_um += w * s.here.depth_um;
    arc_error_um = std::max(arc_error_um, s.arc_error_um);
  }
  ref_arc_um /= total;
  out_um /= total;
  depth_um /= total;
}

const Sighting* Place::in(size_t session) const {
  for (const Sighting& s : sightings)
    if (s.session == session) return &s;
  return nullptr;
}

std::vector<Place> link(std::vector<Sighting> sightings, double gate_um) {
  // The result must not depend on the order in which sightings arrive.
  std::sort(sightings.begin(), sightings.end(), [](const Sighting& a, const Sighting& b) {
    return std::tie(a.dendrite, a.ref_arc_um, a.here.side, a.here.out_um, a.here.depth_um) <
           std::tie(b.dendrite, b.ref_arc_um, b.here.side, b.here.out_um, b.here.depth_um);
  });
  std::vector<Place> places;
  for (const Sighting& s : sightings) {
    Place p;
    p.dendrite = s.dendrite;
    p.side = s.here.side;
    p.sightings = {s};
    p.settle();
    places.push_back(std::move(p));
  }
  for (;;) {
    // Places are in order of arc: only neighbours within the gate need a look.
    double best = 3.0;  // squared distance in units of the gate's half widths
    size_t a = places.size(), b = a;
    for (size_t i = 0; i < places.size(); ++i)
      for (size_t j = i + 1; j < places.size(); ++j) {
        if (places[j].dendrite != places[i].dendrite ||
            places[j].ref_arc_um - places[i].ref_arc_um > kFarthestUm)
          break;
        if (places[i].side != places[j].side || share_a_session(places[i], places[j])) continue;
        const double d = distance2(places[i], places[j], gate_um);
        if (d < best) {
          best = d;
          a = i;
          b = j;
        }
      }
    if (a == places.size()) return places;
    Place merged = places[a];
    merged.sightings.insert(merged.sightings.end(), places[b].sightings.begin(), places[b].sightings.end());
    merged.settle();
    places.erase(places.begin() + static_cast<std::ptrdiff_t>(b));
    places.erase(places.begin() + static_cast<std::ptrdiff_t>(a));
    const auto at =
        std::lower_bound(places.begin(), places.end(), merged, [](const Place& x, const Place& y) {
          return std::tie(x.dendrite, x.ref_arc_um) < std::tie(y.dendrite, y.ref_arc_um);
        });
    places.insert(at, std::move(merged));
  }
}

}  // namespace spinechron
