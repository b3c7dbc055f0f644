#pragma once
// Spine candidates of one dendrite in one session: local maxima of the excess of light beside the shaft.

#include <vector>

#include "evidence/evidence.hpp"

namespace spinechron {

/// A local maximum of the excess, with what tells a spine from clutter. All ratios are of the excess itself,
/// so that none depends on the microscope.
struct Peak {
  Site site;
  Site head;                        ///< the same place; of what is as long as a filopodium, its tip
  int level = 0, arc = 0, out = 0;  ///< indices in Evidence's blocks
  double excess = 0;                ///< in units of the shaft's brightness
  double snr = 0;                   ///< excess over its local noise
  double fall = 0;       ///< 1 - lowest excess outward of the head within 0.96 um over the light there
  double exit = 0;       ///< light over the head's at the dimmest place of the brightest way that leads 2 um
                         ///< outward or 3 um along beside the shaft, above the noise
  double width_um = 0;   ///< full width at half maximum along the dendrite: twice the narrower side's
  double height_um = 0;  ///< full width at half maximum in depth
  double compact = 0;    ///< mean excess within 0.36 um in the plane over the peak
  double unseen = 0;     ///< share of what lies 0.8 to 1.7 um around that the image does not show
  double brighter_um = 0;  ///< to the next brighter peak of this side; kFarUm where there is none nearer
  static constexpr double kFarUm = 3.0;
};

/// Peaks with snr above `min_snr` between `min_out_um` and `max_out_um` beyond the edge; of two closer than
/// 0.4 um, or without a saddle between them, the brighter one. Brightest first. `blur_um` is the lateral
/// standard deviation of the blur in the image of which the evidence is.
std::vector<Peak> find_peaks(const Evidence& evidence, double blur_um, double min_snr, double min_out_um,
                             double max_out_um, double max_depth_um);

}  // namespace spinechron
