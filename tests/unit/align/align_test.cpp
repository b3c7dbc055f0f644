#include <gtest/gtest.h>

#include "align/coarse.hpp"
#include "align/shafts.hpp"
#include "align/slide.hpp"
#include "evidence/filtered_image.hpp"
#include "support/bright_dendrite.hpp"

namespace spinechron {
namespace {

using testing::Motion;
using testing::Scene;

const std::vector<testing::Head> kHeads{{5.0, 1.2, 0.3},  {9.0, -1.3, 0.4},  {13.5, 1.4, 0.25},
                                        {18.0, 1.1, 0.4}, {23.0, -1.2, 0.3}, {29.0, 1.3, 0.35}};

TEST(Coarse, FindsTheShiftInDepth) {
  Scene scene;
  const Projected image = project_for_registration(scene.stack(1).image);
  const double step_um = image.slices.voxel_um().z() / 2;
  Curve shallower = scene.tracing()[0].centreline;
  for (Vec3& p : shallower) p.z() -= 3.0;
  EXPECT_NEAR(depth_shift({shallower}, Affine(), image, 6.0), 3.0, step_um + 1e-9);
  EXPECT_NEAR(depth_shift({scene.tracing()[0].centreline}, Affine(), image, 6.0), 0.0, step_um + 1e-9);
}

TEST(Coarse, FindsRotationAndShift) {
  Scene scene;
  scene.heads = kHeads;
  const Motion motion{3.0, Vec3(2.0, -1.5, 0)};
  const CoarseFit fit =
      coarse_registration(project_for_registration(smoothed(scene.stack(1).image, 0.15, 0.6)),
                          project_for_registration(smoothed(scene.stack(2, motion).image, 0.15, 0.6)), 8);
  EXPECT_GT(fit.correlation, 0.5);
  for (double arc : {8.0, 20.0, 30.0}) {
    const Vec3 p = at_arc(scene.axis(), 0.12, arc);
    EXPECT_LT((fit.session_from_reference(p) - scene.moved(p, motion)).head<2>().norm(), 0.6)
        << "at arc " << arc;
  }
}

TEST(FitAffine, RecoversTheMotionDespiteAThirdOfOutliers) {
  Affine truth;
  truth.linear << 0.99, -0.03, 0, 0.03, 1.01, 0, 0.01, 0.0, 1.0;
  truth.shift_um = Vec3(2, -1, 0.5);
  std::vector<Vec3> a, b;
  for (int i = 0; i < 90; ++i) {
    a.emplace_back(i * 0.5, 10 + 8 * std::sin(i * 0.2), 10 + 3 * std::cos(i * 0.15));
    b.push_back(truth(a.back()) + (i % 3 == 0 ? Vec3(3, -2, 1) : Vec3::Zero()));
  }
  const Affine fit = fit_affine(a, b, 0.5);
  for (const Vec3& p : a) EXPECT_LT((fit(p) - truth(p)).norm(), 0.15);
}

TEST(FitAffine, TooFewPointsAreAnError) {
  EXPECT_THROW(fit_affine({Vec3::Zero()}, {Vec3::Zero()}, 1), Error);
}

// The law: alignment of a moved copy undoes the motion.
TEST(Align, UndoesAMotionAlongTheWholeDendrite) {
  Scene scene;
  scene.heads = kHeads;
  for (const Motion& motion : {Motion{2.0, Vec3(1.5, 1.0, 1.0)}, Motion{-4.0, Vec3(-2.0, 0.5, -2.0)}}) {
    const Stack a = scene.stack(1), b = scene.stack(2, motion);
    const auto frames =
        align_on_shafts({&a, &b}, {scene.tracing(), scene.tracing(motion)}, AlignConfig{}, Context{});
    ASSERT_TRUE(frames[0].usable && frames[1].usable) << frames[1].reason;
    for (const testing::Head& h : kHeads) {
      const Curve& reference = frames[0].dendrites[0].centreline;
      const Projection at = project(reference, scene.head(h));
      const auto i = static_cast<size_t>(std::lround(at.arc_um / 0.12));
      const double arc = frames[1].arc_from_reference[0][i];
      ASSERT_TRUE(std::isfinite(arc));
      const Vec3 there = at_arc(frames[1].dendrites[0].centreline, 0.12, arc);
      EXPECT_LT((there - scene.moved(at.foot, motion)).head<2>().norm(), 0.35) << "head at arc " << h.arc_um;
      EXPECT_LT((frames[1].reference_from_session(scene.moved(scene.head(h), motion)) - scene.head(h)).norm(),
                0.6);
    }
  }
}

TEST(Align, ASpineThatIsLostDoesNotPullTheWarp) {
  Scene before, after;
  before.heads = after.heads = kHeads;
  after.heads.erase(after.heads.begin() + 2);
  const Stack a = before.stack(1), b = after.stack(2);
  const auto frames =
      align_on_shafts({&a, &b}, {before.tracing(), after.tracing()}, AlignConfig{}, Context{});
  ASSERT_TRUE(frames[1].usable);
  const Curve& reference = frames[0].dendrites[0].centreline;
  const double arc = project(reference, before.head(kHeads[2])).arc_um;
  const Vec3 there = at_arc(frames[1].dendrites[0].centreline, 0.12,
                            frames[1].arc_from_reference[0][static_cast<size_t>(std::lround(arc / 0.12))]);
  EXPECT_LT((there - at_arc(reference, 0.12, arc)).head<2>().norm(), 0.3);
}

TEST(Align, OtherTissueIsNotRegistered) {
  Scene scene;
  Scene empty = scene;
  empty.shaft_photons = 0;
  const Stack a = scene.stack(1), b = empty.stack(2);
  const auto frames = align_on_shafts({&a, &b}, {scene.tracing(), {}}, AlignConfig{}, Context{});
  EXPECT_TRUE(frames[0].usable);
  EXPECT_FALSE(frames[1].usable);
  EXPECT_NE(frames[1].reason, "");
}

TEST(Align, OtherTissueIsRefusedWhereverItComesInTime) {
  Scene scene, other;
  scene.heads = kHeads;
  other.heads = {{3.0, -1.2, 0.4}, {7.2, 1.3, 0.3}, {11.3, 1.2, 0.4}, {15.4, -1.3, 0.35}, {20.6, -1.2, 0.4}};
  const Motion across{40, Vec3::Zero()};
  for (size_t stranger = 0; stranger < 3; ++stranger) {
    std::vector<Stack> stacks;
    std::vector<const Stack*> views;
    for (size_t s = 0; s < 3; ++s)
      stacks.push_back(s == stranger ? other.stack(unsigned(s) + 1, across) : scene.stack(unsigned(s) + 1));
    for (const Stack& s : stacks) views.push_back(&s);
    std::vector<Tracing> tracings(3, scene.tracing());
    tracings[stranger] = other.tracing(across);
    const auto frames = align_on_shafts(views, tracings, AlignConfig{}, Context{});
    for (size_t s = 0; s < 3; ++s)
      EXPECT_EQ(frames[s].usable, s != stranger) << "session " << s << ": " << frames[s].reason;
    EXPECT_NE(frames[stranger].reason.find("other tissue"), std::string::npos) << frames[stranger].reason;
  }
}

// The law: no session is favoured for its place in time.
TEST(Align, TimeReversedGivesTheSameRegistration) {
  Scene scene;
  scene.heads = kHeads;
  const std::vector<Motion> motions{
      {0, Vec3::Zero()}, {2.0, Vec3(1.5, 1.0, 1.0)}, {-3.0, Vec3(-2.0, 0.5, 0)}};
  std::vector<Stack> stacks;
  std::vector<Tracing> tracings;
  for (size_t s = 0; s < 3; ++s) {
    stacks.push_back(scene.stack(unsigned(s) + 1, motions[s]));
    tracings.push_back(scene.tracing(motions[s]));
  }
  std::vector<const Stack*> views{&stacks[0], &stacks[1], &stacks[2]};
  const auto ahead = align_on_shafts(views, tracings, AlignConfig{}, Context{});
  std::reverse(views.begin(), views.end());
  std::reverse(tracings.begin(), tracings.end());
  const auto back = align_on_shafts(views, tracings, AlignConfig{}, Context{});
  for (size_t s = 0; s < 3; ++s) {
    ASSERT_TRUE(ahead[s].usable) << ahead[s].reason;
    EXPECT_EQ(ahead[s].dendrites[0].centreline, back[2 - s].dendrites[0].centreline);
    const auto &a = ahead[s].arc_from_reference[0], &b = back[2 - s].arc_from_reference[0];
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i])));
  }
}

