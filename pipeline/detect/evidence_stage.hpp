#pragma once
// The stage "evidence": peaks of excess beside the dendrites become spine candidates with measures and a
// probability.

#include <memory>

#include "core/stage.hpp"

namespace spinechron {

std::unique_ptr<Detector> make_evidence_stage();

}  // namespace spinechron
