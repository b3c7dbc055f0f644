#pragma once
// Hot loops on samples side by side, compiled twice: for every processor and for those with AVX2; which one
// runs is chosen when the program starts. Both give the same bytes: each sample is computed by the same
// operations in the same order, and none are contracted (-ffp-contract=off). So such a loop may not sum over
// samples.

#include <cstddef>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define SPINECHRON_LANES __attribute__((target_clones("avx2", "default")))
#else
#define SPINECHRON_LANES
#endif
/// For helpers that such a loop calls: they must be compiled into it, or they would be compiled for every
/// processor only.
#define SPINECHRON_INLINE inline __attribute__((always_inline))

namespace spinechron {

inline constexpr size_t kLanes = 8;
/// Samples side by side, for loops that keep several of them at hand. Comparisons choose lane by lane. Load
/// and store by std::memcpy; not to be passed by value, since how depends on the processor.
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
/// The same where it lies among other floats: for loops that read several at once (copies of arrays of Lanes
/// would go through memory).
using LanesThere =
    float __attribute__((vector_size(kLanes * sizeof(float)), aligned(alignof(float)), may_alias));

}  // namespace spinechron
