#include "report/png_file.hpp"

#include <png.h>

#include <cmath>
#include <memory>

#include "core/error.hpp"

namespace spinechron::report {
namespace {

constexpr int kLevel = 2;  // of zlib's 9

// libpng's way out of an error must not return; its frames have unwind tables.
void fail(png_structp, png_const_charp what) {
  throw Error("a picture cannot be packed as PNG: {}", what);
}

void append(png_structp png, png_bytep data, size_t n) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(data), n);
}

struct Writer {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, nullptr);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  Writer() {
    if (!info) throw Error("a picture cannot be packed as PNG: no memory");
  }
  ~Writer() { png_destroy_write_struct(&png, &info); }
  Writer(const Writer&) = delete;
};

}  // namespace

std::string pack_png(const PngPixels& pixels) {
  const bool grey = pixels.kind == PngPixels::Kind::grey;
  std::string out;
  const Writer w;
  png_set_write_fn(w.png, &out, append, nullptr);
  png_set_IHDR(w.png, w.info, static_cast<png_uint_32>(pixels.nx), static_cast<png_uint_32>(pixels.ny), 8,
               grey ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (pixels.dpi > 0) {
    const auto per_metre = static_cast<png_uint_32>(std::lround(pixels.dpi / 0.0254));
    png_set_pHYs(w.png, w.info, per_metre, per_metre, PNG_RESOLUTION_METER);
  }
  png_set_filter(w.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
  png_set_compression_level(w.png, kLevel);
  png_write_info(w.png, w.info);
  std::string row(3 * pixels.nx, '\0');
  for (size_t y = 0; y < pixels.ny; ++y) {
    const std::uint8_t* from = pixels.samples + y * pixels.row_bytes;
    if (!grey) {
      const auto* words = reinterpret_cast<const std::uint32_t*>(from);
      for (size_t x = 0; x < pixels.nx; ++x) {
        row[3 * x] = static_cast<char>(words[x] >> 16);
        row[3 * x + 1] = static_cast<char>(words[x] >> 8);
        row[3 * x + 2] = static_cast<char>(words[x]);
      }
      from = reinterpret_cast<const std::uint8_t*>(row.data());
    }
    png_write_row(w.png, from);
  }
  png_write_end(w.png, w.info);
  return out;
}

}  // namespace spinechron::report
