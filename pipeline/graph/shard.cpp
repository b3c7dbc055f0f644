#include "graph/shard.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "core/error.hpp"

namespace spinechron {
namespace {

bool read_int(const char* begin, const char* end, int& value) {
  const auto [stopped, error] = std::from_chars(begin, end, value);
  return error == std::errc() && stopped == end && begin != end;
}

}  // namespace

Shard parse_shard(const std::string& text) {
  Shard shard;
  const size_t slash = text.find('/');
  const char* begin = text.data();
  if (slash == std::string::npos || !read_int(begin, begin + slash, shard.index) ||
      !read_int(begin + slash + 1, begin + text.size(), shard.count) || shard.index < 1 ||
      shard.index > shard.count)
    throw UsageError("--shard {}: give I/N with I from 1 to N, as in 2/8", text);
  return shard;
}

std::vector<int> assign_shards(const std::vector<std::string>& stems, const std::vector<std::uint64_t>& bytes,
                               int count) {
  std::vector<size_t> order(stems.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return bytes[a] != bytes[b] ? bytes[a] > bytes[b] : stems[a] < stems[b];
  });
  std::vector<std::uint64_t> load(static_cast<size_t>(count), 0);
  std::vector<int> shard(stems.size());
  for (size_t i : order) {
    const auto least = std::min_element(load.begin(), load.end());
    *least += std::max<std::uint64_t>(1, bytes[i]);
    shard[i] = 1 + static_cast<int>(least - load.begin());
  }
  return shard;
}

}  // namespace spinechron
