#pragma once
// --config, --set and --plugin of a call -> the stages there are and a checked plan; the same way for all
// commands that take them.

#include <memory>
#include <string>
#include <vector>

#include "config/plan.hpp"
#include "core/registry.hpp"
#include "report/context.hpp"

namespace spinechron {

/// What a configuration holds beside the stages.
struct HostSettings {
  SeriesConfig series;
  report::ReportConfig report;
  double rescue_um = 1.0;  ///< [match] rescue_um
  /// Bound to this object.
  std::vector<Section> sections();
};

/// Everything a configuration decides.
struct Configuration {
  Registry registry;
  HostSettings host;
  Plan plan;
  /// What decides the results beside the plan, with the hash of its bytes; sorted, so that the order of
  /// loading makes no difference.
  std::vector<report::UsedFile> plugins;  ///< the libraries
  std::vector<report::UsedFile> files;    ///< what the plugins' settings name: networks and their notes
};

/// The built-in stages and those of `plugins` (files or bare names, see host::find_plugin), each file once.
/// Returns the files loaded.
std::vector<std::string> register_stages(Registry& registry, const std::vector<std::string>& plugins);

/// Reads `file` (empty: the defaults), then `sets` ("stage.key=value", later ones win), loads the plugins
/// that the file and then `plugins` name, and makes the plan. UsageError if anything is wrong. Not movable:
/// the plan's parameters are bound to `host`.
std::unique_ptr<Configuration> configure(const std::string& file, const std::vector<std::string>& sets,
                                         const std::vector<std::string>& plugins);

}  // namespace spinechron
