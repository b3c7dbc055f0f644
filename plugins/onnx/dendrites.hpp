#pragma once
// From a map of dendrite probability to traced dendrites.

#include <functional>
#include <vector>

#include "grid.hpp"
#include "spinechron_plugin.hpp"

struct DendriteRules {
  double threshold = 0.5;    ///< least probability of a dendrite's voxel
  double min_length_um = 4;  ///< of a dendrite or branch; what is shorter (a spine, a speck) is left out
};

/// Centrelines of everything in `probability` above the threshold, branches after what they branch off. In
/// each connected piece the path between its farthest ends comes first, then again and again the farthest end
/// that no path has come near; paths keep to the middle, since a step near the edge costs more (after TEASAR:
/// Sato, Bitter, Bender, Kaufman & Nakajima, Pacific Graphics 2000). Radii are distances to the edge within
/// the slice, where blur does not stretch them. `stack` gives the signal over noise. `between` is called now
/// and then.
std::vector<spinechron::sdk::Dendrite> dendrites_from_map(const Grid& probability, const sc_stack& stack,
                                                          const DendriteRules& rules,
                                                          const std::function<void()>& between);
