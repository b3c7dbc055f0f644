#pragma once
// Stacks written as OME-TIFF: labels, and counts of the phantom.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/image.hpp"

namespace spinechron {

/// A stack of labels: 0 is background, n belongs to spine n.
struct LabelStack {
  std::vector<std::uint32_t> labels;  ///< x fastest, then y, then z
  Size3 size;
  Vec3 voxel_um = Vec3::Ones();
};

/// A stack of which few voxels have a label: index of the voxel (x fastest, then y, then z) and label, in
/// rising order of index.
struct SparseLabels {
  std::vector<std::pair<std::size_t, std::uint32_t>> voxels;
  Size3 size;
  Vec3 voxel_um = Vec3::Ones();
};

/// Writes labels as OME-TIFF with deflate and PhysicalSizeX/Y/Z in um; uint16 if no label is above 65535,
/// else uint32. Whole or not at all; equal labels give equal bytes. Error if size and labels disagree or the
/// disk is full.
void write_labels(const std::string& path, const LabelStack& stack);
/// The same, plane by plane, without the whole stack in memory. Error if an index lies beyond the size.
void write_labels(const std::string& path, const SparseLabels& stack);

/// Reads what `write_labels` wrote, or any OME-TIFF of one channel of uint8, uint16 or uint32. Error as
/// `read_image`, but all-zero labels are fine, and so is a single plane.
LabelStack read_labels(const std::string& path, std::uint64_t max_bytes = 8ULL << 30);

/// Writes counts as uint16 OME-TIFF (rounded, cut to 0 to 65535), otherwise as `write_labels`.
void write_ome_tiff(const std::string& path, const Image& counts);

}  // namespace spinechron
