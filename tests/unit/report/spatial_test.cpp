#include "report/spatial.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/report/tiny_series.hpp"

namespace spinechron::report {
namespace {

double number(const Table& t, size_t row, const char* column) {
  return std::stod(t.rows.at(row)[*t.find(column)]);
}

TEST(RescueSweep, GrowsWithTheDistanceAndKnowsChance) {
  SeriesResult r = tiny_series();
  r.tracks = {track(1, 5, Side::left, "100"), track(2, 6.2, Side::left, "001"),
              track(3, 15, Side::right, "001")};
  const Table t = rescue_sweep_table(r);
  ASSERT_EQ(t.rows.size(), 36U);  // nine distances of the dendrite and of all in each interval
  EXPECT_EQ(t.rows[18][0], "1");
  EXPECT_EQ(t.rows[27][0], "all");
  for (size_t i = 18; i < 36; ++i) {
    const double d = number(t, i, "distance_um");
    EXPECT_EQ(number(t, i, "n_formed"), 2);
    EXPECT_EQ(number(t, i, "n_rescued"), d >= 1.2 ? 1 : 0) << d;
    // One site of 2 d um on one of two sides of 20 um (the site is 5 um from the end).
    const double chance = 2 * d / 40;
    EXPECT_NEAR(number(t, i, "n_by_chance"), 2 * chance, 1e-9) << d;
    if (d >= 1.2) {
      EXPECT_NEAR(number(t, i, "p_by_chance"), 1 - (1 - chance) * (1 - chance), 1e-9) << d;
    }
  }
}

TEST(RescueSweep, RandomPlacementsAgreeWithTheExpectedNumber) {
  // 20 new spines at fixed pseudo-random places among 4 lost ones, on many dendrites' worth of draws.
  double expected = 0;
  int found = 0;
  std::uint64_t state = 1;
  const auto unit = [&] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) * 0x1p-53;
  };
  for (int repeat = 0; repeat < 200; ++repeat) {
    SeriesResult r = tiny_series();
    for (int i = 0; i < 4; ++i)
      r.tracks.push_back(track(i + 1, 20 * unit(), unit() < 0.5 ? Side::left : Side::right, "100"));
    for (int i = 0; i < 20; ++i)
      r.tracks.push_back(track(i + 5, 20 * unit(), unit() < 0.5 ? Side::left : Side::right, "001"));
    const Dynamics all = dynamics(r, events(r, 1.0), 1.0).back();
    expected += all.n_rescued_by_chance;
    found += all.n_rescued;
  }
  EXPECT_NEAR(found / expected, 1.0, 0.1);  // about 700 found: 4% is one standard error
}

TEST(Clustering, NeighboursAreFoundAndSpreadOnesAreNot) {
  SeriesResult r = tiny_series(2);
  for (int i = 0; i < 20; ++i)
    r.tracks.push_back(track(i + 1, 0.5 + i, Side::left, i >= 8 && i < 12 ? "10" : "11"));
  Table t = clustering_table(r, events(r, 1.0));
  EXPECT_EQ(number(t, 0, "n_events"), 4);
  EXPECT_NEAR(number(t, 0, "mean_nearest_um"), 1.0, 1e-9);
  EXPECT_LT(number(t, 0, "p_clustered"), 0.05);
  EXPECT_EQ(t.rows[1][*t.find("p_clustered")], "n/a");  // nothing formed
  for (int i = 0; i < 20; ++i)
    r.tracks[static_cast<size_t>(i)] = track(i + 1, 0.5 + i, Side::left, i % 6 == 0 ? "10" : "11");
  t = clustering_table(r, events(r, 1.0));
  EXPECT_GT(number(t, 0, "p_clustered"), 0.5);
}

}  // namespace
}  // namespace spinechron::report
