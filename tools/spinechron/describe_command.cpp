// spinechron describe [STAGE]: every stage and parameter, from the declarations that parse them.

#include <iostream>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "config/describe.hpp"
#include "configuration.hpp"

namespace spinechron {
namespace {

struct DescribeCall {
  std::string what;
  bool json = false, markdown = false;
  std::vector<std::string> plugins;
};

void describe(const DescribeCall& call) {
  Registry registry;
  register_stages(registry, call.plugins);
  HostSettings host;
  std::vector<Description> found = describe_all(registry, host.sections());
  if (!call.what.empty()) found = describe_some(found, call.what);
  if (call.json)
    std::cout << describe_schema(found).dump(2) << '\n';
  else
    std::cout << (call.markdown ? describe_markdown(found) : describe_text(found));
}

}  // namespace

void add_describe(CLI::App& app, int& exit_status) {
  CLI::App* command =
      app.add_subcommand("describe", "every stage and parameter: type, unit, range, default, meaning");
  auto call = std::make_shared<DescribeCall>();
  command->add_option("STAGE", call->what, "a section (segment), a stage (ridges) or both (segment.ridges)");
  auto* json = command->add_flag("--json", call->json, "as JSON Schema of a configuration");
  command->add_flag("--markdown", call->markdown, "as a page in Markdown")->excludes(json);
  command->add_option("--plugin", call->plugins, "plugin files whose stages to describe too")
      ->type_name("FILE")
      ->allow_extra_args(false);  // what follows may be the stage
  command->callback([call, &exit_status] {
    describe(*call);
    exit_status = kDone;
  });
}

}  // namespace spinechron
