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

// As a built-in stage would do it: an output image, and the work.
double alone_s(const sc_stage& stage, const Stack& stack) {
  const Context context;
  const host::Log no_log;
  host::Call call("alone", context, {}, no_log);
  const sc_value values[] = {{.number = 3}, {.number = 2}, {.text = "square"}};
  void* instance = nullptr;
  stage.create(call.table(), values, &instance);
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

double through_the_host_s(const Denoiser& stage, Stack stack) {
  const double start = processor_s();
  const Stack out = stage.run(std::move(stack), Context());
  return processor_s() - start;
}

TEST(Cost, OfTheInterfaceIsBelowOnePercentOfAStagesTime) {
  const std::string file = std::string(FIRST_PARTY) + "/tophat.so";
  const auto library = host::Library::open(file);
  const auto stage = test::stage_of(file, StageKind::denoise, "tophat");
  const auto& denoiser = dynamic_cast<const Denoiser&>(*stage);
  // The least of several differs least from run to run; alternating, so that both see the same machine.
  double alone = 1e9, host = 1e9;
  for (int i = 0; i < 5; ++i) {
    alone = std::min(alone, alone_s(*host::stages_of(library->plugin())[0], big_stack()));
    host = std::min(host, through_the_host_s(denoiser, big_stack()));
  }
  const double percent = 100 * (host - alone) / alone;
  RecordProperty("alone_ms", static_cast<int>(1000 * alone));
  RecordProperty("through_the_host_ms", static_cast<int>(1000 * host));
  std::cout << fmt::format("alone {:.0f} ms, through the host {:.0f} ms: {:+.2f}%\n", 1000 * alone,
                           1000 * host, percent);
  EXPECT_LT(percent, 1.0);
}

}  // namespace
}  // namespace spinechron
