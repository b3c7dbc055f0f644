#include "graph/shard.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "core/error.hpp"

namespace spinechron {
namespace {

TEST(Shard, IsReadFromText) {
  EXPECT_EQ(parse_shard("2/8").index, 2);
  EXPECT_EQ(parse_shard("2/8").count, 8);
  EXPECT_TRUE(parse_shard("1/1").whole());
  for (const char* text : {"", "2", "0/3", "4/3", "1/0", "a/b", "1/2/3", "-1/2", "1 / 2", "1/"})
    EXPECT_THROW(parse_shard(text), UsageError) << text;
}

TEST(Shard, EverySeriesIsInExactlyOneAndOrderDoesNotMatter) {
  std::mt19937 random(5);
  for (int repeat = 0; repeat < 50; ++repeat) {
    const size_t n = random() % 40;
    const int count = 1 + static_cast<int>(random() % 7);
    std::vector<std::string> stems(n);
    std::vector<std::uint64_t> bytes(n);
    for (size_t i = 0; i < n; ++i) {
      stems[i] = "sub-" + std::to_string(i);
      bytes[i] = random() % 5 * 100;  // many of equal size
    }
    const std::vector<int> shards = assign_shards(stems, bytes, count);
    ASSERT_EQ(shards.size(), n);
    for (int shard : shards) EXPECT_TRUE(shard >= 1 && shard <= count);

    std::vector<size_t> order(n);
    std::iota(order.begin(), order.end(), size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    std::vector<std::string> stems_in_order(n);
    std::vector<std::uint64_t> bytes_in_order(n);
    for (size_t i = 0; i < n; ++i) {
      stems_in_order[i] = stems[order[i]];
      bytes_in_order[i] = bytes[order[i]];
    }
    const std::vector<int> again = assign_shards(stems_in_order, bytes_in_order, count);
    for (size_t i = 0; i < n; ++i) EXPECT_EQ(again[i], shards[order[i]]);
  }
}

TEST(Shard, LoadsAreBalanced) {
  std::mt19937 random(6);
  std::vector<std::string> stems;
  std::vector<std::uint64_t> bytes;
  for (int i = 0; i < 60; ++i) {
    stems.push_back("sub-" + std::to_string(i));
    bytes.push_back(50 + random() % 100);
  }
  std::vector<std::uint64_t> load(4, 0);
  const std::vector<int> shards = assign_shards(stems, bytes, 4);
  for (size_t i = 0; i < bytes.size(); ++i) load[static_cast<size_t>(shards[i] - 1)] += bytes[i];
  const auto [least, most] = std::minmax_element(load.begin(), load.end());
  EXPECT_LT(static_cast<double>(*most), 1.05 * static_cast<double>(*least));
}

}  // namespace
}  // namespace spinechron
