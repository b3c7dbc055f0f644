#pragma once
// Motion correction within a stack as a filter of the denoise chain.

#include <memory>

#include "core/stage.hpp"

namespace spinechron {

/// Stage "motion": measures how slices lie beside their neighbours (`measure_motion`) and undoes it where it
/// is well above its own error; otherwise the image stays as it is, voxel for voxel. `Stack::motion_um` gets
/// the r.m.s. movement less what measurement error makes of it.
std::unique_ptr<Denoiser> make_motion_stage();

}  // namespace spinechron
