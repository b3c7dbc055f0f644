#include "denoise/motion.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <map>
#include <numbers>

#include "unit/denoise/builders.hpp"

namespace spinechron {
namespace {

using Shifts = std::vector<Eigen::Vector2d>;

constexpr Size3 kSize{240, 240, 20};
const Vec3 kVoxel(0.12, 0.12, 1.0);

NoiseModel detector() {
  NoiseModel m;
  m.read_sigma = 0.8;
  return m;
}

// Dendrites with spines at all depths, each slice moved as said.
Image tissue(const Shifts& moved, double slope = 0.15, unsigned seed = 1, int tubes = 16) {
  const Vec3 extent = Vec3(kSize.x - 1.0, kSize.y - 1.0, kSize.z - 1.0).cwiseProduct(kVoxel);
  const auto shift = [&](size_t z) {
    return moved.empty() ? Vec3(0, 0, 0) : Vec3(moved[z].x(), moved[z].y(), 0);
  };
  return test::photograph(
      test::expose(kSize, kVoxel, {0.22, 0.9}, test::tangle(extent, tubes, seed, slope), 2.0, shift),
      detector(), -1e9, 1e9, seed + 50);
}

Motion measure(const Image& image) {
  return measure_motion(image, {}, {});
}

Shifts still() {
  return Shifts(kSize.z, Eigen::Vector2d::Zero());
}

double worst(const Shifts& a, const Shifts& b) {
  double most = 0;
  for (size_t z = 0; z < a.size(); ++z) most = std::max(most, (a[z] - b[z]).norm());
  return most;
}

double rms(const Shifts& a, const Shifts& b) {
  double sum = 0;
  for (size_t z = 0; z < a.size(); ++z) sum += (a[z] - b[z]).squaredNorm();
  return std::sqrt(sum / double(a.size()));
}

// Every slice on its own, r.m.s. `um`.
Shifts jitter(double um, unsigned seed) {
  std::mt19937 random(seed + 7);
  std::normal_distribution<double> normal(0, um / std::numbers::sqrt2);
  Shifts out;
  for (size_t z = 0; z < kSize.z; ++z) {
    const double x = normal(random), y = normal(random);
    out.emplace_back(x, y);
  }
  return out;
}

// What of shifts no slow drift explains: beyond the line through four neighbours on either side.
Shifts fast(const Shifts& shifts) {
  const long n = long(shifts.size());
  Shifts out;
  for (long z = 0; z < n; ++z) {
    Eigen::Matrix2d a = Eigen::Matrix2d::Zero();
    Eigen::Matrix2d b = Eigen::Matrix2d::Zero();
    for (long i = std::max(0L, z - 4); i < std::min(n, z + 5); ++i) {
      const Eigen::Vector2d basis(1, double(i - z));
      a += basis * basis.transpose();
      b += basis * shifts[size_t(i)].transpose();
    }
    out.push_back(shifts[size_t(z)] - Eigen::Vector2d(a.inverse().row(0) * b));
  }
  return out;
}

TEST(Motion, AStillSceneIsLeftAlone) {
  for (unsigned seed = 1; seed <= 2; ++seed)
    for (const double slope : {0.0, 0.15, 0.5}) {
      const Motion m = measure(tissue({}, slope, seed));
      EXPECT_FALSE(m.significant) << "seed " << seed << " slope " << slope;
      EXPECT_EQ(worst(m.shift_um, still()), 0) << "seed " << seed << " slope " << slope;
    }
}

TEST(Motion, SlicesThatJumpedAreFoundAndNoOthers) {
  const std::map<size_t, Eigen::Vector2d> jumps = {
      {5, {0.4, 0.1}}, {11, {-0.5, 0.4}}, {16, {0.0, 1.0}}, {18, {-0.7, 0}}};
  for (unsigned seed = 1; seed <= 2; ++seed) {
    Shifts truth = still();
    for (const auto& [z, by] : jumps) truth[z] = by;
    const Motion m = measure(tissue(truth, 0.15, seed));
    EXPECT_TRUE(m.significant);
    for (size_t z = 0; z < kSize.z; ++z)
      EXPECT_LT((m.shift_um[z] - truth[z]).norm(), 0.15)
          << "seed " << seed << " slice " << z << ": found " << m.shift_um[z].transpose();
  }
}

TEST(Motion, AJumpThatLastsIsFoundAndTheLongerSideStays) {
  for (const double by : {0.4, 1.0}) {
    Shifts truth = still();
    for (size_t z = 12; z < kSize.z; ++z) truth[z] = {by, -0.3 * by};
    const Motion m = measure(tissue(truth));
    EXPECT_LT(worst(m.shift_um, truth), 0.12) << by << " um";
  }
}

TEST(Motion, JitterOfEverySliceIsUndoneToLessThanHalf) {
  for (const double jitter_um : {0.1, 0.15, 0.2})
    for (unsigned seed = 1; seed <= 3; ++seed) {
      const Shifts truth = jitter(jitter_um, seed);
      const Motion m = measure(tissue(truth, 0.15, seed));
      EXPECT_TRUE(m.significant);
      EXPECT_LT(rms(fast(m.shift_um), fast(truth)), 0.5 * rms(fast(truth), still()))
          << jitter_um << " um, seed " << seed;
    }
}

TEST(Motion, JumpsAmongJitterAreUndoneWithIt) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    Shifts truth = jitter(0.1, seed);
    truth[6] += Eigen::Vector2d(0.4, 0.1);
    truth[13] += Eigen::Vector2d(-0.3, 0.6);
    const Shifts left = [&] {
      Shifts found = measure(tissue(truth, 0.15, seed)).shift_um;
      for (size_t z = 0; z < kSize.z; ++z) found[z] -= truth[z];
      return fast(found);
    }();
    for (size_t z = 0; z < kSize.z; ++z) EXPECT_LT(left[z].norm(), 0.15) << "seed " << seed << " slice " << z;
  }
}

