#pragma once
// Coarse copies of an image.

#include "core/image.hpp"

namespace spinechron {

/// Number of blocks of `side` that `n` voxels fill, the last one perhaps in part.
inline size_t bins_in(size_t n, size_t side) {
  return (n + side - 1) / side;
}

/// The mean of every block of `bx` x `by` voxels of the slices from `first` to before `end`, row by row;
/// blocks at the far borders may be smaller.
void bin_means(const Image& image, size_t bx, size_t by, size_t first, size_t end, float* out);

}  // namespace spinechron
