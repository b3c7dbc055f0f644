#include "report/tables.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "unit/report/tiny_series.hpp"

namespace spinechron::report {
namespace {

SeriesResult two_spines() {
  SeriesResult r = tiny_series(2);
  r.tracks = {track(1, 5, Side::left, "10"), track(2, 12.5, Side::right, "?1")};
  return r;
}

std::string header(const Table& t) {
  const std::string text = t.tsv();
  return text.substr(0, text.find('\n'));
}

// The interface that other programs read: not one name may change by accident.
TEST(Tables, ColumnsAreTheInterface) {
  const SeriesResult r = two_spines();
  const auto all = events(r, 1.0);
  EXPECT_EQ(
      header(spines_table(r)),
      "spine_id\tsession\tstate\tx_um\ty_um\tz_um\tbase_x_um\tbase_y_um\tbase_z_um\tref_x_um\tref_y_um\t"
      "ref_z_um\tdendrite_id\tarc_um\tside\tlength_um\thead_diameter_um\tneck_diameter_um\tvolume_um3\t"
      "brightness\tclass\tsnr\tp_present\tedited");
  EXPECT_EQ(header(events_table(r, all)), "spine_id\tsession_from\tsession_to\tevent\tp_event\trescues");
  EXPECT_EQ(header(dynamics_table(r, dynamics(r, all, 1.0), {})),
            "dendrite_id\tsession_from\tsession_to\thours\tn_from\tn_to\tn_stable\tn_eliminated\tn_formed\t"
            "n_rescued\tn_rescued_by_chance\tn_not_assessable\telimination_rate\telimination_low\t"
            "elimination_high\tformation_rate\tformation_low\tformation_high\tturnover_ratio\t"
            "survival_fraction\tdenominator");
  EXPECT_EQ(header(dendrites_table(r)),
            "dendrite_id\tsession\tlength_um\tradius_um\tn_spines\tdensity_per_um\tsnr");
}

TEST(Tables, EverySpineHasARowInEverySession) {
  EXPECT_EQ(
      spines_table(two_spines()).tsv().substr(header(spines_table(two_spines())).size() + 1),
      "1\tbaseline\tpresent\t7\t7\t4\t7\t7.6\t4\t7\t7\t4\t1\t5\tleft\t1.25\t0.5\tn/a\tn/a\tn/a\tthin\tn/a\t"
      "0.9\t0\n"
      "1\tstress\tabsent\t7\t7\t4\t7\t7.6\t4\t7\t7\t4\t1\t5\tleft\t1.25\t0.5\tn/a\tn/a\tn/a\tthin\tn/a\t"
      "0.1\t0\n"
      "2\tbaseline\tnot_assessable\t14.5\t9\t4\t14.5\t8.4\t4\t14.5\t9\t4\t1\t12.5\tright\t1.25\t0.5\tn/a\t"
      "n/a\tn/a\tthin\tn/a\t0.5\t0\n"
      "2\tstress\tpresent\t14.5\t9\t4\t14.5\t8.4\t4\t14.5\t9\t4\t1\t12.5\tright\t1.25\t0.5\tn/a\tn/a\tn/a\t"
      "thin\tn/a\t0.9\t0\n");
}

TEST(Tables, EventsAndDynamicsOfTwoSpines) {
  const SeriesResult r = two_spines();
  const auto all = events(r, 1.0);
  EXPECT_EQ(events_table(r, all).tsv(),
            "spine_id\tsession_from\tsession_to\tevent\tp_event\trescues\n"
            "1\tbaseline\tstress\teliminated\t0.8\tn/a\n");
  const Table d = dynamics_table(r, dynamics(r, all, 1.0), {});
  ASSERT_EQ(d.rows.size(), 2U);
  EXPECT_EQ(d.rows[0][0], "1");
  EXPECT_EQ(d.rows[1][0], "all");
  EXPECT_EQ(d.rows[1][*d.find("n_from")], "1");
  EXPECT_EQ(d.rows[1][*d.find("n_not_assessable")], "1");
  EXPECT_EQ(d.rows[1][*d.find("elimination_rate")], "1");
  EXPECT_EQ(d.rows[1][*d.find("elimination_low")].substr(0, 5), "0.025");
  EXPECT_EQ(d.rows[1][*d.find("elimination_high")], "1");
  EXPECT_EQ(d.rows[1][*d.find("denominator")], "previous");
}

TEST(Tables, DendritesOfAnUnusableSessionAreNotAvailable) {
  SeriesResult r = two_spines();
  r.sessions[1].frame.usable = false;
  const Table t = dendrites_table(r);
  EXPECT_EQ(t.rows[0][*t.find("length_um")].substr(0, 2), "20");
  EXPECT_EQ(t.rows[0][*t.find("n_spines")], "1");
  for (const char* name : {"length_um", "radius_um", "n_spines", "density_per_um", "snr"})
    EXPECT_EQ(t.rows[1][*t.find(name)], "n/a") << name;
}

TEST(Tables, ADendriteThatASessionDoesNotShowHasNoRadiusAndNoSnr) {
  SeriesResult r = two_spines();
  r.sessions[1].frame.arc_from_reference[0].assign(201, NAN);
  r.sessions[1].frame.dendrites[0].snr = 0;
  const Table t = dendrites_table(r);
  EXPECT_EQ(t.rows[0][*t.find("radius_um")], "0.5");
  EXPECT_EQ(t.rows[0][*t.find("snr")], "12");
  EXPECT_EQ(t.rows[1][*t.find("length_um")], "0");
  for (const char* name : {"radius_um", "density_per_um", "snr"})
    EXPECT_EQ(t.rows[1][*t.find(name)], "n/a") << name;
}

TEST(Tables, ASingleSessionHasSpinesAndNoEvents) {
  SeriesResult r = tiny_series(1);
  r.tracks = {track(1, 5, Side::left, "1")};
  const auto all = events(r, 1.0);
  EXPECT_EQ(spines_table(r).rows.size(), 1U);
  EXPECT_TRUE(events_table(r, all).rows.empty());
  EXPECT_TRUE(dynamics_table(r, dynamics(r, all, 1.0), {}).rows.empty());
}

TEST(Tables, EveryColumnIsDescribed) {
  const SeriesResult r = two_spines();
  const auto all = events(r, 1.0);
  const auto d = dynamics(r, all, 1.0);
  for (const Table& t : {spines_table(r), events_table(r, all), dynamics_table(r, d, {}), dendrites_table(r),
                         rates_table(r, d, {}), fates_table(r, all)})
    for (const Column& c : t.columns) EXPECT_FALSE(c.description.empty()) << c.name;
}

TEST(Tables, RatesUnderEveryDenominatorAndPerDay) {
  SeriesResult r = tiny_series(2);
  r.tracks = {track(1, 2, Side::left, "11"), track(2, 4, Side::left, "10")};
  const Table t = rates_table(r, dynamics(r, events(r, 1.0), 1.0), {});
  EXPECT_EQ(t.rows.size(), 2U * 2U * 4U);  // (dendrite, all) x (lost, gained) x denominators
  EXPECT_EQ(t.rows[0][*t.find("denominator")], "previous");
  EXPECT_EQ(t.rows[0][*t.find("rate")], "0.5");
  EXPECT_EQ(t.rows[0][*t.find("rate_per_24h")], "0.25");  // in 48 h
  for (const char* end : {"low", "high", "credible_low", "credible_high"})
    EXPECT_DOUBLE_EQ(std::stod(t.rows[0][*t.find(std::string(end) + "_per_24h")]),
                     std::stod(t.rows[0][*t.find(end)]) / 2);
  // 0.8 for the lost one, min(1 - 0.8, 0.9 * 0.1) for the stable one
  EXPECT_NEAR(std::stod(t.rows[0][*t.find("n_expected")]), 0.89, 1e-12);
}

TEST(Tables, NumbersReadBackExactly) {
  for (double x : {0.1, 1.0 / 3, 12345.678901234567, 1e-17}) EXPECT_EQ(std::stod(cell(x)), x);
  EXPECT_EQ(cell(-0.0), "0");
  EXPECT_EQ(cell(std::nan("")), "n/a");
  EXPECT_EQ(cell(std::string("a\tb\nc")), "a b c");
}

}  // namespace
}  // namespace spinechron::report