TEST(Motion, DendritesThatAllLeanOneWayDoNotMove) {
  const Vec3 extent = Vec3(kSize.x - 1.0, kSize.y - 1.0, kSize.z - 1.0).cwiseProduct(kVoxel);
  for (const double light : {1.0, 0.3})  // dim: noise turns the directions that the shafts seem to have
    for (unsigned seed : {3U, 11U, 17U, 19U}) {
      std::vector<test::Thing> things = test::tangle(extent, 9, seed, 0.6);
      for (test::Thing& t : things) {
        t.peak *= light;
        if (t.half_length > 0) t.slope = 0.6, t.angle_rad = 0.3 + 0.1 * t.radius_um;
      }
      const Image image =
          test::photograph(test::expose(kSize, kVoxel, {0.22, 0.9}, things, 2.0), detector(), -1e9, 1e9, 8);
      EXPECT_EQ(worst(measure(image).shift_um, still()), 0) << light << ", seed " << seed;
    }
}

TEST(Motion, EmptySlicesAreNotMovedAndBlankNoOthers) {
  Shifts truth = still();
  truth[5] = {0.6, 0.2};
  truth[17] = {-0.2, 0.7};
  Image image = tissue(truth);
  const Image dark = test::photograph(Image(kSize, kVoxel, 2.0F), detector(), -1e9, 1e9, 9);
  for (size_t z : {size_t{11}, size_t{12}})
    for (size_t y = 0; y < kSize.y; ++y) std::copy(dark.row(y, z), dark.row(y, z) + kSize.x, image.row(y, z));
  EXPECT_LT(worst(measure(image).shift_um, truth), 0.12);
}

TEST(Motion, NoiseAloneAndFlatStacksDoNotMove) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const Image noise = test::photograph(Image(kSize, kVoxel, 3.0F), detector(), -1e9, 1e9, seed);
    EXPECT_EQ(worst(measure(noise).shift_um, still()), 0);
  }
  EXPECT_EQ(worst(measure(Image(kSize, kVoxel, 3.0F)).shift_um, still()), 0);
}

TEST(Motion, JitterOfLinesIsNoMovementOfSlices) {
  const Image image = tissue({});
  Image jittered = image.clone();
  std::mt19937 random(3);
  for (size_t z = 0; z < kSize.z; ++z)
    for (size_t y = 0; y < kSize.y; ++y) {
      const int by = int(random() % 3) - 1;  // r.m.s. 0.1 um
      for (size_t x = 1; x + 1 < kSize.x; ++x) jittered.at(x, y, z) = image.at(size_t(int(x) + by), y, z);
    }
  EXPECT_EQ(worst(measure(jittered).shift_um, still()), 0);
}

TEST(Motion, OneStraightDendriteTellsOnlyWhatIsAcrossIt) {
  const std::vector<test::Thing> things = {{Vec3(12, 12, 11), 0.9, 0.0, 0.0, 60, 60}};
  const auto shift = [](size_t z) { return z == 11 ? Vec3(0.5, 0.5, 0) : Vec3(0, 0, 0); };
  const Image image = test::photograph(test::expose(kSize, kVoxel, {0.22, 2.0}, things, 2.0, shift),
                                       detector(), -1e9, 1e9, 4);
  const Motion m = measure(image);
  EXPECT_NEAR(m.shift_um[11].y(), 0.5, 0.1);
  EXPECT_LT(std::abs(m.shift_um[11].x()), 0.1);
  for (size_t z : {size_t{3}, size_t{9}, size_t{13}, size_t{18}}) EXPECT_LT(m.shift_um[z].norm(), 0.1);
}

TEST(Motion, TinyAndOddStacksAreNoTrouble) {
  for (const Size3 size :
       {Size3{0, 0, 0}, Size3{1, 1, 40}, Size3{64, 64, 2}, Size3{5, 300, 9}, Size3{70, 70, 12}}) {
    Image image(size, kVoxel, 1.0F);
    if (size.count() > 100) image.data()[50] = 1e30F;
    const Motion m = measure_motion(image, {}, {});
    ASSERT_EQ(m.shift_um.size(), size.z);
    for (const auto& s : m.shift_um) EXPECT_EQ(s.norm(), 0);
  }
}

TEST(UndoMotion, GivesBackTheUnmovedStack) {
  const Vec3 extent = Vec3(kSize.x - 1.0, kSize.y - 1.0, kSize.z - 1.0).cwiseProduct(kVoxel);
  const auto things = test::tangle(extent, 4, 2);
  Shifts moved = still();
  moved[4] = {0.31, -0.27};
  moved[9] = {-0.9, 0.05};
  const auto shift = [&](size_t z) { return Vec3(moved[z].x(), moved[z].y(), 0); };
  const Image truth = test::expose(kSize, kVoxel, {0.22, 0.9}, things, 2.0);
  Image image = test::expose(kSize, kVoxel, {0.22, 0.9}, things, 2.0, shift);
  undo_motion(image, moved, {});
  for (size_t z = 0; z < kSize.z; ++z)
    for (size_t y = 12; y + 12 < kSize.y; ++y)
      for (size_t x = 12; x + 12 < kSize.x; ++x)
        ASSERT_NEAR(image.at(x, y, z), truth.at(x, y, z), 0.6) << x << ' ' << y << ' ' << z;
}

}  // namespace
}  // namespace spinechron
