#pragma once
// Regions of interest as ImageJ keeps them (ij/io/RoiDecoder.java describes the format).

#include <cstdint>
#include <string>
#include <vector>

namespace spinechron {

/// An oval in a slice of a single-channel stack. Pixels are ImageJ's: the first one reaches from 0 to 1, so
/// its centre is 0.5.
struct ImagejOval {
  std::string name;  ///< unique in its set
  double centre_x = 0, centre_y = 0;
  double width = 1, height = 1;
  int slice = 1;  ///< from 1
  std::uint32_t rgb = 0xffff00;
};

/// The bytes of a .roi file.
std::string to_roi(const ImagejOval& oval);

/// The bytes of a set of them, a .zip that ImageJ's ROI Manager opens.
std::string to_roi_set(const std::vector<ImagejOval>& ovals);

}  // namespace spinechron
