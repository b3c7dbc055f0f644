#pragma once
// The first thing that happens to a stack: counts become photons, and what the stack itself says about its
// noise and its optics is written down beside it. Nothing behind this point needs to know the microscope.

#include "core/image.hpp"
#include "core/series.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// Fits the noise (`fit_noise`) and the optics (`fit_optics`) and converts the image in place to photons
/// above the offset, `(counts - offset) / gain`.
///
/// `raw.counts` is taken over. Samples that are not finite become the offset, i.e. no light. A constant or a
/// tiny image gives a model that says little (gain 1) but is always usable: gain > 0, everything finite.
Stack calibrate(RawStack raw, const Context& context);

}  // namespace spinechron
