#include "core/large_memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace spinechron {
namespace {

constexpr size_t kHugePage = size_t{2} << 20, kLarge = 2 * kHugePage;
#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kMostKept = 0;  // what is given back must not look alive
#else
constexpr size_t kMostKept = 32;
#endif

/// Blocks that were given back and wait for the next image of about their size. What is in use and what is
/// kept are together at most a quarter more than was in use at once.
class Kept {
 public:
  /// nullptr: none fits, and there is room for a new one.
  void* take(size_t bytes) {
    const std::lock_guard lock(mutex_);
    in_use_bytes_ += bytes;
    most_bytes_ = std::max(most_bytes_, in_use_bytes_);
    const auto fits = [&](const Block& b) { return b.bytes >= bytes && b.bytes <= bytes + bytes / 4; };
    if (const auto found = std::find_if(blocks_.rbegin(), blocks_.rend(), fits); found != blocks_.rend()) {
      void* memory = found->memory;
      kept_bytes_ -= found->bytes;
      blocks_.erase(std::next(found).base());
      return memory;
    }
    while (!blocks_.empty() && in_use_bytes_ + kept_bytes_ > most_bytes_ + most_bytes_ / 4) drop_oldest();
    return nullptr;
  }
  void put(void* memory, size_t bytes) {
    const std::lock_guard lock(mutex_);
    in_use_bytes_ -= bytes;
    blocks_.push_back({memory, bytes});
    kept_bytes_ += bytes;
    if (blocks_.size() > kMostKept) drop_oldest();
  }
  void could_not_be_had(size_t bytes) {
    const std::lock_guard lock(mutex_);
    in_use_bytes_ -= bytes;
  }

 private:
  struct Block {
    void* memory;
    size_t bytes;
  };
  void drop_oldest() {
    std::free(blocks_.front().memory);
    kept_bytes_ -= blocks_.front().bytes;
    blocks_.erase(blocks_.begin());
  }
  std::mutex mutex_;
  std::vector<Block> blocks_;
  size_t in_use_bytes_ = 0, kept_bytes_ = 0, most_bytes_ = 0;
};

Kept& kept() {
  static Kept* const blocks = new Kept;  // never destroyed: images may outlive main
  return *blocks;
}

}  // namespace

void* allocate_large(size_t bytes) {
  if (bytes < kLarge) {
    void* memory = std::malloc(bytes > 0 ? bytes : 1);
    if (!memory) throw std::bad_alloc();
    return memory;
  }
  if (void* memory = kept().take(bytes)) return memory;
  void* memory = nullptr;
  if (posix_memalign(&memory, kHugePage, bytes) != 0) {
    kept().could_not_be_had(bytes);
    throw std::bad_alloc();
  }
  // Advice: where it is not taken, pages are small.
  madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
  return memory;
}

void free_large(void* memory, size_t bytes) noexcept {
  if (bytes < kLarge) return std::free(memory);
  try {
    kept().put(memory, bytes);
  } catch (const std::bad_alloc&) {
    std::free(memory);  // no memory to remember it by
  }
}

}  // namespace spinechron
