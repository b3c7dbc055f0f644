// A place in a real stack where a bright spine with a dim neurite behind it stands at a dendrite's bend.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "denoise/calibrate.hpp"
#include "io/read_image.hpp"
#include "segment/trace.hpp"

namespace spinechron {
namespace {

Image mirrored(const Image& image, bool x, bool y) {
  const Size3 n = image.size();
  Image out(n, image.voxel_um());
  for (size_t k = 0; k < n.z; ++k)
    for (size_t j = 0; j < n.y; ++j)
      for (size_t i = 0; i < n.x; ++i)
        out.at(i, j, k) = image.at(x ? n.x - 1 - i : i, y ? n.y - 1 - j : j, k);
  return out;
}

// However one looks at it: mirrored, a path may be found the other way about.
TEST(TraceRealStack, ABranchThatBendsAtABrightSpineIsOneCurve) {
  const char* named = std::getenv("SPINECHRON_SHARED");
  const std::string shared = named && *named ? named : SPINECHRON_SHARED;
  for (const std::string sample : {"A", "B"}) {
    Session session;
    session.path =
        shared + "/data/rr30a/sub-01/ses-baseline/micr/sub-01_ses-baseline_sample-" + sample + "_2PE.ome.tif";
    if (!std::filesystem::exists(session.path))
      GTEST_SKIP() << "no folder with real stacks: set SPINECHRON_SHARED to use them";
    Stack stack = calibrate(read_image(session), {});
    const Image image = std::move(stack.image);
    const Vec3 last = image.extent_um();
    for (const bool x : {false, true})
      for (const bool y : {false, true}) {
        stack.image = mirrored(image, x, y);
        const Tracing found = trace(stack, {}, {});
        EXPECT_TRUE(std::any_of(found.begin(), found.end(),
                                [&](const Dendrite& d) {
                                  const std::vector<Vec3> along{
                                      {37.5, 17.0, 0}, {45.0, 25.9, 0}, {52.0, 30.3, 0}, {59.0, 32.9, 0}};
                                  return std::all_of(along.begin(), along.end(), [&](Vec3 p) {
                                    if (x) p.x() = last.x() - p.x();
                                    if (y) p.y() = last.y() - p.y();
                                    return project(d.centreline, p, 0).distance_um < 0.7;
                                  });
                                }))
            << sample << (x ? ", mirrored along x" : "") << (y ? ", mirrored along y" : "");
      }
  }
}

}  // namespace
}  // namespace spinechron
