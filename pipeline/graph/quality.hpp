#pragma once
// How good each session of a series is, in numbers and in plain words.

#include "core/dendrite.hpp"
#include "core/noise.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// @param stack  the session's image, photons above the offset
/// @param frame  where the series' dendrites lie in it
/// The verdict is "not usable" when the frame says so, "usable with care" when a number is poor, with one
/// sentence for each reason.
Quality assess_quality(const Stack& stack, const Frame& frame);

}  // namespace spinechron
