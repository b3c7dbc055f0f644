#include "host/load.hpp"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <filesystem>
#include <set>

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

std::vector<std::string> files_of_settings(Stage& stage) {
  namespace fs = std::filesystem;
  if (!dynamic_cast<host::PluginStage*>(&stage)) return {};
  std::vector<std::string> texts;
  const Params params = stage.params();
  for (const Param& param : params.all()) {
    const Value value = param.read();
    if (const auto* text = std::get_if<std::string>(&value)) texts.push_back(*text);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value))
      texts.insert(texts.end(), list->begin(), list->end());
  }
  std::set<std::string> files;
  std::error_code none;
  for (const std::string& text : texts) {
    if (!fs::is_regular_file(text, none)) continue;
    const fs::path named = fs::absolute(text).lexically_normal();
    files.insert(named.string());
    const std::string begin = named.stem().string() + ".";
    for (const fs::directory_entry& entry : fs::directory_iterator(named.parent_path(), none))
      if (entry.path().filename().string().rfind(begin, 0) == 0 && entry.is_regular_file(none))
        files.insert(entry.path().string());
  }
  return {files.begin(), files.end()};
}

void prepare_plugin(const Stage& stage) {
  if (const auto* plugin = dynamic_cast<const host::PluginStage*>(&stage)) plugin->prepare();
}

}  // namespace spinechron
