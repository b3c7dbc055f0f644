#include "core/large_memory.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include "core/image.hpp"

namespace spinechron {
namespace {

constexpr size_t kLarge = size_t{12} << 20;

TEST(LargeMemory, BlocksInUseAreApart) {
  std::vector<void*> blocks;
  for (int i = 0; i < 4; ++i) {
    blocks.push_back(allocate_large(kLarge));
    std::memset(blocks.back(), i + 1, kLarge);
  }
  free_large(blocks[1], kLarge);
  blocks[1] = allocate_large(kLarge - 100);  // may be the one just given back
  std::memset(blocks[1], 9, kLarge - 100);
  for (const int i : {0, 2, 3})
    for (const size_t at : {size_t{0}, kLarge / 2, kLarge - 1})
      EXPECT_EQ(static_cast<unsigned char*>(blocks[size_t(i)])[at], i + 1);
  for (size_t i = 0; i < blocks.size(); ++i) free_large(blocks[i], i == 1 ? kLarge - 100 : kLarge);
}

TEST(LargeMemory, ManyThreadsGetBlocksOfTheirOwn) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t, &wrong] {
      for (int round = 0; round < 20; ++round) {
        std::vector<int, LargeMemory<int>> mine(kLarge / sizeof(int) / 2, t);
        for (const int v : mine) wrong[size_t(t)] += v != t;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(LargeMemory, ImagesAreFilledUnlessTheyAreAskedNotToBe) {
  { Image used({600, 600, 4}, Vec3::Ones(), 7.0F); }  // leaves its samples in the memory
  const Image zero({600, 600, 4}, Vec3::Ones());
  for (size_t i = 0; i < zero.size().count(); i += 997) ASSERT_EQ(zero.data()[i], 0.0F);
  const Image any = Image::unfilled({600, 600, 4}, Vec3(1, 2, 3));
  EXPECT_EQ(any.size(), zero.size());
  EXPECT_EQ(any.voxel_um(), Vec3(1, 2, 3));
}

}  // namespace
}  // namespace spinechron