TEST(Align, TheSameImageTwiceIsTheSameTissue) {
  Scene scene;
  scene.heads = kHeads;
  const Stack a = scene.stack(1), b = scene.stack(1);
  const auto frames = align_on_shafts({&a, &b}, {scene.tracing(), scene.tracing()}, AlignConfig{}, Context{});
  ASSERT_TRUE(frames[0].usable && frames[1].usable) << frames[0].reason << frames[1].reason;
  EXPECT_LT((frames[1].reference_from_session(scene.middle()) - scene.middle()).norm(), 0.05);
}

// Lengths and densities are taken from the arcs that a session shows.
TEST(Align, ArcsAreThoseInsideTheImage) {
  Scene scene;
  scene.heads = kHeads;
  const Motion aside{0, Vec3(8.0, 0, 0)};  // the last 8 um of 41 leave the field, less the 2 um of margin
  const Stack a = scene.stack(1), b = scene.stack(2, aside);
  const auto frames =
      align_on_shafts({&a, &b}, {scene.tracing(), scene.tracing(aside)}, AlignConfig{}, Context{});
  ASSERT_TRUE(frames[1].usable) << frames[1].reason;
  const double right_edge = a.image.extent_um().x();
  for (const Frame& f : frames)
    for (double arc : f.arc_from_reference[0])
      if (std::isfinite(arc)) {
        const Vec3 p = at_arc(f.dendrites[0].centreline, f.arc_step_um, arc);
        EXPECT_TRUE(p.x() >= 0 && p.x() <= right_edge) << p.x();
      }
  const Curve& reference = frames[0].dendrites[0].centreline;
  double last_shown = 0;
  for (size_t i = 0; i < frames[1].arc_from_reference[0].size(); ++i)
    if (std::isfinite(frames[1].arc_from_reference[0][i])) last_shown = reference[i].x();
  EXPECT_NEAR(last_shown, right_edge - aside.shift_um.x(), 0.6);
}

