#pragma once
// Confidence intervals of rates.

#include <vector>

namespace spinechron::report {

/// An estimate with its interval; NaN where there is nothing to estimate from.
struct Interval {
  double low, high;
};

/// Exact binomial interval (Clopper and Pearson 1934) of `events` out of `trials`. `events` <= `trials`;
/// NaN for no trials.
Interval clopper_pearson(int events, int trials, double confidence);

/// Exact Poisson interval (Garwood 1936) of a count, divided by `exposure` (> 0, else NaN).
Interval garwood(int events, double exposure, double confidence);

/// Distribution of the number of events among independent ones with these probabilities (Poisson binomial):
/// element k is the probability of exactly k; size is one more than `p`.
std::vector<double> poisson_binomial(const std::vector<double>& p);

/// A rate whose events are themselves uncertain: given k events out of n `trials` the rate has the Jeffreys
/// posterior Beta(k + 1/2, n - k + 1/2); k has the Poisson binomial distribution of the events' probabilities
/// `p` (more than n count as n). The interval leaves the same probability outside on both sides of the
/// mixture. NaN for no trials.
Interval beta_mixture(const std::vector<double>& p, int trials, double confidence);

/// The same for a count over an exposure: Gamma(k + 1/2) / exposure, mixed over the Poisson binomial k.
Interval gamma_mixture(const std::vector<double>& p, double exposure, double confidence);

}  // namespace spinechron::report
