// spinechron phantom OUT: a longitudinal data set whose truth is known.

#include <iostream>

#include "commands.hpp"
#include "console.hpp"
#include "core/error.hpp"
#include "io/labels.hpp"
#include "phantom/dataset.hpp"
#include "signal_watch.hpp"

namespace spinechron {
namespace {

struct PhantomCall {
  PhantomConfig config;
  std::string out;
  std::vector<std::string> sets;
  ConsoleOptions console;
};

/// All parameters, for the help page.
std::string parameter_list() {
  PhantomConfig config;
  const Params params = config.params();
  std::string text = "What --set can change:\n";
  for (const auto& p : params.all())
    text += fmt::format("  {:<22} {} ({}; default {})\n", p.name, p.meaning, p.legal(), to_text(p.initial));
  return text;
}

void make(PhantomCall& call) {
  open_console(call.console);
  const Params params = call.config.params();
  for (const auto& text : call.sets) {
    const auto equals = text.find('=');
    if (equals == std::string::npos)
      throw UsageError("--set {}: has no '=': give it as name=value, for example --set seed=7", text);
    with_context("--set " + text,
                 [&] { params.set_from_text(text.substr(0, equals), text.substr(equals + 1)); });
  }
  SignalWatch signals;
  write_phantom(
      call.config, call.out,
      [](const Image& counts, const std::string& path) { write_ome_tiff(path, counts); },
      [&](size_t done, size_t total) {
        if (signals.cancelled()->load()) throw Cancelled();
        log_info(fmt::format("phantom: {} of {} stacks", done, total));
      });
  std::cout << fmt::format("{}: {} subjects, {} samples each, {} sessions; truth in {}/truth\n", call.out,
                           call.config.subjects, call.config.samples, call.config.sessions.size(), call.out);
}

}  // namespace

void add_phantom(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand(
      "phantom", "a longitudinal data set with exact truth (a BIDS folder and truth/ in it)");
  auto call = std::make_shared<PhantomCall>();
  command->add_option("OUT", call->out, "folder to make; must not exist or be empty")->required();
  command->add_option("--set", call->sets, "changes a parameter, any number of times")
      ->type_name("NAME=VALUE");
  command->add_option("--log-level", call->console.log_level, "least level that is logged")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}))
      ->capture_default_str();
  command->footer([] { return parameter_list(); });
  command->callback([call, &exit_status] {
    make(*call);
    exit_status = kDone;
  });
}

}  // namespace spinechron
