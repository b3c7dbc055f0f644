#include "core/frame_arc.hpp"

#include <gtest/gtest.h>

namespace spinechron {
namespace {

// 11 points along x, 0.12 um of arc from one to the next by name, 0.15 um apart since the session is
// stretched.
Frame stretched() {
  Frame frame;
  frame.arc_step_um = 0.12;
  Dendrite dendrite;
  dendrite.id = 1;
  for (int i = 0; i <= 10; ++i) dendrite.centreline.emplace_back(0.15 * i, 0, 0);
  frame.dendrites.push_back(dendrite);
  return frame;
}

TEST(FrameArc, CountsPointsNotMicrometresOfAStretchedCurve) {
  const Frame frame = stretched();
  EXPECT_NEAR(nearest_arc(frame, 0, Vec3(0.75, 1, 0)), 5 * 0.12, 1e-9);
  EXPECT_NEAR(nearest_arc(frame, 0, Vec3(0.825, -1, 0)), 5.5 * 0.12, 1e-9);
}

TEST(FrameArc, EndsAtTheCurvesEnds) {
  const Frame frame = stretched();
  EXPECT_NEAR(nearest_arc(frame, 0, Vec3(-3, 0, 0)), 0, 1e-9);
  EXPECT_NEAR(nearest_arc(frame, 0, Vec3(9, 0, 0)), 10 * 0.12, 1e-9);
}

}  // namespace
}  // namespace spinechron
