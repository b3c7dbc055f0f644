#pragma once
// Every stage and parameter in words and as a schema, from the same declarations that parse a configuration.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "config/sections.hpp"
#include "core/registry.hpp"

namespace spinechron {

/// A stage with its parameters, or a section without stages ("report"), or the keys that a section has
/// whatever its stage ("match").
struct Description {
  std::string section;  ///< "segment", "report"; empty: before the first section
  std::string stage;    ///< "ridges"; empty: keys that belong to no stage
  std::string meaning;
  std::string origin;  ///< of the stage; "built-in" or the plugin's file
  bool by_default = false;
  Params params;
  std::shared_ptr<Stage> owner;  ///< what params is bound to, if a stage
};

/// All there is: what stands before the first section, the steps in the order in which data pass through
/// them (first the section's own keys, then its stages by name), then the other sections.
std::vector<Description> describe_all(const Registry& registry, const std::vector<Section>& sections);

/// Those that `what` names: a section with its stages ("segment"), or a stage ("ridges", "segment.ridges")
/// behind its section's own keys. UsageError with the nearest name if there are none.
std::vector<Description> describe_some(const std::vector<Description>& all, const std::string& what);

/// For people, in columns: key, type, default, what is legal, meaning.
std::string describe_text(const std::vector<Description>& descriptions);

/// The same as a page in Markdown.
std::string describe_markdown(const std::vector<Description>& descriptions);

/// JSON Schema (draft 2020-12) that a configuration's content fulfils if its sections and keys are legal;
/// what is beyond JSON Schema (a chain's filters that are named but not used) is left to `check`.
nlohmann::ordered_json describe_schema(const std::vector<Description>& descriptions);

}  // namespace spinechron
