#pragma once
// The image every kernel is measured on: 512 x 512 x 40 voxels of a two-photon stack, made here so that no
// file is needed.

#include <cmath>

#include "core/stage.hpp"

namespace spinechron::bench {

/// Photons: three slanting dendrites on a noisy ground; the same every time.
inline Stack scene() {
  Stack stack;
  stack.image = Image({512, 512, 40}, Vec3(0.12, 0.12, 1.0));
  stack.optics = {0.19, 0.85};
  std::uint32_t random = 1;
  const auto noise = [&] {
    random = random * 1664525U + 1013904223U;
    return static_cast<float>(random >> 8) / static_cast<float>(1U << 24) - 0.5F;
  };
  for (size_t z = 0; z < 40; ++z)
    for (size_t y = 0; y < 512; ++y)
      for (size_t x = 0; x < 512; ++x) {
        float light = 1 + 2 * noise();
        for (const double from : {100.0, 260.0, 420.0}) {
          const double across = (double(y) - from - 0.2 * double(x)) * 0.12, deep = double(z) - 20;
          light += static_cast<float>(40 * std::exp(-0.5 * (across * across / 0.16 + deep * deep / 1.2)));
        }
        stack.image.at(x, y, z) = light;
      }
  return stack;
}

/// One of its dendrites.
inline Curve dendrite() {
  Curve curve;
  for (double x = 1; x < 60; x += 0.1176) curve.emplace_back(x, 31.2 + 0.2 * x, 20.0);
  return curve;
}

}  // namespace spinechron::bench
