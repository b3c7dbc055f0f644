// SWC, of others and of our own.
#include "fuzz/fuzz_support.hpp"
#include "io/swc.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spinechron;
  try {
    const Tracing tracing = parse_swc("fuzz", fuzz::as_text(data, size));
    const Tracing again = parse_swc("again", to_swc(tracing));
    if (again.size() != tracing.size()) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
