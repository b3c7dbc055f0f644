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

/// Posterior of the number of events among trials whose common rate is not known: element k as above, each of
/// `p` being what its own evidence made of the rate `assumed` (above 0, below 1).
///
/// Such probabilities have seen the rate that they shall tell: their Poisson binomial is too narrow where
/// `assumed` was learned from the same events, and too sure of `assumed` where it was given. So that
/// assumption's prior of k, Binomial(`p.size()`, `assumed`), is divided out and that of an unknown rate
/// (Jeffreys; beta-binomial) put in its place, which is exact. Of certain events it is their number; of
/// events without evidence the prior.
std::vector<double> count_posterior(const std::vector<double>& p, double assumed);

/// A rate whose events are themselves uncertain: given k events out of n `trials` the rate has the Jeffreys
/// posterior Beta(k + 1/2, n - k + 1/2); element k of `weight` is the probability of k events (more than n
/// count as n). The interval leaves the same probability outside on both sides of the mixture. NaN for no
/// trials.
Interval beta_mixture(const std::vector<double>& weight, int trials, double confidence);

/// The same for a count over an exposure: Gamma(k + 1/2) / exposure.
Interval gamma_mixture(const std::vector<double>& weight, double exposure, double confidence);

}  // namespace spinechron::report
