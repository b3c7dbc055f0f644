// What going through the interface costs: the adapter with all its checks against the plugin's function
// called alone, in processor time, on a stack of 512 x 512 x 40.

#include <ctime>

#include "host/call.hpp"
#include "host/library.hpp"
#include "host/views.hpp"
#include "plugin/plugins.hpp"

namespace spinechron {
namespace {

double processor_s() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

Stack big_stack() {
  Stack stack;
  stack.image = Image({512, 512, 40}, {0.12, 0.12, 1});
  for (size_t i = 0; i < stack.image.size().count(); ++i)
    stack.image.data()[i] = static_cast<float>((i * 7919) % 101);
  return stack;
}

// As a built-in stage would do it: an output image, and the work. The values are those of the two plugins
// below.
double alone_s(const host::Library& library, std::vector<sc_value> values, const Stack& stack) {
  const sc_stage& stage = *host::stages_of(library.plugin())[0];
  const Context context;
  const host::Log no_log;
  host::Call call("alone", context, {}, no_log);
  void* instance = nullptr;
  EXPECT_EQ(stage.create(call.table(), values.data(), &instance), SC_OK);
  const double start = processor_s();
  Image out(stack.image.size(), stack.image.voxel_um());
  const sc_stack in = host::view_of(stack);
  sc_denoised result{};
  result.size = sizeof(result);
  result.samples = out.data();
  EXPECT_EQ(stage.denoise(instance, call.table(), &in, &result), SC_OK);
  const double spent = processor_s() - start;
  stage.destroy(instance);
  return spent;
}

double through_the_host_s(const Stage& stage, Stack stack) {
  const double start = processor_s();
  const Stack out = dynamic_cast<const Denoiser&>(stage).run(std::move(stack), Context());
  return processor_s() - start;
}

// What the host adds does not depend on the stage, so it is measured on a very quick one, where it shows; the
// least of several runs is what other programs on the machine disturb least.
TEST(Cost, OfTheInterfaceIsBelowOnePercentOfAStagesTime) {
  const std::string quick = test::fixture("none"), usual = std::string(FIRST_PARTY) + "/tophat.so";
  const auto quick_library = host::Library::open(quick), usual_library = host::Library::open(usual);
  const auto stage = test::stage_of(quick, StageKind::denoise, "fixture");
  const Stack stack = big_stack();
  double alone = 1e9, host = 1e9, work = 1e9;
  for (int i = 0; i < 60; ++i) {
    alone = std::min(alone, alone_s(*quick_library, {{.number = 0.5}, {.integer = 1}}, stack));
    host = std::min(host, through_the_host_s(*stage, big_stack()));
  }
  for (int i = 0; i < 2; ++i)
    work = std::min(work, alone_s(*usual_library, {{.number = 3}, {.number = 2}, {.text = "square"}}, stack));
  const double percent = 100 * (host - alone) / work;
  std::cout << fmt::format(
      "a stage of {:.0f} ms takes {:.1f} ms more through the host; that is {:.2f}% of a top-hat of {:.0f} "
      "ms\n",
      1000 * alone, 1000 * (host - alone), percent, 1000 * work);
  EXPECT_LT(percent, 1.0);
}

}  // namespace
}  // namespace spinechron
