#pragma once
// An image in which every voxel differs from its neighbours, the same every time.

#include <cstdint>

#include "core/image.hpp"

namespace spinechron::testing {

inline Image noisy_image(Size3 size) {
  Image image(size, Vec3(0.12, 0.15, 0.8));
  std::uint32_t random = 7;
  for (size_t i = 0; i < size.count(); ++i) {
    random = random * 1664525U + 1013904223U;
    image.data()[i] = static_cast<float>(random >> 8) / 1e5F;
  }
  return image;
}

}  // namespace spinechron::testing
