#include "report/rates.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "report/chance.hpp"
#include "unit/report/tiny_series.hpp"

namespace spinechron::report {
namespace {

using testing::DoubleNear;

TEST(Fate, HasOneLetterASession) {
  EXPECT_EQ(fate(track(1, 5, Side::left, "1?01")), "1-?-0-1");
}

TEST(Events, OnlySpinesWithAVerdictInBothSessionsAndPresentInOne) {
  SeriesResult r = tiny_series();
  r.tracks = {track(1, 2, Side::left, "110"), track(2, 5, Side::left, "0?1"), track(3, 8, Side::left, "001")};
  const std::vector<Event> all = events(r, 1.0);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].kind, EventKind::stable);
  EXPECT_EQ(all[1].kind, EventKind::eliminated);
  EXPECT_EQ(all[1].from, 1U);
  EXPECT_EQ(all[2].kind, EventKind::formed);
  EXPECT_EQ(all[2].track, 2U);
  EXPECT_DOUBLE_EQ(all[2].p, 0.8);
}

std::optional<int> rescued_by(const std::vector<Track>& tracks, size_t of_track, double rescue_um = 1.0) {
  SeriesResult r = tiny_series(tracks.front().sessions.size());
  r.tracks = tracks;
  for (const Event& e : events(r, rescue_um))
    if (e.track == of_track && e.rescues) return e.rescues;
  return std::nullopt;
}

TEST(Rescue, ARecurrentSpineRescuesItself) {
  EXPECT_EQ(rescued_by({track(7, 5, Side::left, "101")}, 0), 7);
}

TEST(Rescue, TheDistanceIsThatOfTheSpinesAsTheirSessionsShowThem) {
  // One track whose second spine stands 0.6 um farther along the dendrite than the lost one.
  Track t = track(7, 5, Side::left, "101");
  t.sessions[2].measures.head_um.x() += 0.6;
  EXPECT_EQ(rescued_by({t}, 0, 0.5), std::nullopt);
  EXPECT_EQ(rescued_by({t}, 0, 0.7), 7);
}

TEST(Fate, KindsByHand) {
  for (const auto& [letters, kind] : {std::pair{"111", "persistent"},
                                      {"1?1", "persistent"},
                                      {"110", "lost"},
                                      {"0?1", "gained"},
                                      {"010", "transient"},
                                      {"101", "recurrent"},
                                      {"0101", "recurrent"},
                                      {"1??", "unknown"}})
    EXPECT_STREQ(fate_kind(track(1, 5, Side::left, letters)), kind) << letters;
}

TEST(Rescue, AnotherSpineAtTheSiteOfALostOne) {
  EXPECT_EQ(rescued_by({track(1, 5, Side::left, "100"), track(2, 5.9, Side::left, "001")}, 1), 1);
}

TEST(Rescue, NotFartherAwayThanAllowed) {
  EXPECT_EQ(rescued_by({track(1, 5, Side::left, "100"), track(2, 6.1, Side::left, "001")}, 1), std::nullopt);
  EXPECT_EQ(rescued_by({track(1, 5, Side::left, "100"), track(2, 6.1, Side::left, "001")}, 1, 1.2), 1);
}

TEST(Rescue, NotOnTheOtherSideNorOnAnotherDendrite) {
  EXPECT_EQ(rescued_by({track(1, 5, Side::left, "100"), track(2, 5, Side::right, "001")}, 1), std::nullopt);
  EXPECT_EQ(rescued_by({track(1, 5, Side::left, "100"), track(2, 5, Side::left, "001", 2)}, 1), std::nullopt);
}

TEST(Rescue, NotInTheIntervalOfTheLossItself) {
  EXPECT_EQ(rescued_by({track(1, 5, Side::left, "100"), track(2, 5, Side::left, "011")}, 1), std::nullopt);
}

TEST(Rescue, TheNearestLostSiteCounts) {
  EXPECT_EQ(rescued_by({track(1, 4.2, Side::left, "100"), track(2, 5.3, Side::left, "100"),
                        track(3, 5, Side::left, "001")},
                       2),
            2);
}

TEST(Rescue, ASiteThatIsTakenCannotBeRescuedAgain) {
  // 2 takes the site of 1 and stays; 3 forms beside it later.
  EXPECT_EQ(rescued_by({track(1, 5, Side::left, "1000"), track(2, 5.2, Side::left, "0011"),
                        track(3, 4.8, Side::left, "0001")},
                       2),
            std::nullopt);
}

TEST(Rescue, AfterASessionWithoutVerdictThereIsNoKnownInterval) {
  EXPECT_EQ(rescued_by({track(1, 5, Side::left, "1?01")}, 0), std::nullopt);
}

