#pragma once
// Plugins from files: found, loaded, and their stages put beside the built-in ones.

#include <string>
#include <vector>

#include "core/registry.hpp"
#include "host/call.hpp"

namespace spinechron::host {

/// The environment variable with the folders that plugins named without a folder are searched in, parted by
/// colons. Each must be absolute: the working directory is never searched.
inline constexpr const char* kPathVariable = "SPINECHRON_PLUGIN_PATH";

/// The absolute file that a name means. With a folder in it ("./a.so", "lib/a.so", "/x/a.so") it is that
/// file; a bare name ("tophat" or "tophat.so") is searched in SPINECHRON_PLUGIN_PATH and nowhere else.
/// UsageError if there is no such file, or the variable has a relative folder.
std::string find_plugin(const std::string& name);

/// Writes to spdlog's default logger.
Log default_log();

}  // namespace spinechron::host

namespace spinechron {

/// Loads the plugin that `path` means (see host::find_plugin) and adds all its stages, or none: then a
/// UsageError says what is wrong. The library stays loaded as long as the registry's entries or any of their
/// stages live. Call from one thread.
void load_plugin(const std::string& path, Registry& registry, const host::Log& log = host::default_log());

/// The files that the settings of a plugin's stage name, and those beside them with the same stem (to
/// `spines.onnx` belong `spines.toml` and `spines.onnx.data`): what a result depends on beside the settings
/// themselves. Absolute, sorted; none for a built-in stage.
std::vector<std::string> files_of_settings(Stage& stage);

/// Makes a plugin's stage read its parameters now, so that wrong ones, or a model that is missing, come to
/// light before any image is read. Does nothing to a built-in stage. Throws Error.
void prepare_plugin(const Stage& stage);

}  // namespace spinechron
