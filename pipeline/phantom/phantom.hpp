#pragma once
// A longitudinal phantom: the stacks of all sessions of one sample, and the exact truth about them.

#include <functional>
#include <string>
#include <vector>

#include "phantom/camera.hpp"
#include "phantom/config.hpp"
#include "phantom/sessions.hpp"
#include "phantom/truth.hpp"

namespace spinechron {

/// A neurite's course in one session, um in that session's frame.
struct TruthLine {
  size_t session = 0;
  int number = 0;  ///< dendrites 1, 2, ... as in TruthRow; axons count on from there
  Neurite::Kind kind = Neurite::Kind::dendrite;
  Curve line;
  std::vector<double> radius_um;
};

/// All that is known about one sample's phantom; `sessions[i].counts` is handed to the caller's sink and not
/// kept.
struct PhantomTruth {
  std::vector<TruthRow> spines;  ///< session by session, in the order of id
  std::vector<TruthLine> lines;
  std::vector<Camera> cameras;
  std::vector<TissueMap> maps;
  Psf psf;
};

/// Makes one sample of one subject. Every session's stack goes to `sink` as soon as it is there, in the
/// order of time; throws what the sink throws. `config` must have passed check().
PhantomTruth make_phantom(const PhantomConfig& config, int subject, int sample,
                          const std::function<void(size_t session, Image counts)>& sink);

}  // namespace spinechron
