#pragma once
// The part of an OME-XML text (OME 2003 to 2016-06) that says where the planes of an image lie.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/raw_layout.hpp"

namespace spinechron::io_detail {

/// One TiffData element: `plane_count` planes from directory `ifd` of a file on, the first of them at
/// (first_z, first_c, first_t), the others following in the dimension order.
struct OmeTiffData {
  std::optional<std::uint64_t> ifd, plane_count;
  std::uint64_t first_z = 0, first_c = 0, first_t = 0;
  std::string file_name;  ///< empty: the file itself
  std::string uuid;
};

struct OmeImage {
  std::uint64_t x = 0, y = 0, z = 0, c = 0, t = 0;  ///< SizeX to SizeT
  std::uint64_t samples_per_pixel = 1;              ///< channels stored together in one page (RGB)
  std::string dimension_order;                      ///< "XYZCT" and so on
  int significant_bits = 0;
  Voxel voxel_um;
  std::vector<std::string> channel_names;  ///< one a channel, empty where there is none
  std::vector<OmeTiffData> tiff_data;
};

struct OmeDocument {
  std::string uuid;           ///< of the file that holds the text
  std::string metadata_file;  ///< not empty: all is said in this companion file (BinaryOnly)
  std::vector<OmeImage> images;
};

/// Is this ImageDescription OME-XML?
bool looks_like_ome_xml(const std::string& text);

/// Error (with `path`) if it is not well-formed or lacks what is needed.
OmeDocument parse_ome_xml(const std::string& path, const std::string& text);

}  // namespace spinechron::io_detail
