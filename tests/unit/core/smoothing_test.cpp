#include "core/smoothing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace spinechron {
namespace {

Image noisy(Size3 size) {
  Image image(size, Vec3(0.12, 0.15, 0.8));
  std::uint32_t random = 7;
  for (size_t i = 0; i < size.count(); ++i) {
    random = random * 1664525U + 1013904223U;
    image.data()[i] = static_cast<float>(random >> 8) / 1e5F;
  }
  return image;
}

TEST(Smoothing, AxisByAxisInPlaceIsTheSameAsAlongLines) {
  const Size3 size{12, 11, 6};
  Image image = noisy(size);
  for (int axis = 0; axis < 3; ++axis) {
    Image out = image.clone();
    smooth_axis(out.data(), size, axis, 1.1);
    const size_t n = axis == 0 ? size.x : axis == 1 ? size.y : size.z;
    // one line taken out and smoothed alone
    std::vector<float> line(n);
    const auto at = [&](size_t i) {
      return axis == 0   ? std::array{i, size_t{4}, size_t{2}}
             : axis == 1 ? std::array{size_t{3}, i, size_t{2}}
                         : std::array{size_t{3}, size_t{4}, i};
    };
    for (size_t i = 0; i < n; ++i) line[i] = image.at(at(i)[0], at(i)[1], at(i)[2]);
    smooth_axis(line.data(), {n, 1, 1}, 0, 1.1);
    for (size_t i = 0; i < n; ++i)
      EXPECT_EQ(out.at(at(i)[0], at(i)[1], at(i)[2]), line[i]) << axis << ' ' << i;
  }
}

}  // namespace
}  // namespace spinechron
