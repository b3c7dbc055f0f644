#pragma once
// What an empty site reads: the same search as at a spine's site, at places of the same shell nearby that
// hold no spine.

#include <vector>

#include "evidence/evidence.hpp"

namespace spinechron {

/// Half sizes of the search box around a mapped site: the registration's and the head's own scatter.
struct SearchBox {
  double arc_um = 0.36, out_um = 0.24, depth_um = 1.0;
};

struct EmptyReading {
  double mean = 0, sd = 0;
};

/// `taken` are the sites on this side where something stands out, in order of arc. Reads within 10 um of arc.
EmptyReading empty_reading(const Evidence& evidence, const Site& site, const SearchBox& box,
                           const std::vector<Site>& taken);

}  // namespace spinechron
