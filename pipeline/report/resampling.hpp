#pragma once
// Bootstrap over animals, permutation of animals, and what follows from them. All results are the same from
// run to run: where random numbers are needed, their seed is fixed.

#include <cstdint>
#include <vector>

#include "report/intervals.hpp"

namespace spinechron::report {

double mean(const std::vector<double>& v);
/// With n - 1; NaN for fewer than two.
double standard_deviation(const std::vector<double>& v);

/// Interval of the mean over animals: bootstrap of whole animals with percentiles widened for their small
/// number (the "expanded percentile" interval of Hesterberg, Am Stat 69:371, 2015). NaN for fewer than two.
Interval bootstrap_mean(const std::vector<double>& animals, double confidence);

/// The same of mean(b) - mean(a), both resampled.
Interval bootstrap_difference(const std::vector<double>& a, const std::vector<double>& b, double confidence);

struct PermutationTest {
  double p;    ///< two-sided; NaN where there is nothing to permute
  long n;      ///< permutations used
  bool exact;  ///< all there are
};

/// Whether the means of two sets of animals differ: group labels are permuted over whole animals. All
/// divisions up to 20000, else 20000 random ones.
PermutationTest permute_groups(const std::vector<double>& a, const std::vector<double>& b);

/// Whether the animals' changes have mean 0: signs are flipped. All up to 2^14, else 20000 random ones.
PermutationTest flip_signs(const std::vector<double>& changes);

/// Standard deviation within two groups of animals, pooled; NaN for fewer than two in one of them.
double pooled_sd(const std::vector<double>& a, const std::vector<double>& b);

/// Standardised difference of means with the small-sample correction (Hedges' g); NaN without spread.
double hedges_g(const std::vector<double>& a, const std::vector<double>& b);

/// p-values adjusted for their number (Holm 1979); NaN stays NaN and does not count.
std::vector<double> holm(const std::vector<double>& p);

/// Animals needed in each of two groups so that a t-test at 5% finds a difference with this probability, if
/// animals scatter with `sd`; at most 100000.
int animals_needed(double difference, double sd, double power);

/// Pearson's correlation with its interval (Fisher's z) and a permutation p-value.
struct Correlation {
  double r;
  Interval interval;
  PermutationTest test;
  int n;
};
Correlation correlate(const std::vector<double>& x, const std::vector<double>& y, double confidence);

}  // namespace spinechron::report
