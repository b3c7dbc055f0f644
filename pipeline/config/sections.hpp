#pragma once
// The sections of a configuration that are not a stage's own: who declares keys beside the stages.

#include <string>
#include <vector>

#include "config/assignment.hpp"
#include "core/params.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// Keys that belong to no stage: a section of their own ("report", "series"), or more keys of a stage's
/// section ("match"). What `params` is bound to must live longer than this.
struct Section {
  std::string name;
  std::string meaning;  ///< one sentence
  Params params;
};

/// Before the first section.
struct TopLevel {
  std::vector<std::string> plugins;  ///< files or bare names, see describe
  Params params();                   ///< bound to this object
};

/// [series]: which images belong together, and in what order.
struct SeriesConfig {
  /// Order of session labels where the input itself gives no times; labels not named here come after them in
  /// natural order.
  std::vector<std::string> sessions = {"baseline", "stress", "ketamine"};
  std::string channel;  ///< to read, by name or by number from 1; empty: the only one
  Params params();      ///< bound to this object
};

/// The stages that are used where a configuration names none; one name but for denoise, which is a chain.
std::vector<std::string> default_stages(StageKind kind);

/// What a step is for, one sentence.
const char* meaning_of(StageKind kind);

/// Sets the key that `a` names; a UsageError begins with `a.where` and the section.
void apply(const Params& params, const Assignment& a);

}  // namespace spinechron
