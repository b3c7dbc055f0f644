#pragma once
// Group by interval, with the animal as unit and its dendrites nested in it.

#include <optional>
#include <string>
#include <vector>

#include "report/resampling.hpp"
#include "report/study.hpp"
#include "report/table.hpp"

namespace spinechron::report {

/// One measure in one group over one interval (or in one session).
struct GroupEstimate {
  std::string measure, group, from, to;
  int n_samples = 0, n_dendrites = 0;
  double events = 0, trials = 0;
  double hours = 0;  ///< mean length of the interval over its dendrites; NaN for density and where unknown
  std::vector<std::string> animals;
  std::vector<double> of_animal;    ///< each animal's events over its trials; mean of values without counts
  std::vector<double> of_dendrite;  ///< each dendrite's own value
  Interval interval;                ///< of the mean over animals, see bootstrap_mean
};

enum class Contrast { between_groups, change_within_group, change_between_groups };
const char* to_text(Contrast contrast);

/// One comparison of animals.
struct Comparison {
  Contrast contrast;
  std::string measure, group_a, group_b, from, to;
  int n_a = 0, n_b = 0;
  double difference = 0;  ///< b - a; for changes: later minus first interval
  Interval interval;
  double sd = 0;      ///< over animals: within groups, pooled; of the changes within a group
  double effect = 0;  ///< Hedges' g; for changes within a group: mean over standard deviation
  PermutationTest test;
  double p_holm = 0;  ///< over the comparisons of the same contrast and measure
};

struct GroupStatistics {
  std::vector<GroupEstimate> estimates;
  std::vector<Comparison> comparisons;
};

/// Estimates of every group, interval and measure, and their comparisons: groups in each interval; the change
/// from the first interval (animals with both) within a group; and that change between groups, which is the
/// one to read where groups differ before any treatment.
GroupStatistics analyse(const Study& study, double confidence);

Table estimates_table(const GroupStatistics& statistics, const Study& study);
Table comparisons_table(const GroupStatistics& statistics);

/// Animals needed in each of two groups to find differences of 0.05, 0.10 and 0.15 with 80% and 90%: of the
/// rates, from the scatter of each group's animals, and of the changes of rates since the first interval,
/// from the scatter of its animals' changes.
Table power_table(const GroupStatistics& statistics);

/// One dendrite over one interval, one kind of event, as a binomial (mixed) model takes it: events and rest
/// among the spines present before, whatever the study's denominator. tools/stats/glmm.R reads it.
Table counts_table(const Study& study);

/// One animal a row, one measure in one interval (or session) a column, as CSV for spreadsheet-like programs
/// (Prism: a "multiple variables" table); empty where there is no value.
std::string wide_csv(const GroupStatistics& statistics);

/// Formation of each animal over each interval against its behaviour at each time, over all animals and group
/// by group. `behaviour` has columns `animal` (or `participant_id`; with or without "sub-"), `hours`,
/// `score`.
Table behaviour_table(const GroupStatistics& statistics, const std::filesystem::path& behaviour,
                      double confidence);

}  // namespace spinechron::report
