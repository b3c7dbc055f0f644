// The statistics on counts whose truth is known: spines as phantoms live them (no images), every spine seen
// as it is. 8 animals a group, 200 repeats.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "phantom/sessions.hpp"
#include "report/chance.hpp"
#include "report/group_statistics.hpp"
#include "report/rates.hpp"

namespace spinechron {
namespace {

using report::Dynamics;

constexpr int kAnimals = 8, kRepeats = 200;

PhantomConfig config_of(double elimination_rate) {
  PhantomConfig config;
  config.elimination_rate = elimination_rate;
  config.rescue_share = 0;  // new spines stand anywhere
  return config;
}

// The tissues of the animals, grown once; their spines live anew in every repeat.
const std::vector<Tissue>& tissues() {
  static const std::vector<Tissue> all = [] {
    std::vector<Tissue> out;
    for (int animal = 0; animal < kAnimals; ++animal)
      out.push_back(grow_tissue(config_of(0.1), static_cast<std::uint64_t>(100 + animal)));
    return out;
  }();
  return all;
}

SeriesResult seen_as_it_is(const PhantomConfig& config, const Tissue& tissue, std::uint64_t seed) {
  SeriesResult r;
  for (const std::string& label : config.sessions) {
    SessionResult s;
    s.session.label = label;
    s.frame.arc_step_um = kLineStep;
    for (size_t d = 0; d < tissue.dendrites.size(); ++d) {
      Dendrite dendrite;
      dendrite.id = static_cast<int>(d) + 1;
      dendrite.centreline = tissue.dendrites[d].line;
      dendrite.radius_um = tissue.dendrites[d].radius_um;
      const auto [first, last] = spine_range_um(tissue, d);
      std::vector<double> arc;
      for (size_t i = 0; i < dendrite.centreline.size(); ++i) {
        const double here = static_cast<double>(i) * kLineStep;
        arc.push_back(here >= first && here <= last ? here : std::nan(""));
      }
      s.frame.arc_from_reference.push_back(arc);
      s.frame.dendrites.push_back(dendrite);
    }
    r.sessions.push_back(std::move(s));
  }
  for (const SpineHistory& h : live(config, tissue, seed)) {
    Track t;
    t.spine_id = h.id;
    t.dendrite_id = h.shape[0].dendrite + 1;
    t.arc_um = h.shape[0].arc_um;
    t.side = std::cos(h.shape[0].azimuth_rad) > 0 ? Side::left : Side::right;
    for (const char there : h.present) {
      Track::InSession in;
      in.state = there ? State::present : State::absent;
      in.p_present = there ? 1 : 0;
      t.sessions.push_back(in);
    }
    t.p_event.assign(h.present.size() - 1, 1.0);
    r.tracks.push_back(std::move(t));
  }
  return r;
}

std::vector<Dynamics> dynamics_of(const PhantomConfig& config, size_t animal, std::uint64_t seed) {
  const SeriesResult r = seen_as_it_is(config, tissues()[animal], seed);
  return report::dynamics(r, report::events(r, 1.0), 1.0);
}

void add(report::Study& study, const std::string& group, size_t animal, const std::vector<Dynamics>& all) {
  for (const Dynamics& d : all) {
    if (d.from != 0 || d.dendrite_id == 0 || d.n_from == 0) continue;
    report::Observation o;
    o.animal = group + std::to_string(animal);
    o.dendrite = std::to_string(d.dendrite_id);
    o.group = group;
    o.from = "baseline";
    o.to = "stress";
    o.measure = "elimination";
    o.events = d.n_eliminated;
    o.trials = d.n_from;
    o.value = o.events / o.trials;
    study.observations.push_back(o);
  }
}

// Limits that a binomial count of `n` draws leaves in 1 of 500.
testing::AssertionResult near(int count, int n, double p) {
  const double off = (count - n * p) / std::sqrt(n * p * (1 - p));
  if (std::abs(off) < 3.1) return testing::AssertionSuccess();
  return testing::AssertionFailure() << count << " of " << n << " where " << p << " of them are due";
}

TEST(PhantomStatistics, IntervalsCoverAndPValuesAreUniform) {
  int exact = 0, credible = 0, of_series = 0, mean_low = 0, mean_high = 0, difference = 0;
  std::vector<int> deciles(10, 0);
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    report::Study effect, none;
    effect.intervals = none.intervals = {{"baseline", "stress"}};
    for (size_t animal = 0; animal < kAnimals; ++animal) {
      const auto seed = static_cast<std::uint64_t>(repeat * 100) + animal;
      const auto few = dynamics_of(config_of(0.10), animal, seed);
      const auto many = dynamics_of(config_of(0.25), animal, seed + 50);
      add(effect, "few", animal, few);
      add(effect, "many", animal, many);
      add(none, "few", animal, few);
      add(none, "alike", animal, dynamics_of(config_of(0.10), animal, seed + 25));
      const auto whole =
          std::find_if(many.begin(), many.end(), [](const Dynamics& d) { return d.dendrite_id == 0; });
      const report::Rate rate = report::elimination_rate(*whole, "previous", 0.95);
      exact += rate.exact.low <= 0.25 && 0.25 <= rate.exact.high;
      credible += rate.bayes.low <= 0.25 && 0.25 <= rate.bayes.high;
      ++of_series;
    }
    const auto with = report::analyse(effect, 0.95), without = report::analyse(none, 0.95);
    ASSERT_EQ(with.estimates.size(), 2U);
    ASSERT_EQ(with.comparisons.size(), 1U);
    mean_low += with.estimates[0].interval.low <= 0.10 && 0.10 <= with.estimates[0].interval.high;
    mean_high += with.estimates[1].interval.low <= 0.25 && 0.25 <= with.estimates[1].interval.high;
    difference += with.comparisons[0].interval.low <= 0.15 && 0.15 <= with.comparisons[0].interval.high;
    ++deciles[static_cast<size_t>(std::min(9.0, without.comparisons[0].test.p * 10))];
  }
  std::printf(
      "coverage at 95%%: exact %.3f, credible %.3f of %d series; mean over animals %.3f (10%% lost), %.3f "
      "(25%% lost), difference %.3f of %d\np without effect, by tenths:",
      double(exact) / of_series, double(credible) / of_series, of_series, double(mean_low) / kRepeats,
      double(mean_high) / kRepeats, double(difference) / kRepeats, kRepeats);
  for (const int n : deciles) std::printf(" %d", n);
  std::printf("\n");
  EXPECT_GE(exact, 0.94 * of_series);  // exact intervals cover at least their level
  EXPECT_TRUE(near(credible, of_series, 0.95));
  EXPECT_TRUE(near(mean_low, kRepeats, 0.95));
  EXPECT_TRUE(near(mean_high, kRepeats, 0.95));
  EXPECT_TRUE(near(difference, kRepeats, 0.95));
  double chi2 = 0;
  for (const int n : deciles) chi2 += (n - kRepeats / 10.0) * (n - kRepeats / 10.0) / (kRepeats / 10.0);
  EXPECT_LT(chi2, 26.1);  // 1 of 500 at 9 degrees of freedom
}

TEST(PhantomStatistics, ChanceOfRescueIsUnbiased) {
  for (const double distance : {0.5, 1.0, 2.0}) {
    double expected = 0, variance = 0;
    int found = 0;
    for (int repeat = 0; repeat < kRepeats; ++repeat)
      for (size_t animal = 0; animal < kAnimals; ++animal) {
        const PhantomConfig config = config_of(0.25);
        const SeriesResult r =
            seen_as_it_is(config, tissues()[animal], static_cast<std::uint64_t>(repeat * 10) + animal);
        for (const Dynamics& d : report::dynamics(r, report::events(r, distance), distance)) {
          if (d.dendrite_id == 0 || d.n_formed == 0) continue;
          const double chance = d.n_rescued_by_chance / d.n_formed;
          expected += d.n_rescued_by_chance;
          variance += d.n_formed * chance * (1 - chance);
          found += d.n_rescued;
        }
      }
    std::printf("within %.1f um: %d rescued, %.1f by chance, ratio %.3f +- %.3f\n", distance, found, expected,
                found / expected, std::sqrt(variance) / expected);
    EXPECT_LT(std::abs(found - expected), 3.1 * std::sqrt(variance)) << distance;
  }
}

}  // namespace
}  // namespace spinechron
