#pragma once
// Measures of one spine from the light in its site: everything follows from the excess, the blur and the
// shaft's radius.
//
// The dye's brightness is that of the shaft, corrected for how much of the PSF the shaft fills; a head's
// volume is its integrated excess over that brightness (Svoboda, PLoS ONE 2011, on integrated fluorescence);
// the neck, always below the resolution, is the cross-section that gives the light seen half-way.

#include "core/noise.hpp"
#include "evidence/evidence.hpp"

namespace spinechron {

/// Blur of the image in which evidence is read.
Optics blur_of_evidence(const Optics& optics);

/// All measures at a site where a spine is. Diameters and volume are those of a sphere and a cylinder of even
/// dye; NaN where there is no neck to speak of (the head sits on the shaft).
SpineMeasures measure_spine(const Evidence& evidence, const Optics& optics, const Site& site, double excess,
                            double snr);

/// What is known of an empty site: the place, and what is read there.
SpineMeasures measure_empty(const Evidence& evidence, const Site& site, double excess, double snr);

/// The class by the field's usual criteria (lengths and diameters in um; NaN neck: none).
SpineClass classify(double length_um, double head_um, double neck_um);

}  // namespace spinechron
