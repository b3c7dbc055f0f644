#include "host/load.hpp"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <filesystem>

#include "host/parameters.hpp"
#include "host/stages.hpp"

namespace spinechron {
namespace host {

namespace fs = std::filesystem;

std::string find_plugin(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    std::error_code ec;
    const fs::path file = fs::absolute(name, ec).lexically_normal();
    if (!fs::is_regular_file(file, ec))
      throw UsageError("{}: there is no such plugin file; check the path", name);
    return file.string();
  }
  const char* raw = std::getenv(kPathVariable);
  const std::string folders = raw ? raw : "";
  for (const std::string& folder : split(folders, ':')) {
    if (!fs::path(folder).is_absolute())
      throw UsageError("{} names the relative folder '{}'; give absolute folders only", kPathVariable,
                       folder);
    for (const char* ending : {"", ".so"}) {
      std::error_code ec;
      const fs::path file = fs::path(folder) / (name + ending);
      if (fs::is_regular_file(file, ec)) return file.lexically_normal().string();
    }
  }
  throw UsageError(
      "plugin '{0}' is in no folder of {1} ({2}); add its folder there, or name the file as ./{0}", name,
      kPathVariable, folders.empty() ? "which is empty" : folders);
}

Log default_log() {
  return [](int level, const std::string& who, const std::string& line) {
    const auto to = level <= SC_DEBUG  ? spdlog::level::debug
                    : level == SC_INFO ? spdlog::level::info
                                       : spdlog::level::warn;
    spdlog::log(to, "{}: {}", who, line);
  };
}

}  // namespace host

void load_plugin(const std::string& path, Registry& registry, const host::Log& log) {
  const auto library = host::Library::open(host::find_plugin(path));
  std::vector<StageEntry> entries = host::entries_of(library, log);
  Registry trial = registry;  // all or none
  for (StageEntry& entry : entries) trial.add(std::move(entry));
  registry = std::move(trial);
}

void prepare_plugin(const Stage& stage) {
  if (const auto* plugin = dynamic_cast<const host::PluginStage*>(&stage)) plugin->prepare();
}

}  // namespace spinechron
