#pragma once
// Pixels as the bytes of a PNG file.

#include <cstddef>
#include <cstdint>
#include <string>

namespace spinechron::report {

struct PngPixels {
  enum class Kind {
    grey,             ///< a byte a pixel
    colour_of_32_bit  ///< cairo's RGB24: 0x00rrggbb in the machine's byte order
  };
  size_t nx, ny;
  size_t row_bytes;  ///< from one row to the next
  const std::uint8_t* samples;
  Kind kind;
  double dpi;  ///< resolution the file states; 0: none
};

/// Without loss, packed fast rather than small: pictures of noise shrink little, and take several times as
/// long. Error if memory does not suffice.
std::string pack_png(const PngPixels& pixels);

}  // namespace spinechron::report
