#pragma once
// Paths that were cut by dim stretches, crossings or noise are made whole again.

#include <vector>

#include "segment/paths.hpp"

namespace spinechron {

/// Joins the ends of two paths that face each other across less than `max_um` (depth halved), nearest and
/// straightest first. Paths shorter than 1.5 um take no part.
void weld_ends(std::vector<Path>& paths, double max_um);

/// Lets loose ends go on along the ridge. From each end that is neither at the border of the image nor at
/// another path a least-cost path is sought within a forward cone of `max_um`; it is kept if its ridge is
/// nowhere (15% quantile) weaker than `weakest`. Reaching the end of another path joins the two, reaching its
/// side makes a branch.
void bridge_gaps(std::vector<Path>& paths, const Coarse& coarse, const Ridges& ridges, float weakest,
                 double max_um);

}  // namespace spinechron
