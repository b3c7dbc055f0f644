#pragma once
// The built-in segmenter `ridges`: see segment/trace.hpp.

#include <memory>

#include "core/stage.hpp"

namespace spinechron {

std::unique_ptr<Segmenter> make_ridges_stage();

}  // namespace spinechron
