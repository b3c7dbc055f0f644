#pragma once
// One image file -> a stack of counts with its voxel size, or one clear error.
//
// Reads OME-TIFF (one file, several files, companion), BigTIFF, ImageJ hyperstacks (also those over 4 GB that
// have a single directory), ScanImage 3.8 and 5 TIFF, plain TIFF, NRRD and MetaImage; 8 and 16 bit integers,
// signed or not, and 32 and 64 bit floating point.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "core/series.hpp"

namespace spinechron {

struct ReadOptions {
  std::optional<std::string> channel;  ///< number from 1, or name in the file; Session::channel wins
  std::uint64_t max_bytes = 0;         ///< most memory for the stack (4 bytes a voxel); 0: half of the memory
  const std::atomic<bool>* cancelled = nullptr;  ///< looked at before each slice; then Cancelled is thrown
};

/// Reads the stack of one session.
///
/// The result has x = column, y = row, z = slice. `lowest_count` is 0 for samples that cannot be or never are
/// negative, else the least value of the type. `highest_count` is the greatest value of the type, or 2^k - 1
/// where the header says k significant bits and no voxel is above, or where ten voxels and more stand at
/// exactly such a value and none above (a 12 bit digitiser in a 16 bit file). Of a stack in several files
/// (OME-TIFF sets, NRRD and MetaImage with detached data) `sha256` is over all of them, `path` first, the
/// others in the order of their use.
///
/// The voxel size is the file's; Session::voxel_um wins axis by axis, and where the two differ by more than
/// 1 % a warning names both. A file with several channels needs a choice.
///
/// Error (one sentence with the path): missing, empty, truncated, not an image, several channels and none
/// chosen, time series, single plane, larger than `max_bytes` or than its bytes can hold, samples of another
/// type or not finite, all voxels equal, more than half of them saturated, voxel size missing or outside
/// 0.001 to 100 um.
RawStack read_image(const Session& session, const ReadOptions& options = {});

}  // namespace spinechron
