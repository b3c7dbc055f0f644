// TIFF in all dialects, from the first byte to the last voxel.
#include "fuzz/fuzz_support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  spinechron::fuzz::read_stack(spinechron::fuzz::scratch_file("a.tif", data, size));
  return 0;
}
