#include "report/png_file.hpp"

#include <libdeflate.h>

#include <cmath>
#include <string_view>
#include <vector>

#include "core/lanes.hpp"
#include "io/deflate.hpp"

namespace spinechron::report {
namespace {

constexpr int kLevel = 1;  // of libdeflate's 12
constexpr char kUp = 2;    // PNG's filter: a byte less the one above it

void append_number(std::string& out, std::uint32_t value) {
  for (int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift);
}

// Length, name, content, check sum (PNG specification, chapter 5.3).
void append_chunk(std::string& out, std::string_view name, std::string_view content) {
  append_number(out, static_cast<std::uint32_t>(content.size()));
  const size_t from = out.size();
  out += name;
  out += content;
  append_number(out, libdeflate_crc32(0, out.data() + from, out.size() - from));
}

SPINECHRON_LANES
void split_colours(const std::uint32_t* pixels, size_t n, std::uint8_t* out) {
  for (size_t x = 0; x < n; ++x) {
    out[3 * x] = static_cast<std::uint8_t>(pixels[x] >> 16);
    out[3 * x + 1] = static_cast<std::uint8_t>(pixels[x] >> 8);
    out[3 * x + 2] = static_cast<std::uint8_t>(pixels[x]);
  }
}

SPINECHRON_LANES
void subtract(const std::uint8_t* row, const std::uint8_t* above, size_t n, char* out) {
  for (size_t x = 0; x < n; ++x) out[x] = static_cast<char>(row[x] - above[x]);
}

}  // namespace

std::string pack_png(const PngPixels& pixels) {
  const bool grey = pixels.kind == PngPixels::Kind::grey;
  const size_t row_bytes = (grey ? 1 : 3) * pixels.nx;
  std::string filtered(pixels.ny * (row_bytes + 1), kUp);
  std::vector<std::uint8_t> above(row_bytes), row(row_bytes);
  for (size_t y = 0; y < pixels.ny; ++y) {
    const std::uint8_t* from = pixels.samples + y * pixels.row_bytes;
    if (grey)
      row.assign(from, from + row_bytes);
    else
      split_colours(reinterpret_cast<const std::uint32_t*>(from), pixels.nx, row.data());
    subtract(row.data(), above.data(), row_bytes, filtered.data() + y * (row_bytes + 1) + 1);
    row.swap(above);
  }
  std::string header, out = "\x89PNG\r\n\x1a\n";
  append_number(header, static_cast<std::uint32_t>(pixels.nx));
  append_number(header, static_cast<std::uint32_t>(pixels.ny));
  header +=
      {8, static_cast<char>(grey ? 0 : 2), 0, 0, 0};  // bits, grey or colour, deflate, filters, no passes
  append_chunk(out, "IHDR", header);
  if (pixels.dpi > 0) {
    std::string resolution;
    const auto per_metre = static_cast<std::uint32_t>(std::lround(pixels.dpi / 0.0254));
    append_number(resolution, per_metre);
    append_number(resolution, per_metre);
    append_chunk(out, "pHYs", resolution + '\1');
  }
  append_chunk(out, "IDAT", deflated(filtered.data(), filtered.size(), kLevel));
  append_chunk(out, "IEND", "");
  return out;
}

}  // namespace spinechron::report
