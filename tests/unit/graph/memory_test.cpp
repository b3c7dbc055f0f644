#include "graph/memory.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/error.hpp"

namespace spinechron {
namespace {

TEST(Memory, AmountsAreReadAsPeopleWriteThem) {
  EXPECT_EQ(parse_bytes("4G"), 4ULL << 30);
  EXPECT_EQ(parse_bytes("4GB"), 4ULL << 30);
  EXPECT_EQ(parse_bytes("1.5 GiB"), 3ULL << 29);
  EXPECT_EQ(parse_bytes("512m"), 512ULL << 20);
  EXPECT_EQ(parse_bytes("800000000"), 800000000ULL);
}

TEST(Memory, OtherTextsAreRefused) {
  for (const char* text : {"", "lots", "4X", "-1G", "0", "4GG", "1e30T", "nan"})
    EXPECT_THROW(parse_bytes(text), UsageError) << text;
}

TEST(Memory, TheLimitIsThatOfAMachine) {
  EXPECT_GT(memory_limit_bytes(), 64ULL << 20);
  EXPECT_LT(memory_limit_bytes(), 1ULL << 50);
  EXPECT_LT(default_budget_bytes(1000), 1000U);
}

TEST(Memory, ThePeakGrowsWithWhatIsUsed) {
  const std::uint64_t before = peak_resident_bytes();
  std::vector<char> block(200 << 20, 1);
  EXPECT_GE(peak_resident_bytes(), before + (100 << 20));
  EXPECT_EQ(block.back(), 1);
}

TEST(Memory, TheEstimateGrowsWithImagesAndThreads) {
  EXPECT_GE(estimated_need_bytes(300, 100, 1), 4U * 400);
  EXPECT_GT(estimated_need_bytes(300, 100, 2), estimated_need_bytes(300, 100, 1));
}

}  // namespace
}  // namespace spinechron
