// A configuration, from its bytes to the checked plan; what the plan says of itself gives the same plan
// again.
#include "config/plan.hpp"
#include "fuzz/fuzz_support.hpp"
#include "unit/config/fake_stages.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spinechron;
  static const Registry registry = fake::registry();
  try {
    const auto assignments = parse_toml(fuzz::as_text(data, size), "fuzz.toml");
    plugins_of(assignments);
    const Plan plan = make_plan(assignments, registry, {});
    const Plan again = make_plan(parse_toml(plan.effective_toml, "effective.toml"), registry, {});
    if (again.hash != plan.hash) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
