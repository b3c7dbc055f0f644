#pragma once
// The series of a call: which of them are this shard's, and what they will need.

#include <cstdint>
#include <vector>

#include "graph/shard.hpp"
#include "io/bids.hpp"

namespace spinechron {

/// Size of the files that its sessions name; those that are missing count as nothing.
std::uint64_t bytes_of(const Series& series);

/// Memory that a series will need with so many of its sessions at once, by the size of its files.
std::uint64_t need_of(const Series& series, size_t sessions_at_once);

/// The part of the input that is this shard's.
std::vector<FoundSeries> of_shard(std::vector<FoundSeries> found, const Shard& shard);

/// Prints what a workflow engine wants to know before it starts anything, as JSON: each series with its
/// images, its size and its need.
void print_list(const std::vector<FoundSeries>& input);

}  // namespace spinechron
