#pragma once
// What is left of the shaft beside the local background: a dendrite swells, bends and dips within less than
// the window over which the background is read, and near its edge that looks like spines.

#include <array>
#include <vector>

#include "evidence/strip.hpp"

namespace spinechron {

/// Takes the shaft's own small deviations out of `excess`, both sides and all depths together.
///
/// At every arc the excess is fitted by the four ways in which a tube can differ from its surroundings:
/// brighter (the background itself), moved aside (its slope outward, of opposite sign on the two sides),
/// thicker (the same slope, of one sign) and moved in depth (its slope in depth). The fit is smooth along the
/// arc (0.7 um, longer than a spine is wide), held at zero by the sizes such deviations have, and robust to
/// what stands out upwards: spines are not the shaft's (iteratively reweighted least squares, Holland and
/// Welsch 1977).
///
/// `background` and `sigma` as in Evidence, block(level, arc, out) of one shape, side by side; `first_out_um`
/// is the distance from the edge of index 0, samples beyond `reach_um` are left alone, `depth_step_um` lies
/// between levels.
void subtract_tube_deviations(std::array<Block, 2>& excess, const std::array<Block, 2>& background,
                              const std::array<Block, 2>& sigma, double first_out_um, double reach_um,
                              double depth_step_um);

}  // namespace spinechron
