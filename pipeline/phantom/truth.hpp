#pragma once
// What a phantom's tables say: every spine in every session, and whether a fair judge could see it.

#include <string>
#include <vector>

#include "core/image.hpp"
#include "phantom/camera.hpp"
#include "phantom/sessions.hpp"

namespace spinechron {

/// One spine in one session, in that session's frame. An absent spine's row gives the site it would have.
struct TruthRow {
  size_t session = 0;
  int spine = 0;
  int dendrite = 0;  ///< 1, 2, ...
  bool present = false;
  Vec3 head_um = Vec3::Zero();
  Vec3 base_um = Vec3::Zero();
  SpineClass kind = SpineClass::thin;
  bool visible = false;
  bool inside = false;
  double lateral_um = 0;  ///< tip beyond the shaft's half-maximum edge in the plane
  double head_um_diameter = 0;
  double length_um = 0;
  double arc_um = 0;       ///< along the dendrite, in the tissue's frame
  double dprime = 0;       ///< matched-filter signal to noise of the head
  double contrast = 0;     ///< head's peak over all other light at its centre
  double shaft_share = 0;  ///< head's peak over the peak of its shaft beside it
  int rescues = 0;
};

/// The rule of `visible`, all limits in one place.
struct FairJudge {
  double lateral_um = 0.4;        ///< tip beyond the edge (a common criterion: about 5 pixels)
  double dprime = 8;              ///< head against the noise of its own site
  double contrast = 0.15;         ///< peak of the head over everything else at its centre
  double shaft_share = 0.06;      ///< peak of the head over its shaft's: fainter ones are not scored
  double neurite_share = 0.7;     ///< light of other structures at the head, of the head's own peak
  double near_brighter_um = 0.7;  ///< lateral, depth counted a third
};

/// One session's noise-free pictures in photons: everything, and what is not dendrites and their spines.
struct CleanSession {
  Image all;
  Image others;
};

/// Rows of all spines in one session. `places[k]`, in the session's frame, belongs to `spines[k]`.
std::vector<TruthRow> judge_session(const PhantomConfig& config, const Tissue& tissue,
                                    const std::vector<Neurite>& dendrites_in_session,
                                    const std::vector<SpineHistory>& spines,
                                    const std::vector<SpinePlace>& places, size_t session,
                                    const CleanSession& clean, const Camera& camera, const Psf& psf,
                                    double photons_per_weight, const FairJudge& judge = {});

}  // namespace spinechron
