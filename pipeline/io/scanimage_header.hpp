#pragma once
// What ScanImage writes into its TIFF files about channels, slices and the field of view.

#include <cstdint>
#include <optional>
#include <string>

namespace spinechron::io_detail {

struct ScanImageHeader {
  std::uint64_t channels = 1;          ///< stored, the fastest index
  std::uint64_t slices = 1;            ///< 1 when no stack was being taken, whatever numSlices says
  std::uint64_t frames_per_slice = 1;  ///< stored frames of each slice, one behind the other
  std::uint64_t volumes = 1;           ///< repeats of the whole stack
  std::uint64_t flyback_frames = 0;    ///< at the end of each volume
  std::optional<double> z_step_um;
  std::optional<double> field_x_um, field_y_um;  ///< the whole image, edge to edge
};

/// `text`: Software tag and ImageDescription of the first page, one under the other. Never throws: what
/// cannot be read stays as it is above.
ScanImageHeader parse_scanimage_header(const std::string& text);

}  // namespace spinechron::io_detail
