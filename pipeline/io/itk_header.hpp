#pragma once
// The text header of an NRRD or MetaImage file, read with a sceptic's eye before ITK sees the file: ITK
// trusts sizes, drops units and invents a voxel size of 1 where there is none.

#include <cstdint>
#include <string>
#include <vector>

#include "io/raw_layout.hpp"

namespace spinechron::io_detail {

struct TextHeader {
  std::string format;  ///< "NRRD" or "MetaImage"
  Voxel voxel_um;      ///< none where the header gives no spacing
  bool compressed = false;
  std::uint64_t stored_bytes = 0;     ///< of header and data files
  std::vector<std::string> files;     ///< the header first
  std::vector<std::string> warnings;  ///< a spacing without a unit
};

/// The first `bytes` bytes of a file, fewer if it is shorter.
std::string read_file_head(const std::string& path, size_t bytes);

/// The format is told by the first bytes. Error if the header is not one, contradicts itself, has more
/// dimensions than make sense, names several data files or one that is not there, or promises more voxels
/// than its data can hold.
TextHeader read_text_header(const std::string& path);

}  // namespace spinechron::io_detail
