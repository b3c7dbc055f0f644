#pragma once
// How good each session of a series is, in numbers and in plain words.

#include "core/dendrite.hpp"
#include "core/noise.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// What the stack says in itself (see assess_stack) and how it lies beside the others: shift of its middle,
/// share of the reference's dendrites in its field, median error of registration.
/// @param stack    the session's image, photons above the offset
/// @param tracing  its own dendrites
/// @param frame    where the series' dendrites lie in it
/// The verdict is "not usable" when the frame says so, "usable with care" when a number is poor, with one
/// sentence for each reason.
Quality assess_session(const Stack& stack, const Tracing& tracing, const Frame& frame);

}  // namespace spinechron
