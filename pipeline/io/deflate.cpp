#include "io/deflate.hpp"

#include <libdeflate.h>

#include <memory>

#include "core/error.hpp"

namespace spinechron {

std::string deflated(const void* bytes, size_t count, int level) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  if (!compressor) throw Error("there is not enough memory to pack {} bytes", count);
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), count), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes, count, out.data(), out.size()));
  return out;
}

}  // namespace spinechron
