#pragma once
// What a configuration file or `--set` says, before anybody has asked whether it makes sense.

#include <string>
#include <string_view>
#include <vector>

#include "core/params.hpp"

namespace spinechron {

/// One key that is given a value, or one section that is opened.
struct Assignment {
  std::string section;     ///< "segment", "denoise.motion"; empty: before the first section
  std::string key;         ///< empty: only the section's heading
  Value value;             ///< a text if `from_text`
  bool from_text = false;  ///< given on the command line: to be read as the type that the key has
  std::string where;       ///< "fast.toml line 12", "--set segment.min_um=3": begins every message about it
};

/// All assignments of a TOML file in the order of its lines. The paths of its top-level `plugins` are made
/// absolute, relative to the file's own folder; bare names without a folder stay as they are. UsageError if
/// it cannot be read or is not TOML, with the line.
std::vector<Assignment> read_toml(const std::string& path);

/// The same of a text in memory; `name` stands for the file's name in messages.
std::vector<Assignment> parse_toml(std::string_view text, const std::string& name);

/// `segment.min_um=3` or `denoise.motion.max_um=2`, as `--set` gives it. Lists are given as `a,b`.
/// UsageError if there is no `=` or no section.
Assignment parse_set(const std::string& option);

/// The plugin files that the configuration names at its top level. They are to be loaded before the plan is
/// made, since its sections may speak of their stages.
std::vector<std::string> plugins_of(const std::vector<Assignment>& assignments);

}  // namespace spinechron
