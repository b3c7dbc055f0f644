// spinechron group OUT: what all series in a folder of results say together.

#include <filesystem>
#include <iostream>

#include "commands.hpp"
#include "console.hpp"
#include "core/error.hpp"
#include "report/write_group.hpp"
#include "summary.hpp"

namespace spinechron {
namespace {

struct GroupCall {
  std::string out, table, behaviour;
  bool only_used = false;
  double confidence = report::GroupOptions().confidence;
  ConsoleOptions console;
};

report::GroupOptions options_of(const GroupCall& call) {
  report::GroupOptions options;
  options.confidence = call.confidence;
  if (!call.behaviour.empty()) options.behaviour = call.behaviour;
  return options;
}

/// From the results of a folder.
void group(const GroupCall& call) {
  const std::vector<Series> series = finished_or_warned(call.out);
  if (series.empty())
    throw UsageError("{}: there is no result in it: give the folder that `spinechron run` wrote to",
                     call.out);
  report::GroupOptions options = options_of(call);
  options.series = stems_of(series);
  report::write_group(call.out, options);
  std::cout << summary_table(call.out, series) << std::flush;
}

/// From a table of counts, as labs keep them.
void group_of_table(const GroupCall& call) {
  std::optional<std::filesystem::path> out;
  if (!call.out.empty()) out = call.out;
  std::cout << report::group_of_table(call.table, call.only_used, out, options_of(call)) << std::flush;
}

}  // namespace

void add_group(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("group", "tables and report over all series from results already there");
  auto call = std::make_shared<GroupCall>();
  auto* out = command->add_option("OUT", call->out, "a folder with results, as `run` wrote it");
  auto* table = command->add_option("--table", call->table, "statistics of a table of counts instead")
                    ->type_name("FILE")
                    ->check(CLI::ExistingFile);
  command->add_flag("--only-used", call->only_used, "leave out the table's rows that are marked as not used")
      ->needs(table);
  command->add_option("--behaviour", call->behaviour, "behaviour of the animals: animal, hours, score")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  command->add_option("--confidence", call->confidence, "level of every interval")
      ->check(CLI::Range(0.5, 0.9999))
      ->capture_default_str();
  command->add_option("--log-level", call->console.log_level, "the least important lines to show")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}));
  command->add_option("--log-format", call->console.log_format, "text, or json: one object a line")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([call, out, table, &exit_status] {
    open_console(call->console);
    if (out->count() + table->count() == 0)
      throw UsageError("group: give a folder with results, or a table with --table");
    table->count() ? group_of_table(*call) : group(*call);
    exit_status = kDone;
  });
}

}  // namespace spinechron
