#include "phantom/config.hpp"

#include <algorithm>
#include <set>

#include "core/error.hpp"

namespace spinechron {

Params PhantomConfig::params() {
  Params p;
  p.integer("seed", seed, {0, 2147483647}, "1", "equal seeds and choices give equal bytes")
      .integer("subjects", subjects, {1, 999}, "1", "animals")
      .integer("samples", samples, {1, 26}, "1", "fields of view of each animal")
      .list("sessions", sessions, "labels of the sessions in the order of time")
      .integer("size_x", size_x, {64, 8192}, "1", "columns")
      .integer("size_y", size_y, {64, 8192}, "1", "rows")
      .integer("size_z", size_z, {8, 1024}, "1", "slices")
      .number("voxel_x_um", voxel_x_um, {0.02, 1}, "um", "distance of columns")
      .number("voxel_y_um", voxel_y_um, {0.02, 1}, "um", "distance of rows")
      .number("voxel_z_um", voxel_z_um, {0.05, 5}, "um", "distance of slices")
      .number("psf_lateral_sigma_um", psf_lateral_sigma_um, {0.05, 1}, "um",
              "standard deviation of the point spread function's core across the optical axis")
      .number("psf_axial_sigma_um", psf_axial_sigma_um, {0.1, 5}, "um",
              "standard deviation of the point spread function's core along the optical axis")
      .choice("scene", scene, {"simple", "tangled", "crowded"},
              "simple: dendrites that cross the field; tangled: with branches, free ends, crossings and more "
              "axons; crowded: tangled with dense spines and close pairs")
      .choice("tissue", tissue, {"clean", "in_vivo"},
              "in_vivo adds scatter tails, neuropil, correlated and clipped noise and scan jitter")
      .choice("noise", noise, {"high_snr", "moderate", "low_snr"},
              "peak photons a voxel on a shaft of radius 0.5 um: 120, 40 or 14")
      .number("photons", photons, {0, 1e5}, "1",
              "peak photons a voxel on a shaft of radius 0.5 um; 0 leaves it to noise")
      .choice("warp", warp, {"none", "normal", "strong"},
              "how differently the tissue lies from session to session")
      .flag("thick_trunk", thick_trunk, "the first dendrite is a trunk of 1.0 to 1.5 um radius")
      .number("density_per_um", density_per_um, {0, 3}, "1/um",
              "spines of all azimuths in the first session per length of dendrite")
      .number("elimination_rate", elimination_rate, {0, 1}, "1", "share of spines lost over an interval")
      .number("formation_rate", formation_rate, {0, 1}, "1",
              "spines formed over an interval per spine present before it")
      .number("rescue_share", rescue_share, {0, 1}, "1",
              "share of formed spines that take a lost one's place")
      .choice(
          "course", course, {"control", "stress_ketamine"},
          "control: the same rates over every interval; stress_ketamine: over the first half as many again "
          "are lost and half as many form, over the later ones half as many again form and take lost places")
      .number("size_change", size_change, {0, 0.5}, "1",
              "standard deviation of the logarithm of a head's radius from session to session")
      .number("angle_change_rad", angle_change_rad, {0, 1}, "rad",
              "standard deviation of a spine's azimuth and tilt from session to session");
  return p;
}

double PhantomConfig::peak_photons() const {
  if (photons > 0) return photons;
  return noise == "high_snr" ? 120 : noise == "low_snr" ? 14 : 40;
}

PhantomConfig::Turnover PhantomConfig::turnover(size_t session) const {
  if (course == "control") return {elimination_rate, formation_rate, rescue_share};
  if (session == 1) return {std::min(1.0, 1.5 * elimination_rate), 0.5 * formation_rate, rescue_share};
  return {elimination_rate, std::min(1.0, 1.5 * formation_rate), std::min(1.0, 1.5 * rescue_share)};
}

void PhantomConfig::check() const {
  if (sessions.empty()) throw UsageError("phantom: sessions is empty: name at least one session");
  if (std::set<std::string>(sessions.begin(), sessions.end()).size() != sessions.size())
    throw UsageError("phantom: a session is named twice: give every session its own label");
  for (const auto& s : sessions)
    if (s.empty() || !std::all_of(s.begin(), s.end(), [](unsigned char c) { return std::isalnum(c) != 0; }))
      throw UsageError("phantom: session label '{}' is not of letters and digits only, as BIDS asks", s);
  const Vec3 e = extent_um();
  if (e.x() < 12 || e.y() < 12 || e.z() < 8)
    throw UsageError(
        "phantom: the field of {:.1f} x {:.1f} x {:.1f} um holds no dendrite: make it at least 12 x 12 x 8 "
        "um",
        e.x(), e.y(), e.z());
  if (double(size_x) * size_y * size_z > 2e9)
    throw UsageError("phantom: {} x {} x {} voxels are more than 2e9: choose a smaller field", size_x, size_y,
                     size_z);
}

}  // namespace spinechron
