#include "core/smoothing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/noisy_image.hpp"

namespace spinechron {
namespace {

using testing::noisy_image;

TEST(Smoothing, AxisByAxisInPlaceIsTheSameAsAlongLines) {
  const Size3 size{12, 11, 6};
  Image image = noisy_image(size);
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
