#pragma once
// Dendrite centrelines of one image: ridges of the coarse image, linked into curves in 3-D, refined on the
// image itself.

#include "core/dendrite.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// Everything is relative to the stack's own noise, brightness and size; lengths are anatomy, not microscopy.
struct TraceConfig {
  double threshold_noise =
      6;  ///< a ridge is followed if it is this many times stronger than the field's median ...
  double threshold_field = 0.14;  ///< ... and reaches this share of the field's strongest (99.5% of the area)
  double dendrite_field = 0.22;  ///< share of the field's strongest ridges that a smooth dendrite reaches ...
  double dendrite_beads =
      1.2;  ///< ... and how much more is asked of a beaded one: axons are thin, dim and beaded
  double min_length_um = 8;        ///< shorter curves that stand alone are not dendrites
  double min_branch_um = 4;        ///< shorter side branches are spines
  double max_gap_um = 10;          ///< longest gap bridged along a ridge
  double largest_radius_um = 1.5;  ///< thickest trunk whose axis is sought
};

/// Traces all dendrites of `stack`. The result is in a fixed order (longest first; ids 1, 2, ...), each
/// centreline in equal steps of 0.12 um, running from its parent (or from the end nearer to the image's
/// origin) outwards, up to the border of the image where the dendrite leaves it. An image without dendrites
/// gives an empty tracing. Axons (thin as the optics allow, dim, beaded), isolated blobs and spines are not
/// traced. Throws only Cancelled.
Tracing trace(const Stack& stack, const TraceConfig& config, const Context& context);

}  // namespace spinechron
