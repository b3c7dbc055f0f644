#include "evidence/evidence.hpp"

#include <gtest/gtest.h>

#include "evidence/measure.hpp"
#include "support/bright_dendrite.hpp"

namespace spinechron {
namespace {

using testing::Scene;

Evidence evidence_of(const Scene& scene, unsigned seed = 1) {
  const Tracing t = scene.tracing();
  return {scene.stack(seed), t[0], t};
}

TEST(Evidence, TheEdgeIsTheShaftsHalfMaximumOnBothSides) {
  const Evidence e = evidence_of(Scene{});
  ASSERT_TRUE(e.usable());
  // Half maximum of a Gaussian of 0.45 um: the sharpening takes the blur of the smoothing back.
  const double half = std::sqrt(2 * std::log(2.0)) * 0.45;
  for (Side side : {Side::left, Side::right}) EXPECT_NEAR(e.edge_um(side)[150], half, 0.06);
}

TEST(Evidence, AHeadStandsOutOnItsOwnSideOnlyWithItsOwnBrightness) {
  Scene scene;
  scene.heads = {{15.0, 1.3, 0.3}};
  const Evidence e = evidence_of(scene);
  const double out = 1.3 - e.edge_um(Side::left)[125];
  const Reading left = e.read({Side::left, 15.0, out, 0}, 0.24, 0.24, 1.0);
  const Reading right = e.read({Side::right, 15.0, out, 0}, 0.24, 0.24, 1.0);
  ASSERT_TRUE(left.valid() && right.valid());
  EXPECT_NEAR(left.excess, 0.3, 0.1);
  EXPECT_GT(left.snr(), 8);
  EXPECT_LT(right.snr(), 4);
  EXPECT_LT((e.position(left.site) - scene.head(scene.heads[0])).head<2>().norm(), 0.2);
}

TEST(Evidence, LocateIsTheInverseOfPosition) {
  const Evidence e = evidence_of(Scene{});
  const Site site{Side::right, 12.0, 0.84, 1.0};
  const Site back = e.locate(e.position(site), 12.3);
  EXPECT_EQ(back.side, site.side);
  EXPECT_NEAR(back.arc_um, site.arc_um, 0.13);
  EXPECT_NEAR(back.out_um, site.out_um, 0.1);
  EXPECT_NEAR(back.depth_um, site.depth_um, 1e-9);
}

TEST(Evidence, NoiseIsReadFromTheStack) {
  Scene quiet, loud;
  loud.noise_photons = 3 * quiet.noise_photons;
  EXPECT_NEAR(evidence_of(loud).floor() / evidence_of(quiet).floor(), 3.0, 0.6);
}

TEST(Evidence, WhatBelongsToAnotherDendriteIsNotSeen) {
  const Scene scene;
  Tracing t = scene.tracing();
  Dendrite other = t[0];
  other.id = 2;
  for (Vec3& p : other.centreline) p.y() += 2.0;
  t.push_back(other);
  const Evidence e(scene.stack(1), t[0], t);
  // The other one runs below: on the right seen along x.
  EXPECT_FALSE(e.read({Side::right, 15.0, 1.3, 0}, 0, 0, 0).valid());
  EXPECT_TRUE(e.read({Side::left, 15.0, 1.3, 0}, 0, 0, 0).valid());
}

TEST(Evidence, ADendriteFarBelowHidesOnlyWhatIsNearIt) {
  const Scene scene;
  Tracing t = scene.tracing();
  Dendrite other = t[0];
  other.id = 2;
  for (Vec3& p : other.centreline) p += Vec3(0, 2.0, 4.0);
  t.push_back(other);
  const Evidence e(scene.stack(1), t[0], t);
  EXPECT_TRUE(e.read({Side::right, 15.0, 1.3, 0}, 0, 0, 0).valid());
  EXPECT_FALSE(e.read({Side::right, 15.0, 1.3, 3.0}, 0, 0, 0).valid());
}

TEST(Evidence, ACurveOutsideTheImageIsNotUsable) {
  const Scene scene;
  Tracing t = scene.tracing();
  for (Vec3& p : t[0].centreline) p.y() += 500;
  EXPECT_FALSE(Evidence(scene.stack(1), t[0], t).usable());
}

TEST(Measure, ABrighterHeadIsALargerOne) {
  Scene scene;
  scene.heads = {{10.0, 1.3, 0.2}, {20.0, 1.3, 0.6}};
  const Evidence e = evidence_of(scene);
  const auto at = [&](double arc) {
    const Reading r =
        e.read({Side::left, arc, 1.3 - e.edge_um(Side::left)[size_t(arc / 0.12)], 0}, 0.24, 0.24, 1.0);
    return measure_spine(e, {0.22, 0.9}, r.site, r.excess, r.snr());
  };
  const SpineMeasures small = at(10.0), large = at(20.0);
  EXPECT_NEAR(large.volume_um3 / small.volume_um3, 3.0, 0.8);  // the same shape at three times the light
  EXPECT_GT(large.head_diameter_um, small.head_diameter_um);
  EXPECT_GT(small.length_um, 0.6);
  EXPECT_LT(small.length_um, 1.6);
}

TEST(Measure, ClassesFollowTheFieldsCriteria) {
  EXPECT_EQ(classify(1.5, 0.8, 0.2), SpineClass::mushroom);
  EXPECT_EQ(classify(1.0, 0.4, 0.2), SpineClass::thin);
  EXPECT_EQ(classify(0.6, 0.5, std::nan("")), SpineClass::stubby);
  EXPECT_EQ(classify(3.0, 0.22, 0.2), SpineClass::filopodium);
}

}  // namespace

TEST(Evidence, AsMuchOfASecondStepAsMakesTheBlurNoWiderThanAHead) {
  const auto filter = [](double lateral_um) { return EvidenceFilter({lateral_um, 4 * lateral_um}); };
  for (double lateral_um : {0.15, 0.22, 0.30}) {
    double light = 0;
    for (const auto& term : filter(lateral_um).terms) light += term.weight;
    EXPECT_NEAR(light, 1, 1e-12) << lateral_um;
  }
  // The peak of a point after one step is .609, after two .730 of what the PSF alone leaves of it.
  EXPECT_EQ(filter(0.18).terms.size(), 2U);
  EXPECT_NEAR(filter(0.18).blur_sigmas, std::pow(0.6091, -1.0 / 3), 1e-3);
  EXPECT_NEAR(0.218 * filter(0.218).blur_sigmas, 0.25, 1e-9);
  EXPECT_EQ(filter(0.30).terms.size(), 3U);
  EXPECT_NEAR(filter(0.30).terms[0].weight, 3, 1e-12);
  EXPECT_NEAR(filter(0.30).blur_sigmas, std::pow(0.7297, -1.0 / 3), 1e-3);
}

}  // namespace spinechron
