#pragma once
// What the headers of an image file say, before a voxel is read; shared by the readers of all formats.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/image.hpp"
#include "core/series.hpp"
#include "io/read_image.hpp"

namespace spinechron::io_detail {

using Voxel = std::array<std::optional<double>, 3>;  ///< um along x, y, z; none where the file does not say

/// The type of a sample as it is stored.
enum class SampleType { u8, s8, u16, s16, f32, f64, u32, s32 };
size_t bytes_of(SampleType type);
/// Least and greatest value; -max and +max for floating point.
std::pair<double, double> limits_of(SampleType type);

/// What a reader yields; `finish` turns it into a RawStack.
struct Decoded {
  Image counts;
  SampleType type = SampleType::u16;
  std::string format;
  int significant_bits = 0;  ///< 0: the file does not say
  std::vector<std::string> warnings;
  std::vector<std::string> files;  ///< all files used, the session's own first
};

/// Index from 0 of the channel that session and options ask for. `names` has one entry a channel, empty where
/// it has no name. Error: no such channel, or several and none asked for.
size_t choose_channel(const std::string& path, const std::vector<std::string>& names, const Session& session,
                      const ReadOptions& options);

/// Error unless there are at least two slices and one time point.
void check_is_z_stack(const std::string& path, std::uint64_t slices, std::uint64_t times);

/// The size, checked: Error if a dimension is 0, the product overflows, the stack needs more memory than
/// allowed, or more than `max_ratio` times `stored_bytes` (what the files hold) would have to come out of it.
Size3 check_size(const std::string& path, std::uint64_t x, std::uint64_t y, std::uint64_t z,
                 std::uint64_t bytes_per_sample, std::uint64_t stored_bytes, std::uint64_t max_ratio,
                 const ReadOptions& options);

/// Length in um from a number and a unit as files write it ("µm", "micron", "nm", "mm", "inch", ...); none
/// if the unit is not a length.
std::optional<double> length_in_um(double value, std::string unit);

/// The session's voxel size where it has one, else the file's. A disagreement becomes a warning; a size that
/// is missing or absurd is an Error. To be asked before the voxels are read.
Vec3 resolve_voxel(const Voxel& in_file, const Session& session, std::vector<std::string>& warnings);

/// Checks the values and fills everything but `sha256`.
RawStack finish(Decoded decoded, const Session& session);

void check_cancelled(const ReadOptions& options);

Decoded read_tiff(const Session& session, const ReadOptions& options);
Decoded read_with_itk(const Session& session, const ReadOptions& options);

}  // namespace spinechron::io_detail
