#pragma once
// Smoothing under photon noise as a filter of the denoise chain; not in the default chain.

#include <memory>

#include "core/stage.hpp"

namespace spinechron {

/// Stage "anscombe": `smooth_stabilised` with the read noise of the stack's own model. The model itself stays
/// that of the stack before smoothing. Light below none becomes about none.
std::unique_ptr<Denoiser> make_anscombe_stage();

}  // namespace spinechron
