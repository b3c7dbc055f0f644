// A careless C++ plugin: written against the C interface without the wrapper, it lets an exception out.
#include <stdexcept>

#include "spinechron_plugin.h"

namespace {

int32_t denoise(void*, const sc_host*, const sc_stack*, sc_denoised*) {
  throw std::runtime_error("oops");
}

const sc_stage kStage = {sizeof(sc_stage), SC_DENOISE, "fixture", "Throws.", 0,       0,       nullptr,
                         nullptr,          nullptr,    denoise,   nullptr,   nullptr, nullptr, nullptr};
const sc_stage* const kStages[] = {&kStage};
const sc_plugin kPlugin = {
    sizeof(sc_plugin), SPINECHRON_ABI_MAJOR, SPINECHRON_ABI_MINOR, 1, "throws", "1", "For tests.", kStages};

}  // namespace

const sc_plugin* spinechron_plugin_entry(uint32_t, uint32_t) {
  return &kPlugin;
}
