#pragma once
// What is known about a stack's noise and optics. Everything behind `denoise` speaks photons and um.

#include <string>
#include <vector>

namespace spinechron {

/// Variance of a voxel in counts: gain * max(counts - offset, 0) + read_sigma^2.
struct NoiseModel {
  double gain = 1;                ///< counts a photon
  double offset = 0;              ///< counts without light
  double read_sigma = 0;          ///< counts, standard deviation without light
  double row_correlation = 0;     ///< of the noise between neighbours along the scan line (x), 0 to 1
  double column_correlation = 0;  ///< between neighbours across it (y)
  double clipped_fraction = 0;    ///< share of voxels at the lowest count
  double saturated_fraction = 0;  ///< share of voxels at the highest count
};

/// The objective and the light, as far as whoever took the image wrote it down.
struct Lens {
  double numerical_aperture = 1.0;
  double wavelength_um = 0.92;  ///< of the excitation
};

/// The effective point spread function as the image shows it: standard deviations of its Gaussian core, um.
struct Optics {
  double lateral_sigma_um = 0.22;
  double axial_sigma_um = 0.9;
};

/// How good one session is, in numbers and in plain words.
struct Quality {
  std::string verdict = "usable";    ///< "usable", "usable with care", "not usable"
  std::vector<std::string> reasons;  ///< full sentences, empty when usable
  double snr = 0;                    ///< shaft brightness over the noise beside it, smoothed to the PSF
  double photons = 0;                ///< a voxel, median along the shafts
  double motion_um = 0;  ///< r.m.s. lateral shift between neighbouring slices that was found and undone
  double saturated_fraction = 0;
  double shift_um = 0;               ///< of the registration to the reference frame
  double overlap = 1;                ///< share of the reference's dendrites that lies in this session's field
  double registration_error_um = 0;  ///< median residual of shafts after registration
};

}  // namespace spinechron
