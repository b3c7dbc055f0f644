#include "graph/select.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

#include "core/error.hpp"

namespace spinechron {
namespace {

bool read_int(const char* begin, const char* end, int& value) {
  const auto [stopped, error] = std::from_chars(begin, end, value);
  return error == std::errc() && stopped == end && begin != end;
}

std::string without_prefix(const std::string& label, const std::string& prefix) {
  return label.rfind(prefix, 0) == 0 ? label.substr(prefix.size()) : label;
}

std::set<std::string> wanted(const std::vector<std::string>& labels, const std::string& prefix,
                             const std::set<std::string>& there, const std::string& option) {
  std::set<std::string> out;
  for (const std::string& label : labels) {
    out.insert(without_prefix(label, prefix));
    if (!there.count(without_prefix(label, prefix)))
      throw UsageError("{} {}: the input has no such label; it has: {}", option, label,
                       fmt::join(there, ", "));
  }
  return out;
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

std::vector<Series> select_labels(std::vector<Series> series, const std::vector<std::string>& participants,
                                  const std::vector<std::string>& samples) {
  std::set<std::string> subjects_there, samples_there;
  for (const Series& s : series) {
    subjects_there.insert(s.subject);
    samples_there.insert(s.sample);
  }
  const auto subjects = wanted(participants, "sub-", subjects_there, "--participant-label");
  const auto fields = wanted(samples, "sample-", samples_there, "--sample-label");
  std::erase_if(series, [&](const Series& s) {
    return (!subjects.empty() && !subjects.count(s.subject)) || (!fields.empty() && !fields.count(s.sample));
  });
  return series;
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
