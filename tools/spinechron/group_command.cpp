// spinechron group OUT: what all series in a folder of results say together.

#include <iostream>

#include "commands.hpp"
#include "console.hpp"
#include "core/error.hpp"
#include "graph/finished.hpp"
#include "summary.hpp"

namespace spinechron {
namespace {

struct GroupCall {
  std::string out;
  ConsoleOptions console;
};

void group(const GroupCall& call) {
  std::vector<std::string> problems;
  std::vector<Series> series;
  for (FinishedSeries& found : find_finished(call.out, &problems)) series.push_back(std::move(found.series));
  for (const std::string& problem : problems) log_warning(problem);
  if (series.empty())
    throw UsageError("{}: there is no result in it: give the folder that `spinechron run` wrote to",
                     call.out);
  std::cout << summary_table(call.out, series) << std::flush;
}

}  // namespace

void add_group(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("group", "tables and report over all series from results already there");
  auto call = std::make_shared<GroupCall>();
  command->add_option("OUT", call->out, "a folder with results, as `run` wrote it")->required();
  command->add_option("--log-level", call->console.log_level, "the least important lines to show")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}));
  command->add_option("--log-format", call->console.log_format, "text, or json: one object a line")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([call, &exit_status] {
    open_console(call->console);
    group(*call);
    exit_status = kDone;
  });
}

}  // namespace spinechron
