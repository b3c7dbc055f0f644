#pragma once
// A configuration that has been checked as a whole: every stage made and configured, before a voxel is read.

#include <memory>
#include <string>
#include <vector>

#include "config/assignment.hpp"
#include "config/sections.hpp"
#include "core/registry.hpp"

namespace spinechron {

/// A stage of the plan.
struct PlannedStage {
  StageKind kind;
  std::string name;
  std::string origin;  ///< "built-in", or the plugin's file
};

/// One key with the value it has, given or by default.
struct EffectiveValue {
  std::string section;  ///< "align", "denoise.motion"
  std::string key;
  std::string value;  ///< as text that reads back exactly
  std::string unit;   ///< "um", "1", ""
  std::string meaning;
};

struct Plan {
  std::vector<std::unique_ptr<Denoiser>> denoise;  ///< in the order in which they are applied
  std::unique_ptr<Segmenter> segment;
  std::unique_ptr<Aligner> align;
  std::unique_ptr<Detector> detect;
  std::unique_ptr<Matcher> match;
  std::vector<PlannedStage> stages;       ///< in the order in which data pass through them
  std::vector<EffectiveValue> effective;  ///< everything in effect, in a fixed order
  std::string effective_toml;             ///< the same as a configuration that gives this plan again
  std::string hash;                       ///< SHA-256 of effective_toml, 64 hexadecimal digits
};

/// Makes the stages that `assignments` choose (later ones win) from `registry`, sets their parameters and
/// the fields that `sections` are bound to. An unknown section, stage or key and an illegal value are
/// UsageErrors that begin with the assignment's `where` and say what would be legal. A [denoise.NAME] of a
/// stage that is not in the chain is checked and has no effect.
Plan make_plan(const std::vector<Assignment>& assignments, const Registry& registry,
               const std::vector<Section>& sections);

}  // namespace spinechron
