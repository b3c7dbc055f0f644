#include "host/accept.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/parameters.hpp"

namespace spinechron::host {
namespace {

using testing::ElementsAre;

sc_dendrite dendrite(int id, const std::vector<double>& points_um, const std::vector<double>& radius_um) {
  sc_dendrite d{};
  d.size = sizeof(d);
  d.id = id;
  d.n_points = radius_um.size();
  d.points_um = points_um.data();
  d.radius_um = radius_um.data();
  return d;
}

TEST(AcceptDendrite, EqualStepsOfAnySizeStayAsTheyAre) {
  const Image image({100, 20, 4}, {0.1, 0.1, 1});
  const std::vector<double> points{0, 1, 0, 0.5, 1, 0, 1.0, 1, 0}, radius{0.2, 0.3, 0.4};
  std::vector<std::vector<double>> arcs;
  const Dendrite d = accept_dendrite(dendrite(1, points, radius), image, {}, arcs);
  EXPECT_EQ(d.centreline.size(), 3U);
  EXPECT_THAT(d.radius_um, ElementsAre(0.2, 0.3, 0.4));
}

TEST(AcceptDendrite, UnequalStepsAreResampledAndABranchKeepsItsPlace) {
  const Image image({100, 60, 4}, {0.1, 0.1, 1});
  const std::vector<double> points{0, 1, 0, 0.3, 1, 0, 6.3, 1, 0}, radius{0.2, 0.2, 0.8};
  std::vector<std::vector<double>> arcs;
  Tracing tracing;
  tracing.push_back(accept_dendrite(dendrite(3, points, radius), image, tracing, arcs));
  const Dendrite& trunk = tracing[0];
  ASSERT_GT(trunk.centreline.size(), 10U);
  EXPECT_NEAR((trunk.centreline[5] - trunk.centreline[4]).norm(), kCentrelineStep_um, 1e-9);
  // The radius is linear in arc between the points that were given: 0.2 at 0.3 um, 0.8 at 6.3 um.
  EXPECT_NEAR(trunk.radius_um[30], 0.2 + 0.6 * (3.6 - 0.3) / 6.0, 1e-9);

  const std::vector<double> side{0.3, 1, 0, 0.3, 3, 0}, thin{0.2, 0.2};
  sc_dendrite c = dendrite(4, side, thin);
  c.parent = 3;
  c.parent_point = 1;  // at arc 0.3 of 6.3 um
  const Dendrite branch = accept_dendrite(c, image, tracing, arcs);
  EXPECT_LT((trunk.centreline[branch.parent_point] - branch.centreline[0]).norm(), kCentrelineStep_um);
}

TEST(AcceptDenoised, OneBadVoxelIsFoundWhereverItIs) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()})
    for (const size_t at : {0UL, 17UL, 59UL}) {
      Image image({5, 4, 3}, {1, 1, 1});
      image.data()[at] = bad;
      sc_denoised c{};
      c.gain = c.lateral_sigma_um = c.axial_sigma_um = 1;
      EXPECT_THROW(accept_denoised(c, std::move(image)), Error) << at;
    }
  sc_denoised c{};
  c.gain = c.lateral_sigma_um = c.axial_sigma_um = 1;
  EXPECT_NO_THROW(accept_denoised(c, Image({5, 4, 3}, {1, 1, 1}, -3e38F)));
}

TEST(Values, ReachThePluginInItsOwnTypes) {
  const CValues values({Value(true), Value(std::int64_t{-3}), Value(0.1), Value(std::string("text")),
                        Value(std::vector<std::string>{"a", "b c"})});
  EXPECT_EQ(values.data()[0].integer, 1);
  EXPECT_EQ(values.data()[1].integer, -3);
  EXPECT_EQ(values.data()[2].number, 0.1);
  EXPECT_STREQ(values.data()[3].text, "text");
  EXPECT_STREQ(values.data()[4].text, "a\nb c");
}

TEST(Split, DropsSpacesAtTheEndsAndEmptyItems) {
  EXPECT_THAT(split(" a |b c||", '|'), ElementsAre("a", "b c"));
  EXPECT_TRUE(split("", ',').empty());
}

}  // namespace
}  // namespace spinechron::host
