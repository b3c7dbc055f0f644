#pragma once
// What happens between sessions: which spines are there, how they have changed, and how the tissue lies
// under the microscope.

#include <array>
#include <vector>

#include "phantom/anatomy.hpp"

namespace spinechron {

/// A spine's site over all sessions.
struct SpineHistory {
  int id = 0;                     ///< 1, 2, ...
  int rescues = 0;                ///< id of the lost spine whose place it takes, 0: none
  std::vector<char> present;      ///< a session each
  std::vector<SpineShape> shape;  ///< a session each; where absent, the shape it would have
};

/// Spines of the first session, then eliminations and formations interval by interval.
std::vector<SpineHistory> live(const PhantomConfig& config, const Tissue& tissue, std::uint64_t seed);

/// How the tissue lies in one session: session = warp(affine(tissue)), with axial scale in the affine part.
/// The first session's is the identity.
struct TissueMap {
  Affine session_from_tissue;
  struct Bend {  ///< displacement * sin(wave . p + phase), p in the tissue's frame
    Vec3 displacement, wave;
    double phase;
  };
  std::vector<Bend> bends;
  Vec3 rotation_deg = Vec3::Zero();  ///< about z, then the tilts about x and y (for the record)
  double z_scale = 1;

  Vec3 operator()(const Vec3& tissue_um) const;
  /// The way back, by fixed-point iteration (bends are gentle).
  Vec3 tissue_from_session(const Vec3& session_um) const;
};
TissueMap random_map(const PhantomConfig& config, size_t session, std::uint64_t seed);

}  // namespace spinechron
