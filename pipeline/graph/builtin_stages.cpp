#include "graph/builtin_stages.hpp"

#include "align/shafts.hpp"
#include "denoise/anscombe_stage.hpp"
#include "denoise/motion_stage.hpp"
#include "detect/evidence_stage.hpp"
#include "match/joint.hpp"
#include "segment/ridges_stage.hpp"

namespace spinechron {
namespace {

template <typename Make>
StageEntry built_in(StageKind kind, std::string name, std::string meaning, Make make) {
  return {kind, std::move(name), std::move(meaning), "built-in",
          [make]() -> std::unique_ptr<Stage> { return make(); }};
}

}  // namespace

void register_builtin_stages(Registry& registry) {
  registry.add(built_in(StageKind::denoise, "anscombe",
                        "Smooths under photon noise, after the noise was made equal everywhere.",
                        make_anscombe_stage));
  registry.add(built_in(StageKind::denoise, "motion",
                        "Undoes the lateral shifts between neighbouring slices of a stack.",
                        make_motion_stage));
  registry.add(built_in(StageKind::segment, "ridges",
                        "Centrelines and radii of dendrites from bright tubular ridges; axons are left out.",
                        make_ridges_stage));
  registry.add(built_in(StageKind::align, "shafts",
                        "A rigid start, then a smooth warp fitted on the shafts alone, never on the spines.",
                        make_shafts_stage));
  registry.add(
      built_in(StageKind::detect, "evidence",
               "Peaks of light beside the shaft become spine candidates with measures and a probability.",
               make_evidence_stage));
  registry.add(built_in(StageKind::match, "joint",
                        "Every site is read in every session, and all sessions are judged together.",
                        make_joint_stage));
}

}  // namespace spinechron
