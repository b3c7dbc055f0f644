#pragma once
// How much memory there is, how much this process has used, and how much a series will need.

#include <cstdint>
#include <string>

#include "core/image.hpp"

namespace spinechron {

/// Bytes this process may use: the least of the machine's memory, its control group's limit (version 1 and 2)
/// and the address-space limit of the shell.
std::uint64_t memory_limit_bytes();

/// The share of `limit` that images in flight may take when `--memory` is not given; the rest is for the
/// program itself, the page cache and the neighbours.
std::uint64_t default_budget_bytes(std::uint64_t limit);

/// "512M", "4G", "4GB", "1.5 GiB", "800000000" -> bytes (K, M, G, T are powers of 1024).
/// UsageError for anything else, or for zero.
std::uint64_t parse_bytes(const std::string& text);

/// "3.2 GB", "512 MB": for messages.
std::string bytes_text(std::uint64_t bytes);

/// Greatest resident memory so far, bytes: of this process, or of one that it started if that had more.
std::uint64_t peak_resident_bytes();

/// Bytes that one series will need at its peak: its images as float, kept until the series is written, and
/// the working space of the sessions that are processed at once.
/// @param voxels_total   of all sessions together
/// @param voxels_largest of the largest session
/// @param sessions_at_once  at most the number of threads
std::uint64_t estimated_need_bytes(std::uint64_t voxels_total, std::uint64_t voxels_largest,
                                   std::uint64_t sessions_at_once);

}  // namespace spinechron