// Of a dendrite that a session does not show nothing is measured there, whatever the reference says of it.
TEST(Align, ADendriteOutOfTheFieldHasNoSnr) {
  Scene scene;
  scene.heads = kHeads;
  const Motion down{0, Vec3(0, 7.0, 0)};  // 24 um of field: what lies below 17 um leaves it
  const Stack a = scene.stack(1), b = scene.stack(2, down);
  Tracing both = scene.tracing();
  both.push_back(both[0]);
  both[1].id = 2;
  for (Vec3& p : both[1].centreline) p.y() = 20.8;
  for (Dendrite& d : both) d.snr = 50;
  const auto frames = align_on_shafts({&a, &b}, {both, scene.tracing(down)}, AlignConfig{}, Context{});
  ASSERT_TRUE(frames[0].usable && frames[1].usable) << frames[0].reason << frames[1].reason;
  ASSERT_EQ(frames[1].dendrites.size(), 2U);
  EXPECT_TRUE(std::isnan(frames[1].arc_from_reference[1][150]));
  EXPECT_GT(frames[0].dendrites[1].snr, 0);
  EXPECT_GT(frames[1].dendrites[0].snr, kLeastShaftSnr);
  EXPECT_EQ(frames[1].dendrites[1].snr, 0);
}

// Noise where a dendrite was is no dendrite: the session shows none of its length.
TEST(Align, ADendriteThatASessionHasLostHasNoArcsThere) {
  Scene scene;
  scene.heads = kHeads;
  Stack a = scene.stack(1);
  const Stack b = scene.stack(2);
  const size_t row = 40;  // 4.8 um, the other dendrite lies beyond 10 um
  for (size_t z = 0; z < scene.size.z; ++z)
    for (size_t y = row - 8; y <= row + 8; ++y)
      for (size_t x = 20; x < scene.size.x - 20; ++x)
        a.image.at(x, y, z) +=
            static_cast<float>(60 * std::exp(-std::pow((double(y) - row) * 0.12 / 0.45, 2) / 2 -
                                             std::pow((double(z) - 9) / 0.9, 2) / 2));
  Tracing both = scene.tracing();
  both.push_back(both[0]);
  both[1].id = 2;
  for (Vec3& p : both[1].centreline) p.y() = row * 0.12;
  const auto frames = align_on_shafts({&a, &b}, {both, scene.tracing()}, AlignConfig{}, Context{});
  ASSERT_TRUE(frames[0].usable && frames[1].usable) << frames[0].reason << frames[1].reason;
  const auto shown = [&](size_t s, size_t d) {
    const auto& arcs = frames[s].arc_from_reference[d];
    return std::count_if(arcs.begin(), arcs.end(), [](double arc) { return std::isfinite(arc); });
  };
  EXPECT_GT(frames[0].dendrites[1].snr, kLeastShaftSnr);
  EXPECT_GT(shown(0, 1), 200);
  EXPECT_LT(frames[1].dendrites[1].snr, kLeastShaftSnr);
  EXPECT_EQ(shown(1, 1), 0);
  EXPECT_GT(shown(1, 0), 200);
}

TEST(Align, BareShaftsAreRegistered) {
  const Scene bare;
  const Stack a = bare.stack(1), b = bare.stack(2);
  const auto frames = align_on_shafts({&a, &b}, {bare.tracing(), bare.tracing()}, AlignConfig{}, Context{});
  EXPECT_TRUE(frames[0].usable && frames[1].usable) << frames[0].reason << frames[1].reason;
}

TEST(Align, WithoutAnyDendriteNothingIsUsable) {
  const Stack a = Scene{}.stack(1);
  const auto frames = align_on_shafts({&a}, {{}}, AlignConfig{}, Context{});
  EXPECT_FALSE(frames[0].usable);
}

TEST(Align, CanBeCancelled) {
  const Scene scene;
  const Stack a = scene.stack(1);
  std::atomic<bool> stop{true};
  Context context;
  context.cancelled = &stop;
  EXPECT_THROW(align_on_shafts({&a}, {scene.tracing()}, AlignConfig{}, context), Cancelled);
}

}  // namespace
}  // namespace spinechron
