// NRRD and MetaImage, from the first byte to the last voxel.
#include "fuzz/fuzz_support.hpp"

/// ITK's NRRD reader loses some kB of its own for every header that it refuses; what we allocate is not
/// excused.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libITKNrrdIO";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const bool nrrd = spinechron::fuzz::as_text(data, size).rfind("NRRD", 0) == 0;
  spinechron::fuzz::read_stack(spinechron::fuzz::scratch_file(nrrd ? "a.nrrd" : "a.mha", data, size));
  return 0;
}
