#pragma once
// Spines: a candidate in one image, and the same spine in every session.

#include <limits>
#include <string>
#include <vector>

#include "core/geometry.hpp"

namespace spinechron {

enum class Side { left, right };  ///< seen along the dendrite, from above
enum class SpineClass { mushroom, thin, stubby, filopodium, unknown };
enum class State { present, absent, not_assessable };

const char* to_text(Side side);
const char* to_text(SpineClass c);
const char* to_text(State state);

/// What is measured on a spine in one image. NaN where it cannot be measured.
struct SpineMeasures {
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

  Vec3 head_um = Vec3::Constant(kNaN);  ///< centre of the head
  Vec3 base_um = Vec3::Constant(kNaN);  ///< where it meets the shaft's edge
  double length_um = kNaN;              ///< base to the tip
  double head_diameter_um = kNaN;
  double neck_diameter_um = kNaN;
  double volume_um3 = kNaN;
  double brightness = kNaN;  ///< background-free, over the shaft's beside it
  double snr = kNaN;         ///< head over the noise at its site
  double runs_on = kNaN;     ///< light left over the head's at the dimmest place of the brightest way that
                             ///< leads away beside the shaft: a head ends, an axon goes on
  SpineClass kind = SpineClass::unknown;
};

/// A spine as one session alone shows it; permissive: the joint verdict comes later.
struct Candidate {
  int dendrite_id = 0;
  double arc_um = 0;  ///< along the dendrite's centreline in this session
  Side side = Side::left;
  SpineMeasures measures;
  double p = 0.5;  ///< probability that it is a spine, from this image alone
};

/// One spine site over all sessions of a series.
struct Track {
  int spine_id = 0;  ///< 1, 2, ... in a fixed order
  int dendrite_id = 0;
  double arc_um = 0;  ///< along the dendrite in the reference frame
  Side side = Side::left;
  struct InSession {
    State state = State::not_assessable;
    double p_present = 0;  ///< given the images of all sessions
    SpineMeasures
        measures;  ///< where absent: the head and base it would have, brightness and snr measured there
    Vec3 ref_um = Vec3::Constant(SpineMeasures::kNaN);  ///< the head in the reference frame
    std::string reason;  ///< why not assessable ("outside the field", "too dim", ...), else empty
  };
  std::vector<InSession> sessions;
  /// Probability of `state[i] -> state[i+1]` as it stands; one less than sessions. 0.5 where it cannot be
  /// told.
  std::vector<double> p_event;
};

/// Whether what was taken for a spine touches something that runs on, in every session that shows it and in
/// two at the least (one image alone says little): perhaps a bouton of an axon that passes. It changes no
/// verdict.
bool perhaps_bouton(const Track& track);

}  // namespace spinechron
