#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "report/group_statistics.hpp"
#include "report/resampling.hpp"
#include "report/study.hpp"
#include "report/table.hpp"

namespace spinechron::report {
namespace {

TEST(Permutation, ExactByHand) {
  // Of the 20 divisions of 1..6 in 3 and 3, only {1,2,3} and {4,5,6} are as extreme.
  const PermutationTest t = permute_groups({1, 2, 3}, {4, 5, 6});
  EXPECT_TRUE(t.exact);
  EXPECT_EQ(t.n, 20);
  EXPECT_DOUBLE_EQ(t.p, 0.1);
  EXPECT_DOUBLE_EQ(flip_signs({1, 2, 3}).p, 2.0 / 8);
  EXPECT_TRUE(std::isnan(flip_signs({1}).p));
}

TEST(Permutation, LikeValuesAreNoEvidence) {
  EXPECT_DOUBLE_EQ(permute_groups({0.1, 0.2, 0.3}, {0.3, 0.2, 0.1}).p, 1.0);
}

TEST(Holm, AsInRsPAdjust) {
  const std::vector<double> p = holm({0.01, 0.04, NAN, 0.03});
  EXPECT_DOUBLE_EQ(p[0], 0.03);
  EXPECT_DOUBLE_EQ(p[1], 0.06);
  EXPECT_TRUE(std::isnan(p[2]));
  EXPECT_DOUBLE_EQ(p[3], 0.06);
}

TEST(Power, AsInRsPowerTTest) {
  EXPECT_EQ(animals_needed(1.0, 1.0, 0.8), 17);  // power.t.test(delta = 1, sd = 1, power = .8): 16.7
  EXPECT_EQ(animals_needed(0.5, 1.0, 0.9), 86);  // 85.03
}

TEST(Effect, HedgesByHand) {
  // Both standard deviations are 1, the difference 2, the correction 1 - 3 / 15.
  EXPECT_NEAR(hedges_g({1, 2, 3}, {3, 4, 5}), 2 * (1 - 3.0 / 15), 1e-12);
}

TEST(Correlation, PerfectAndNone) {
  EXPECT_NEAR(correlate({1, 2, 3, 4, 5}, {2, 4, 6, 8, 10}, 0.95).r, 1.0, 1e-12);
  const Correlation c = correlate({1, 2, 3, 4}, {1, -1, -1, 1}, 0.95);
  EXPECT_NEAR(c.r, 0.0, 1e-12);
  EXPECT_GT(c.test.p, 0.9);
  EXPECT_LT(c.interval.low, 0);
}

// 8 animals of 6 dendrites with 30 spines each; the animals' own rates scatter by 2 points.
std::vector<double> simulated_animals(double rate, std::mt19937_64& random) {
  std::vector<double> out;
  for (int animal = 0; animal < 8; ++animal) {
    const double own = std::clamp(std::normal_distribution<>(rate, 0.02)(random), 0.01, 0.99);
    out.push_back(std::binomial_distribution<>(6 * 30, own)(random) / 180.0);
  }
  return out;
}

TEST(Simulation, BootstrapCoversTheTruthAtItsLevel) {
  std::mt19937_64 random(11);
  for (double rate : {0.10, 0.25}) {
    int covered = 0;
    for (int i = 0; i < 200; ++i) {
      const Interval interval = bootstrap_mean(simulated_animals(rate, random), 0.95);
      covered += interval.low <= rate && rate <= interval.high;
    }
    // 99.8% limits of 200 draws at 95%
    EXPECT_GE(covered, 179) << rate;
    EXPECT_LE(covered, 199) << rate;
  }
}

TEST(Simulation, PermutationPValuesAreUniformWithoutEffect) {
  std::mt19937_64 random(12);
  int below_5 = 0, below_50 = 0;
  for (int i = 0; i < 200; ++i) {
    const double p = permute_groups(simulated_animals(0.2, random), simulated_animals(0.2, random)).p;
    below_5 += p <= 0.05;
    below_50 += p <= 0.5;
  }
  EXPECT_LE(below_5, 21);  // 99.9% limits of 200 draws
  EXPECT_GE(below_5, 1);
  EXPECT_NEAR(below_50, 100, 24);
}

// 60 spines; the images tell a lost one from a kept one by evidence two standard deviations apart, and every
// event's probability is what Bayes makes of it and of the rate that the joint verdict learns from the same
// spines. Some calls are wrong: the interval that carries the probabilities must cover the truth as often as
// it says.
TEST(Simulation, CredibleIntervalsCoverWhenEventsAreUncertain) {
  std::mt19937_64 random(13);
  for (const double rate : {0.10, 0.25}) {
    constexpr int repeats = 1000, spines = 60;
    int covered = 0, without_learning = 0;
    for (int i = 0; i < repeats; ++i) {
      std::vector<double> ratio;  // of the evidence, lost over kept
      for (int k = 0; k < spines; ++k) {
        const bool lost = std::bernoulli_distribution(rate)(random);
        ratio.push_back(std::exp(2 * std::normal_distribution<>(lost ? 1 : -1, 1)(random)));
      }
      std::vector<double> p(spines);
      double expected = 0.1 * spines;
      for (int round = 0; round < 5; ++round) {  // as match/joint.cpp learns it, with its prior
        const double learned = (expected + 1) / (spines + 10);
        expected = 0;
        for (int k = 0; k < spines; ++k)
          expected += p[k] = learned * ratio[k] / (learned * ratio[k] + 1 - learned);
      }
      const auto covers = [&](const std::vector<double>& weight) {
        const Interval interval = beta_mixture(weight, spines, 0.95);
        return interval.low <= rate && rate <= interval.high;
      };
      covered += covers(count_posterior(p, (expected + 0.5) / (spines + 1)));
      without_learning += covers(poisson_binomial(p));
    }
    std::printf(
        "%.0f%% lost: %.3f of %d credible intervals cover; %.3f if the learned rate were a known one\n",
        100 * rate, static_cast<double>(covered) / repeats, repeats,
        static_cast<double>(without_learning) / repeats);
    EXPECT_GE(covered, 0.93 * repeats) << rate;
    EXPECT_LE(covered, 0.985 * repeats) << rate;
  }
}

TEST(Simulation, TheAnimalsNeededFindTheDifference) {
  std::mt19937_64 random(14);
  constexpr double sd = 0.05, difference = 0.05;
  const int n = animals_needed(difference, sd, 0.8);
  int found = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> a, b;
    for (int k = 0; k < n; ++k) {
      a.push_back(std::normal_distribution<>(0.10, sd)(random));
      b.push_back(std::normal_distribution<>(0.10 + difference, sd)(random));
    }
    found += permute_groups(a, b).p <= 0.05;
  }
  EXPECT_NEAR(found, 0.8 * 200, 18);  // 99.8% limits
}

TEST(GroupStatistics, AnimalsNotDendritesAreTheUnit) {
  Study study;
  study.intervals = {{"baseline", "stress"}};
  const auto add = [&](const char* animal, const char* dendrite, double events, double trials) {
    Observation o;
    o.animal = animal;
    o.dendrite = dendrite;
    o.group = "stress";
    o.from = "baseline";
    o.to = "stress";
    o.measure = "elimination";
    o.events = events;
    o.trials = trials;
    o.value = events / trials;
    study.observations.push_back(o);
  };
  add("sub-1", "1", 2, 10);
  add("sub-1", "2", 0, 30);
  add("sub-2", "1", 5, 10);
  const GroupStatistics s = analyse(study, 0.95);
  ASSERT_EQ(s.estimates.size(), 1U);
  const GroupEstimate& e = s.estimates[0];
  EXPECT_EQ(e.n_dendrites, 3);
  ASSERT_EQ(e.of_animal.size(), 2U);
  EXPECT_DOUBLE_EQ(e.of_animal[0], 0.05);
  EXPECT_DOUBLE_EQ(e.of_animal[1], 0.5);
  EXPECT_DOUBLE_EQ(mean(e.of_dendrite), (0.2 + 0 + 0.5) / 3);
}

std::filesystem::path published_table() {
  const char* shared = std::getenv("SPINECHRON_SHARED");
  return std::filesystem::path(shared ? shared : SPINECHRON_SHARED) / "data" / "kwan2016";
}

TEST(PublishedCounts, MeansAndDeviationsAreReproduced) {
  if (!std::filesystem::exists(published_table()))
    GTEST_SKIP() << "the published counts are not there (" << published_table() << ")";
  const Table expected = read_table(published_table() / "summary.tsv");
  for (const bool used : {false, true}) {
    const GroupStatistics s = analyse(read_study_table(published_table() / "dendrites.tsv", used), 0.95);
    int compared = 0;
    for (const auto& row : expected.rows) {
      const auto text = [&](const std::string& column) { return row[*expected.find(column)]; };
      if (text("selection") != (used ? "used" : "all")) continue;
      for (const auto& [measure, column, scale] : {std::tuple{"density", "density", 1.0},
                                                   {"formation", "formation_pct", 100.0},
                                                   {"elimination", "elimination_pct", 100.0}}) {
        const std::string prefix = column;
        if (text(prefix + "_mean") == "n/a") continue;
        for (const GroupEstimate& e : s.estimates) {
          if (e.measure != measure || e.group != text("group") || e.to != text("day")) continue;
          ++compared;
          EXPECT_NEAR(mean(e.of_dendrite) * scale, std::stod(text(prefix + "_mean")), 1e-4 * scale + 1e-4);
          EXPECT_EQ(e.n_dendrites, std::stoi(text(prefix + "_n_dendrites")));
          EXPECT_EQ(static_cast<int>(e.animals.size()), std::stoi(text(prefix + "_n_mice")));
          if (text(prefix + "_sd") != "n/a") {
            EXPECT_NEAR(standard_deviation(e.of_dendrite) * scale, std::stod(text(prefix + "_sd")),
                        1e-4 * scale + 1e-4);
          }
        }
      }
    }
    EXPECT_EQ(compared, 14 + 12 + 12);
  }
}

}  // namespace
}  // namespace spinechron::report
