// A JSON sidecar.
#include "fuzz/fuzz_support.hpp"
#include "io/bids_name.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    spinechron::io_detail::parse_sidecar("fuzz", spinechron::fuzz::as_text(data, size));
  } catch (const spinechron::Error&) {
  }
  return 0;
}
