// What going through the interface costs on a stack of 512 x 512 x 40, in processor time.

#include <algorithm>
#include <cstring>
#include <ctime>

#include "host/library.hpp"
#include "host/stages.hpp"
#include "plugin/plugins.hpp"

namespace spinechron {
namespace {

double processor_s() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// A stage's own time, told by itself.
double inside_s = 0;
int32_t (*real_denoise)(void*, const sc_host*, const sc_stack*, sc_denoised*) = nullptr;

int32_t timed_denoise(void* self, const sc_host* host, const sc_stack* in, sc_denoised* out) {
  const double start = processor_s();
  const int32_t code = real_denoise(self, host, in, out);
  inside_s = processor_s() - start;
  return code;
}

int32_t copy(void*, const sc_host*, const sc_stack* in, sc_denoised* out) {
  std::memcpy(out->samples, in->samples, sizeof(float) * in->nx * in->ny * in->nz);
  return SC_OK;
}

struct Times {
  double inside_s, outside_s;  // the stage's own, and the host's around it
};

Times run_once(const std::shared_ptr<const host::Library>& library, const sc_stage& stage) {
  const auto made = host::make_stage(library, stage, {});
  prepare_plugin(*made);
  Stack stack;
  stack.image = Image({512, 512, 40}, {0.12, 0.12, 1});
  for (size_t i = 0; i < stack.image.size().count(); ++i)
    stack.image.data()[i] = static_cast<float>((i * 7919) % 101);
  const double start = processor_s();
  const Stack out = dynamic_cast<const Denoiser&>(*made).run(std::move(stack), Context());
  return {inside_s, processor_s() - start - inside_s};
}

// The output image, which a built-in stage has to make as well.
double allocation_s() {
  const double start = processor_s();
  const Image image({512, 512, 40}, {0.12, 0.12, 1}, 1);
  return processor_s() - start;
}

// What the host adds does not depend on the stage: it is measured around one that only copies. The least of
// several runs is what other programs on the machine disturb least.
TEST(Cost, OfTheInterfaceIsBelowOnePercentOfAStagesTime) {
  const auto library = host::Library::open(std::string(FIRST_PARTY) + "/tophat.so");
  sc_stage timed = *host::stages_of(library->plugin())[0];
  const auto tophat = timed.denoise;
  timed.denoise = timed_denoise;

  double around = 1e9, image = 1e9, work = 1e9;
  real_denoise = copy;
  for (int i = 0; i < 12; ++i) {
    around = std::min(around, run_once(library, timed).outside_s);
    image = std::min(image, allocation_s());
  }
  real_denoise = tophat;
  for (int i = 0; i < 2; ++i) work = std::min(work, run_once(library, timed).inside_s);

  const double percent = 100 * (around - image) / work;
  std::cout << fmt::format("the host adds {:.1f} ms, {:.2f}% of a top-hat's {:.0f} ms\n",
                           1000 * (around - image), percent, 1000 * work);
  EXPECT_LT(percent, 1.0);
}

}  // namespace
}  // namespace spinechron
