#pragma once
// Where along the dendrite spines are lost and gained: rescue at growing distances, and clustering, each
// against chance.

#include "core/result.hpp"
#include "report/rates.hpp"
#include "report/table.hpp"

namespace spinechron::report {

/// The distances of a rescue sweep.
inline constexpr double kRescueDistances_um[] = {0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0};

/// For each interval, dendrite (then `all`) and each distance: how many formed spines stand that near to an
/// empty lost site (same dendrite, same side), how many to expect by chance, and the probability of as many
/// or more if every formed spine stood anywhere on the dendrite that both sessions show (independent
/// placements, exact).
Table rescue_sweep_table(const SeriesResult& result);

/// Probability of `n_found` or more events among independent ones of these probabilities; NaN for none.
double chance_of_as_many(int n_found, const std::vector<double>& chances);

/// For each interval, lost and gained spines: mean distance along the dendrite to the nearest other one of
/// the same kind (same dendrite, either side), against shuffled positions: lost ones drawn anew from the
/// spines that were there, gained ones put anywhere on the dendrite that both sessions show, each dendrite
/// keeping its number. `p_clustered` is the share of 2000 shuffles (fixed seed) with as small a mean or
/// smaller. n/a where no dendrite has two.
Table clustering_table(const SeriesResult& result, const std::vector<Event>& events);

}  // namespace spinechron::report
