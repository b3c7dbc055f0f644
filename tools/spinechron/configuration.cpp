#include "configuration.hpp"

#include <algorithm>

#include "graph/builtin_stages.hpp"
#include "host/load.hpp"
#include "io/files.hpp"

namespace spinechron {
namespace {

std::vector<report::UsedFile> with_hashes(std::vector<std::string> files) {
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  std::vector<report::UsedFile> out;
  for (const std::string& file : files) out.push_back({file, sha256_of_file(file)});
  return out;
}

}  // namespace

std::vector<Section> HostSettings::sections() {
  Params match;
  match.number(
      "rescue_um", rescue_um, {0, 20}, "um",
      "a formed spine is rescued if it stands this near, along the dendrite and on the same side, to one "
      "that was eliminated in an earlier interval");
  return {{"match", "", match},
          {"report", "What the tables count and how the figure is drawn.", report.params()},
          {"series", "Which images belong together, and in what order.", series.params()}};
}

std::vector<std::string> register_stages(Registry& registry, const std::vector<std::string>& plugins) {
  register_builtin_stages(registry);
  std::vector<std::string> files;
  for (const std::string& name : plugins) {
    const std::string file = host::find_plugin(name);
    if (std::find(files.begin(), files.end(), file) != files.end()) continue;
    load_plugin(file, registry);
    files.push_back(file);
  }
  return files;
}

std::unique_ptr<Configuration> configure(const std::string& file, const std::vector<std::string>& sets,
                                         const std::vector<std::string>& plugins) {
  std::vector<Assignment> assignments;
  if (!file.empty()) assignments = read_toml(file);
  std::vector<std::string> wanted = plugins_of(assignments);
  wanted.insert(wanted.end(), plugins.begin(), plugins.end());
  for (const std::string& s : sets) assignments.push_back(parse_set(s));

  auto out = std::make_unique<Configuration>();
  out->plugins = with_hashes(register_stages(out->registry, wanted));
  out->plan = make_plan(assignments, out->registry, out->host.sections());
  std::vector<Stage*> stages{out->plan.segment.get(), out->plan.align.get(), out->plan.detect.get(),
                             out->plan.match.get()};
  for (const auto& filter : out->plan.denoise) stages.push_back(filter.get());
  std::vector<std::string> files;
  for (Stage* stage : stages) {
    prepare_plugin(*stage);
    const std::vector<std::string> more = files_of_settings(*stage);
    files.insert(files.end(), more.begin(), more.end());
  }
  out->files = with_hashes(std::move(files));
  return out;
}

}  // namespace spinechron
