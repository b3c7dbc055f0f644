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
constexpr size_t kMostKept = 8;
#endif

/// Blocks that were given back and wait for the next image of about their size.
class Kept {
 public:
  /// nullptr: none fits.
  void* take(size_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto fits = [&](const Block& b) { return b.bytes >= bytes && b.bytes <= bytes + bytes / 4; };
    const auto found = std::find_if(blocks_.begin(), blocks_.end(), fits);
    if (found == blocks_.end()) {
      // So that blocks in use and kept ones together are never more than was in use at once.
      for (const Block& block : blocks_) std::free(block.memory);
      blocks_.clear();
      return nullptr;
    }
    void* memory = found->memory;
    blocks_.erase(found);
    return memory;
  }
  /// False: no room.
  bool put(void* memory, size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (blocks_.size() >= kMostKept) return false;
    blocks_.push_back({memory, bytes});
    return true;
  }

 private:
  struct Block {
    void* memory;
    size_t bytes;
  };
  std::mutex mutex_;
  std::vector<Block> blocks_;
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
  if (posix_memalign(&memory, kHugePage, bytes) != 0) throw std::bad_alloc();
  // Advice: where it is not taken, pages are small.
  madvise(memory, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
  return memory;
}

void free_large(void* memory, size_t bytes) noexcept {
  try {
    if (bytes >= kLarge && kept().put(memory, bytes)) return;
  } catch (const std::bad_alloc&) {
    // no memory to remember it by
  }
  std::free(memory);
}

}  // namespace spinechron
