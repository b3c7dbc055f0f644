#pragma once
// Which of the series found are this call's share.

#include <cstdint>
#include <string>
#include <vector>

namespace spinechron {

/// `--shard I/N`: the I-th of N parts, from 1.
struct Shard {
  int index = 1;
  int count = 1;
  bool whole() const { return count == 1; }
};

/// "2/8" -> {2, 8}. UsageError for anything but 1 <= I <= N.
Shard parse_shard(const std::string& text);

/// The shard (from 1) of every series, so that the shards' sums of bytes are about equal: the largest series
/// first, each to the shard that has least so far (longest processing time first). It depends on the stems
/// and bytes only, not on their order: N calls that see the same input agree, and every series is in exactly
/// one shard. A series of unknown size (0) counts as one byte.
std::vector<int> assign_shards(const std::vector<std::string>& stems, const std::vector<std::uint64_t>& bytes,
                               int count);

}  // namespace spinechron
