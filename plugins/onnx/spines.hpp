#pragma once
// From a map of spine probability to spines beside dendrites.

#include <vector>

#include "grid.hpp"
#include "spinechron_plugin.hpp"

struct SpineRules {
  double threshold = 0.5;        ///< least probability of a peak
  double min_distance_um = 0.4;  ///< between two peaks; the higher one stays
  double max_reach_um = 3;       ///< from the dendrite's edge to the head
};

/// Peaks of `probability` as candidates beside the nearest dendrite of `frame`, in order of dendrite and arc.
/// A peak inside a dendrite's radius is no spine. `stack` gives the brightness.
std::vector<spinechron::sdk::Candidate> spines_from_map(const Grid& probability, const sc_stack& stack,
                                                        const sc_frame& frame, const SpineRules& rules);
