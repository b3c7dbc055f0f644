#pragma once
// What a phantom is made of: every choice a user has, declared once.

#include <string>
#include <vector>

#include "core/image.hpp"
#include "core/params.hpp"

namespace spinechron {

/// The choices behind a phantom. Defaults: three sessions of simple, clean tissue at moderate noise, sampled
/// like an in-vivo two-photon stack.
struct PhantomConfig {
  int seed = 1;
  int subjects = 1;
  int samples = 1;
  std::vector<std::string> sessions = {"baseline", "stress", "ketamine"};

  int size_x = 512, size_y = 512, size_z = 40;  ///< voxels
  double voxel_x_um = 0.12, voxel_y_um = 0.12, voxel_z_um = 1.0;
  double psf_lateral_sigma_um = 0.19, psf_axial_sigma_um = 0.85;

  std::string scene = "simple";    ///< simple, tangled, crowded
  std::string tissue = "clean";    ///< clean, in_vivo
  std::string noise = "moderate";  ///< high_snr, moderate, low_snr
  std::string warp = "normal";     ///< none, normal, strong
  double photons = 0;              ///< peak photons a voxel on a shaft of radius 0.5 um; 0: as `noise` says
  bool thick_trunk = false;        ///< one dendrite of radius 1.0 to 1.5 um

  double density_per_um = 0.35;  ///< spines of all azimuths, per um of dendrite, in the first session
  double elimination_rate = 0.15;
  double formation_rate = 0.15;
  double rescue_share = 0.4;       ///< of the formed ones, while there are lost sites left
  std::string course = "control";  ///< control, stress_ketamine
  double size_change = 0.12;       ///< s.d. of ln(head radius) between sessions
  double angle_change_rad = 0.10;  ///< s.d. of azimuth and tilt between sessions

  /// Bound to this object's fields.
  Params params();
  /// What no single range can say (no sessions, a field smaller than a spine, ...): a UsageError.
  void check() const;

  Size3 size() const { return {size_t(size_x), size_t(size_y), size_t(size_z)}; }
  Vec3 voxel_um() const { return {voxel_x_um, voxel_y_um, voxel_z_um}; }
  Vec3 extent_um() const { return Vec3(size_x - 1, size_y - 1, size_z - 1).cwiseProduct(voxel_um()); }
  bool in_vivo() const { return tissue == "in_vivo"; }
  double peak_photons() const;  ///< `photons`, or what the noise preset stands for

  /// What of the rates above applies over the interval that ends with `session` (1, 2, ...).
  struct Turnover {
    double elimination, formation, rescue_share;
  };
  Turnover turnover(size_t session) const;
};

}  // namespace spinechron
