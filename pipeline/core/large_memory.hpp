#pragma once
// Memory for images: what is large comes in huge pages where the system has them, and nothing is written
// before the program writes it. A stack of 40 MB touched in pages of 4 KB costs ten thousand page faults,
// which is more time than most filters need for it.

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace spinechron {

/// `bytes` of memory, not initialised; throws std::bad_alloc. To be given back by `free_large` with the same
/// size. Large blocks are kept for the next image of about that size; at most a quarter more than were in use
/// at once.
void* allocate_large(size_t bytes);
void free_large(void* memory, size_t bytes) noexcept;

/// An allocator for std::vector over `allocate_large`. `std::vector<float, LargeMemory<float>>(n)` leaves its
/// elements uninitialised; with a value given it fills as usual.
template <typename T>
struct LargeMemory {
  static_assert(std::is_trivial_v<T>);
  using value_type = T;
  LargeMemory() = default;
  template <typename U>
  LargeMemory(const LargeMemory<U>&) {}
  T* allocate(size_t n) {
    if (n > static_cast<size_t>(-1) / sizeof(T)) throw std::bad_alloc();
    return static_cast<T*>(allocate_large(n * sizeof(T)));
  }
  void deallocate(T* memory, size_t n) noexcept { free_large(memory, n * sizeof(T)); }
  template <typename U, typename... Arguments>
  void construct(U* at, Arguments&&... arguments) {
    if constexpr (sizeof...(Arguments) > 0) std::construct_at(at, std::forward<Arguments>(arguments)...);
  }
  bool operator==(const LargeMemory&) const { return true; }
};

}  // namespace spinechron
