// A manifest, from its bytes to ordered series.
#include "fuzz/fuzz_support.hpp"
#include "io/bids.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto set = spinechron::find_series(spinechron::fuzz::scratch_file("a.tsv", data, size));
    if (set.series.empty()) std::abort();
  } catch (const spinechron::Error&) {
  }
  return 0;
}
