// The header of ScanImage, which shall never throw.
#include "fuzz/fuzz_support.hpp"
#include "io/scanimage_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto header = spinechron::io_detail::parse_scanimage_header(spinechron::fuzz::as_text(data, size));
  if (header.channels == 0 || header.slices == 0 || header.frames_per_slice == 0 || header.volumes == 0)
    std::abort();
  return 0;
}
