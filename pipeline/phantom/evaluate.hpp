#pragma once
// A result folder against a truth folder, pooled over samples.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "phantom/score.hpp"

namespace spinechron {

/// How well stated probabilities of events come true.
struct Calibration {
  struct Bin {
    double low = 0, high = 0;  ///< of the stated probability
    long n = 0;
    double mean_p = 0, share_right = 0;
  };
  long n = 0;
  double expected_error = 0;  ///< mean |stated - observed| over bins, weighted by their number
  double brier = 0;           ///< mean squared error of the stated probability
  std::vector<Bin> bins;      ///< ten of equal width, empty ones left out
};

struct Evaluation {
  Score score;
  std::map<std::string, Score> samples;          ///< what `score` is the sum of
  std::vector<std::string> missing;              ///< samples of the truth without a result
  std::map<std::string, size_t> ignored_spines;  ///< of samples with a scoring region: spines outside it
  std::optional<Calibration> calibration;        ///< none if no sample has an events table
};

/// Every TRUTH/<stem>_truth.tsv against the first <stem>_spines.tsv (and <stem>_events.tsv beside it)
/// anywhere under `result`. Where TRUTH/<stem>_scoring_region.tsv is there, only spines within `within_um` of
/// it count. A sample without a result counts as one in which nothing was found. UsageError if there is no
/// truth table; Error for an unreadable one.
Evaluation evaluate(const std::string& truth, const std::string& result, double within_um = 3.0);

Calibration calibrate(const std::vector<Outcome>& outcomes);

/// The figures as JSON (shares rounded to 3 digits, rates to 4) and as a short table for people. The JSON
/// also has the plain counts of each sample, from which a bench can pool and resample.
std::string to_json(const Evaluation& evaluation);
std::string to_table(const Evaluation& evaluation);

}  // namespace spinechron
