#pragma once
// All sessions of a series scored jointly: for every place where any session shows a spine, the evidence is
// read at the mapped place in every session (astronomers call it forced photometry), and what the image says
// there decides between present, absent and cannot tell.

#include <memory>

#include "core/stage.hpp"

namespace spinechron {

struct MatchConfig {
  double min_p = 0.50;      ///< a place counts as a spine's from this probability on
  double verdict_p = 0.55;  ///< a state is called from this probability on
  double gate_um = 0.7;
  double border_um = 0.6;

  void declare(Params& params);
};

std::vector<Track> match_jointly(const std::vector<const Stack*>& stacks, const std::vector<Frame>& frames,
                                 const std::vector<std::vector<Candidate>>& candidates,
                                 const MatchConfig& config, const Context& context);

/// The stage "joint".
std::unique_ptr<Matcher> make_joint_stage();

}  // namespace spinechron
