#include "run_input.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "graph/memory.hpp"

namespace spinechron {

std::uint64_t bytes_of(const Series& series) {
  std::uint64_t bytes = 0;
  std::error_code missing;
  for (const Session& session : series.sessions) {
    const auto size = std::filesystem::file_size(session.path, missing);
    if (!missing) bytes += size;
  }
  return bytes;
}

std::uint64_t need_of(const Series& series, size_t sessions_at_once) {
  const std::uint64_t voxels = bytes_of(series) / 2;  // of 16 bits
  return estimated_need_bytes(voxels, voxels / std::max<size_t>(1, series.sessions.size()), sessions_at_once);
}

std::vector<FoundSeries> of_shard(std::vector<FoundSeries> found, const Shard& shard) {
  if (shard.whole()) return found;
  std::vector<std::string> stems;
  std::vector<std::uint64_t> bytes;
  for (const FoundSeries& f : found) {
    stems.push_back(f.series.stem());
    bytes.push_back(bytes_of(f.series));
  }
  const std::vector<int> shards = assign_shards(stems, bytes, shard.count);
  std::vector<FoundSeries> ours;
  for (size_t i = 0; i < found.size(); ++i)
    if (shards[i] == shard.index) ours.push_back(std::move(found[i]));
  return ours;
}

void print_list(const std::vector<FoundSeries>& input) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const FoundSeries& found : input) {
    const Series& series = found.series;
    Json images = Json::array();
    for (const Session& session : series.sessions) images.push_back(session.path);
    list.push_back({{"participant_id", "sub-" + series.subject},
                    {"sample_id", "sample-" + series.sample},
                    {"images", images},
                    {"bytes", bytes_of(series)},
                    {"memory_bytes", need_of(series, series.sessions.size())}});
  }
  std::cout << list.dump(2, ' ', false, Json::error_handler_t::replace) << std::endl;
}

}  // namespace spinechron
