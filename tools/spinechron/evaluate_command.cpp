// spinechron evaluate TRUTH OUT: how much of a known truth a result found.

#include <iostream>

#include "commands.hpp"
#include "phantom/evaluate.hpp"

namespace spinechron {

void add_evaluate(CLI::App& app, int& exit_status) {
  struct Call {
    std::string truth, result;
    double within_um = 3.0;
    bool json = false;
  };
  CLI::App* command = app.add_subcommand(
      "evaluate", "detection, events, identity, rates and calibration of a result against truth");
  auto call = std::make_shared<Call>();
  command->add_option("TRUTH", call->truth, "folder of *_truth.tsv (a phantom's truth/)")->required();
  command->add_option("OUT", call->result, "output folder of a run")->required();
  command
      ->add_option("--within", call->within_um,
                   "um from an annotated course, where truth has a *_scoring_region.tsv")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->add_flag("--json", call->json, "as JSON");
  command->callback([call, &exit_status] {
    const Evaluation e = evaluate(call->truth, call->result, call->within_um);
    std::cout << (call->json ? to_json(e) : to_table(e));
    exit_status = kDone;
  });
}

}  // namespace spinechron
