// spinechron check FILE: a configuration, a manifest, a BIDS folder or a plugin: what is wrong, or nothing.

#include <filesystem>
#include <fstream>
#include <iostream>

#include "commands.hpp"
#include "config/assignment.hpp"
#include "configuration.hpp"
#include "core/error.hpp"
#include "host/check_plugin.hpp"
#include "io/bids.hpp"
#include "io/read_image.hpp"
#include "signal_watch.hpp"

namespace spinechron {
namespace {

struct CheckCall {
  std::string file;
  std::vector<std::string> sets, plugins;
};

int check_configuration(const CheckCall& call) {
  configure(call.file, call.sets, call.plugins);
  std::cout << call.file << ": nothing is wrong\n";
  return kDone;
}

/// What is wrong with a session's image, read whole as `run` would; empty: nothing. Warnings go out at once.
std::string problem_of(const Session& session, const std::string& where, const ReadOptions& options) {
  try {
    for (const std::string& w : read_image(session, options).warnings)
      std::cout << where << ": warning: " << w << '\n';
    return {};
  } catch (const Cancelled&) {
    throw;
  } catch (const std::exception& e) {
    return e.what();
  }
}

// The status is the one that `run` would end with for the same reason.
int check_input(const CheckCall& call) {
  const std::unique_ptr<Configuration> configuration = configure("", call.sets, call.plugins);
  FindOptions options;
  options.session_order = configuration->host.series.sessions;
  const InputSet found = find_series(call.file, options);
  SignalWatch signals;
  ReadOptions reading;
  reading.cancelled = signals.cancelled();
  if (const std::string& channel = configuration->host.series.channel; !channel.empty())
    reading.channel = channel;
  size_t wrong = 0, sessions = 0;
  for (const std::string& w : found.warnings) std::cout << "warning: " << w << '\n';
  for (const FoundSeries& s : found.series) {
    const std::string stem = s.series.stem();
    sessions += s.series.sessions.size();
    bool right = s.problem.empty();
    if (!right) std::cout << stem << ": " << s.problem << '\n';
    for (const Session& session : s.series.sessions) {
      if (!s.problem.empty()) break;
      const std::string where = stem + " / ses-" + session.label;
      const std::string problem = problem_of(session, where, reading);
      if (problem.empty()) continue;
      right = false;
      std::cout << where << ": " << problem << std::endl;
    }
    if (!right) ++wrong;
  }
  if (wrong == 0)
    std::cout << fmt::format("{}: nothing is wrong ({} series, {} sessions)\n", call.file,
                             found.series.size(), sessions);
  return wrong == 0 ? kDone : kSomeFailed;
}

int check_library(const CheckCall& call) {
  CheckOptions options;
  for (const std::string& s : call.sets) {
    const Assignment a = parse_set(s);
    options.settings.emplace_back(a.section + "." + a.key, std::get<std::string>(a.value));
  }
  return check_plugin(call.file, std::cout, options);
}

bool is_library(const std::filesystem::path& file) {
  char magic[4] = {};
  std::ifstream(file, std::ios::binary).read(magic, sizeof magic);
  return file.extension() == ".so" || std::string_view(magic, 4) == "\177ELF";
}

int check(const CheckCall& call) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::exists(call.file, error))
    throw UsageError(
        "{}: there is no such file or folder; give a configuration, a manifest, a BIDS folder or a "
        "plugin",
        call.file);
  const fs::path path(call.file);
  if (fs::is_directory(path, error) || path.extension() == ".tsv") return check_input(call);
  if (is_library(path)) return check_library(call);
  if (path.extension() == ".toml") return check_configuration(call);
  throw UsageError(
      "{}: what this is cannot be told from its name: a configuration ends in .toml, a manifest in "
      ".tsv, a plugin in .so, and a BIDS data set is a folder",
      call.file);
}

}  // namespace

void add_check(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "check", "a configuration, a manifest, a BIDS folder or a plugin: what is wrong, or nothing");
  auto call = std::make_shared<CheckCall>();
  command->add_option("FILE", call->file, "what to check")->required();
  command->add_option("--set", call->sets, "stage.key=value, as for run; for a plugin, what its stages need");
  command->add_option("--plugin", call->plugins, "plugin files that a configuration speaks of");
  command->callback([call, &exit_status] {
    try {
      exit_status = check(*call);
    } catch (const UsageError& e) {  // what is wrong is this command's result
      std::cout << e.what() << '\n';
      exit_status = kWrongCall;
    }
  });
}

}  // namespace spinechron
