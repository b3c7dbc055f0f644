#include "core/frame_arc.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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

TEST(FrameArc, TheWayToASessionAndBack) {
  Frame frame;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  frame.arc_from_reference = {{nan, 1.0, 1.2, 1.5}};
  EXPECT_NEAR(session_arc(frame, 0, 1.5 * 0.12), 1.1, 1e-9);
  EXPECT_NEAR(reference_arc(frame, 0, 1.1), 1.5 * 0.12, 1e-9);
  EXPECT_NEAR(session_arc(frame, 0, 99), 1.5, 1e-9);
  EXPECT_TRUE(std::isnan(session_arc(frame, 0, 0.5 * 0.12)));
}

}  // namespace
}  // namespace spinechron
