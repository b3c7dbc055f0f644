#pragma once
// Registration of all sessions of a series on the shafts alone: spines never lead, so that a lost or new one
// cannot pull the warp that is to show it.
//
// 1. Rigid starts between all sessions, from their projections. The session that all others resemble most is
// the reference, whatever its place in time: a series that runs backwards is registered in the same way.
// 2. The reference's dendrites are carried into each session: shifted in depth, moved onto the ridge there, a
// robust affine fit of all dendrites together, moved again from that prediction. Dendrites that only other
// sessions traced join in.
// 3. Along each dendrite: see slide.hpp.
// 4. A session is refused, with the reason, when its projection does not correlate, or when thickness and
// surroundings of the carried shafts agree no better than other tissue's would (see slide.hpp); then all is
// done again without it. A reference that no other session resembles may itself be the stranger: then the
// next session serves.
// The frame of the series is that of its first usable session.

#include <memory>

#include "core/stage.hpp"

namespace spinechron {

struct AlignConfig {
  double max_rotation_deg = 8;
  double max_depth_shift_um = 10;
  double slide_reach_um = 3.6;
  double min_correlation = 0.12;
  double min_dendrite_um = 8;

  void declare(Params& params);
};

std::vector<Frame> align_on_shafts(const std::vector<const Stack*>& stacks,
                                   const std::vector<Tracing>& tracings, const AlignConfig& config,
                                   const Context& context);

/// The stage "shafts".
std::unique_ptr<Aligner> make_shafts_stage();

}  // namespace spinechron
