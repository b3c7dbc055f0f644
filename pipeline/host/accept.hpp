#pragma once
// What a plugin hands in, checked to the last number and copied into the program's own types. Every function
// throws Error with a sentence on what was handed in and what would be right; the caller adds plugin and
// stage. So that garbage ends its own series here, and no step behind it needs to expect any.

#include "core/stage.hpp"
#include "spinechron_plugin.h"

namespace spinechron::host {

/// Spacing at which a plugin's centrelines are resampled, um.
inline constexpr double kCentrelineStep_um = 0.12;

/// A dendrite inside `image`; its points at any spacing come back at equal steps, unless they are so already.
/// `earlier` are those of the same tracing: ids ascend, a parent comes before its branches and is given as
/// the plugin numbered its points, which `plugin_arcs_um` remembers (one entry a dendrite; extended here).
Dendrite accept_dendrite(const sc_dendrite& c, const Image& image, const Tracing& earlier,
                         std::vector<std::vector<double>>& plugin_arcs_um);

/// The frame of the session whose image it is. `first` is the first usable one, or null: the dendrites' ids
/// and the lengths of the arc tables must agree with it.
Frame accept_frame(const sc_frame& c, const Image& image, const Frame* first);

/// A candidate beside a dendrite of `frame` with its head inside `image`.
Candidate accept_candidate(const sc_candidate& c, const Image& image, const Frame& frame);

/// The next track; `count` have been accepted before it. `frames` are those of the series.
Track accept_track(const sc_track& c, size_t count, const std::vector<Frame>& frames);

/// A denoised stack, whose samples lie in `image` already: every one finite, the noise model sensible.
Stack accept_denoised(const sc_denoised& c, Image image);

}  // namespace spinechron::host