TEST(Dynamics, CountsByHand) {
  SeriesResult r = tiny_series();
  r.tracks = {track(1, 2, Side::left, "111"),   track(2, 4, Side::left, "100"),
              track(3, 6, Side::left, "101"),   track(4, 8, Side::right, "11?"),
              track(5, 10, Side::right, "001"), track(6, 12, Side::right, "?11")};
  const std::vector<Dynamics> all = dynamics(r, events(r, 1.0), 1.0);
  ASSERT_EQ(all.size(), 4U);  // (one dendrite, all) x two intervals
  const Dynamics& first = all[0];
  EXPECT_EQ(first.dendrite_id, 1);
  EXPECT_EQ(first.n_from, 4);
  EXPECT_EQ(first.n_to, 2);
  EXPECT_EQ(first.n_stable, 2);
  EXPECT_EQ(first.n_eliminated, 2);
  EXPECT_EQ(first.n_formed, 0);
  EXPECT_EQ(first.n_not_assessable, 1);
  EXPECT_DOUBLE_EQ(first.hours, 48);
  EXPECT_DOUBLE_EQ(first.turnover_ratio, 2.0 / 6);
  EXPECT_DOUBLE_EQ(first.survival_fraction, 2.0 / 4);
  EXPECT_NEAR(first.length_um, 20, 1e-9);
  const Dynamics& second = all[3];
  EXPECT_EQ(second.dendrite_id, 0);
  EXPECT_EQ(second.n_from, 2);
  EXPECT_EQ(second.n_to, 4);
  EXPECT_EQ(second.n_formed, 2);
  EXPECT_EQ(second.n_rescued, 1);
  EXPECT_EQ(second.n_not_assessable, 1);
  EXPECT_EQ(second.n_baseline, 3);  // 1, 2, 3; 4 has no verdict at the end
  EXPECT_DOUBLE_EQ(second.survival_fraction, 2.0 / 3);
  // Of six spines at risk in both intervals two are lost (p 0.8); four stay (0.9 x 0.1).
  for (const Dynamics& d : all) EXPECT_NEAR(d.assumed_loss, (0.5 + 2 * 0.8 + 4 * 0.9 * 0.1) / (1 + 6), 1e-12);
  // Two lost sites on the left, 4 and 6 um, each covering 2 um; 20 um on two sides; two formed.
  EXPECT_NEAR(second.n_rescued_by_chance, 2 * 4.0 / 40, 1e-9);
}

TEST(Rates, EveryDenominator) {
  Dynamics d;
  d.n_from = 20;
  d.n_to = 25;
  d.n_baseline = 40;
  d.length_um = 50;
  d.n_eliminated = 5;
  d.p_eliminated = std::vector<double>(20, 0.25);
  EXPECT_DOUBLE_EQ(elimination_rate(d, "previous", 0.95).value, 0.25);
  EXPECT_DOUBLE_EQ(elimination_rate(d, "current", 0.95).value, 0.2);
  EXPECT_DOUBLE_EQ(elimination_rate(d, "baseline", 0.95).value, 0.125);
  EXPECT_DOUBLE_EQ(elimination_rate(d, "per_um", 0.95).value, 0.1);
  EXPECT_DOUBLE_EQ(elimination_rate(d, "previous", 0.95).expected, 0.25);
}

TEST(Rates, NothingToDivideByIsNotANumber) {
  const Rate r = elimination_rate(Dynamics{}, "previous", 0.95);
  EXPECT_TRUE(std::isnan(r.value) && std::isnan(r.exact.low) && std::isnan(r.bayes.high));
}

TEST(Rates, ProbabilitiesWidenTheInterval) {
  Dynamics certain, doubtful;
  for (Dynamics* d : {&certain, &doubtful}) {
    d->n_from = 20;
    d->n_eliminated = 4;
  }
  certain.p_eliminated = {1, 1, 1, 1};
  doubtful.p_eliminated = std::vector<double>(8, 0.5);
  const Interval a = elimination_rate(certain, "previous", 0.95).bayes;
  const Interval b = elimination_rate(doubtful, "previous", 0.95).bayes;
  EXPECT_LT(b.low, a.low);
  EXPECT_GT(b.high, a.high);
}

TEST(Chance, ShareOfLengthOnTheSameSide) {
  const Stretches whole = {{0, 10}};
  EXPECT_DOUBLE_EQ(chance_of_rescue(whole, {{5, Side::left}}, 1), 2.0 / 20);
  EXPECT_DOUBLE_EQ(chance_of_rescue(whole, {{0, Side::left}}, 1), 1.0 / 20);                     // at the end
  EXPECT_DOUBLE_EQ(chance_of_rescue(whole, {{5, Side::left}, {5.5, Side::left}}, 1), 2.5 / 20);  // overlap
  EXPECT_DOUBLE_EQ(chance_of_rescue(whole, {{5, Side::left}, {5.5, Side::right}}, 1), 4.0 / 20);
  EXPECT_DOUBLE_EQ(chance_of_rescue({{0, 4}, {6, 10}}, {{5, Side::left}}, 2), 2.0 / 16);  // a gap
  EXPECT_DOUBLE_EQ(chance_of_rescue({}, {{5, Side::left}}, 1), 0);
}

TEST(Chance, StretchesAreWhatBothSessionsShow) {
  SeriesResult r = tiny_series(2);
  for (size_t i = 0; i < 50; ++i) r.sessions[0].frame.arc_from_reference[0][i] = NAN;
  for (size_t i = 101; i <= 110; ++i) r.sessions[1].frame.arc_from_reference[0][i] = NAN;
  const Stretches s = shared_stretches(r, 0, 0, 1);
  ASSERT_EQ(s.size(), 2U);
  EXPECT_THAT(s[0].first, DoubleNear(5.0, 1e-9));
  EXPECT_THAT(s[0].second, DoubleNear(10.0, 1e-9));
  EXPECT_THAT(s[1].first, DoubleNear(11.1, 1e-9));
  EXPECT_THAT(s[1].second, DoubleNear(20.0, 1e-9));
  r.sessions[1].frame.usable = false;
  EXPECT_TRUE(shared_stretches(r, 0, 0, 1).empty());
}

}  // namespace
}  // namespace spinechron::report
