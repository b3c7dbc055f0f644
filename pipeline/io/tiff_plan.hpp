#pragma once
// Which planes of which TIFF files make the slices of one channel: one planner a dialect of TIFF.

#include <map>
#include <string>
#include <vector>

#include "io/tiff_file.hpp"

namespace spinechron::io_detail {

struct PlaneRef {
  size_t file = 0;  ///< index in TiffPlan::paths
  size_t page = 0;
  unsigned sample = 0;
};

struct TiffPlan {
  std::string format;
  std::vector<std::string> paths;             ///< all files, the session's own first
  std::vector<std::vector<PlaneRef>> slices;  ///< for each slice the planes whose mean it is (one as a rule)
  bool contiguous = false;                    ///< planes lie behind the only page's data (`page` counts them)
  Voxel voxel_um;
  int significant_bits = 0;
  std::vector<std::string> warnings;
};

/// What a planner is asked.
struct PlanRequest {
  const Session& session;
  const ReadOptions& options;
  const std::string& path() const { return session.path; }
};

/// Pages that make the stack: those like the first one. Thumbnails and pyramid levels are left out; other odd
/// pages too, with a warning in `plan`.
std::vector<size_t> stack_pages(const TiffFile& file, TiffPlan& plan);

/// "key=value" lines (also "key: value" if `separator` is ':'), parted by CR or LF; spaces around are cut
/// off. The first of equal keys counts.
std::map<std::string, std::string> key_values(const std::string& text, char separator = '=');

/// A finite number at the start of a text; none if there is none.
std::optional<double> to_number(const std::string& text);
/// The value of a key as a whole number from 0 to a million; none if missing or something else.
std::optional<std::uint64_t> to_count(const std::map<std::string, std::string>& keys, const std::string& key);

bool looks_like_imagej(const TiffFile& file);
bool looks_like_scanimage(const TiffFile& file);

/// OME-TIFF; `file` is null if the session's path is a companion file.
TiffPlan plan_ome(const TiffFile* file, const std::string& xml, const PlanRequest& request);
TiffPlan plan_imagej(const TiffFile& file, const PlanRequest& request);
TiffPlan plan_scanimage(const TiffFile& file, const PlanRequest& request);
TiffPlan plan_plain(const TiffFile& file, const PlanRequest& request);

}  // namespace spinechron::io_detail
