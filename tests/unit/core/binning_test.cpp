#include "core/binning.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace spinechron {
namespace {

TEST(Binning, MeansOfBlocksAlsoWhereTheLastOnesAreSmaller) {
  Image image({11, 7, 4}, Vec3::Ones());
  for (size_t i = 0; i < image.size().count(); ++i) image.data()[i] = static_cast<float>(i * i % 101);
  for (const size_t bx : {1, 2, 3, 4, 5})
    for (const size_t by : {1, 2, 3}) {
      const size_t nx = bins_in(11, bx), ny = bins_in(7, by);
      std::vector<float> means(nx * ny);
      bin_means(image, bx, by, 1, 3, means.data());
      for (size_t y = 0; y < ny; ++y)
        for (size_t x = 0; x < nx; ++x) {
          double sum = 0;
          int n = 0;
          for (size_t k = 1; k < 3; ++k)
            for (size_t j = y * by; j < std::min<size_t>(7, (y + 1) * by); ++j)
              for (size_t i = x * bx; i < std::min<size_t>(11, (x + 1) * bx); ++i, ++n)
                sum += image.at(i, j, k);
          EXPECT_NEAR(means[y * nx + x], sum / n, 1e-4) << bx << ' ' << by << ' ' << x << ' ' << y;
        }
    }
}

}  // namespace
}  // namespace spinechron
