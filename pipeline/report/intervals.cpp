#include "report/intervals.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>

namespace spinechron::report {
namespace {

// Plain double is exact enough here, and several times faster than Boost's promotion to long double.
using Fast = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
using Beta = boost::math::beta_distribution<double, Fast>;
using Gamma = boost::math::gamma_distribution<double, Fast>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The quantile of a mixture: where its distribution function, which rises from 0 at `low` to 1 at `high`, is
// q.
template <typename Cdf>
double quantile_between(double low, double high, double q, const Cdf& cdf) {
  constexpr int kBits = 40;
  std::uintmax_t most = 60;
  const auto [a, b] =
      boost::math::tools::toms748_solve([&](double x) { return cdf(x) - q; }, low, high, -q, 1 - q,
                                        boost::math::tools::eps_tolerance<double>(kBits), most);
  return 0.5 * (a + b);
}

constexpr double kNegligible = 1e-7;  // weight of a count below which it cannot move a printed digit

}  // namespace

Interval clopper_pearson(int events, int trials, double confidence) {
  if (trials <= 0) return {kNaN, kNaN};
  const double tail = 0.5 * (1 - confidence);
  const double k = events, n = trials;
  return {events == 0 ? 0.0 : boost::math::quantile(Beta(k, n - k + 1), tail),
          events == trials ? 1.0 : boost::math::quantile(boost::math::complement(Beta(k + 1, n - k), tail))};
}

Interval garwood(int events, double exposure, double confidence) {
  if (!(exposure > 0)) return {kNaN, kNaN};
  const double tail = 0.5 * (1 - confidence);
  const double k = events;
  return {events == 0 ? 0.0 : boost::math::quantile(Gamma(k), tail) / exposure,
          boost::math::quantile(boost::math::complement(Gamma(k + 1), tail)) / exposure};
}

std::vector<double> poisson_binomial(const std::vector<double>& p) {
  std::vector<double> of_count(p.size() + 1, 0.0);
  of_count[0] = 1;
  for (size_t i = 0; i < p.size(); ++i) {
    for (size_t k = i + 1; k > 0; --k) of_count[k] = of_count[k] * (1 - p[i]) + of_count[k - 1] * p[i];
    of_count[0] *= 1 - p[i];
  }
  return of_count;
}

std::vector<double> count_posterior(const std::vector<double>& p, double assumed) {
  std::vector<double> weight = poisson_binomial(p);
  const double n = static_cast<double>(p.size());
  double highest = -std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < weight.size(); ++i) {
    const double k = static_cast<double>(i);
    // beta-binomial over binomial, as logarithms up to a constant
    weight[i] = std::log(weight[i]) + std::lgamma(k + 0.5) + std::lgamma(n - k + 0.5) -
                k * std::log(assumed) - (n - k) * std::log1p(-assumed);
    highest = std::max(highest, weight[i]);
  }
  double sum = 0;
  for (double& w : weight) sum += w = std::exp(w - highest);
  for (double& w : weight) w /= sum;
  return weight;
}

Interval beta_mixture(const std::vector<double>& weight, int trials, double confidence) {
  if (trials <= 0) return {kNaN, kNaN};
  const double n = trials;
  const auto cdf = [&](double x) {
    double sum = 0;
    for (size_t i = 0; i < weight.size(); ++i) {
      if (weight[i] <= kNegligible) continue;
      const double k = std::min(static_cast<double>(i), n);
      sum += weight[i] * boost::math::cdf(Beta(k + 0.5, n - k + 0.5), x);
    }
    return sum;
  };
  const double tail = 0.5 * (1 - confidence);
  return {quantile_between(0, 1, tail, cdf), quantile_between(0, 1, 1 - tail, cdf)};
}

Interval gamma_mixture(const std::vector<double>& weight, double exposure, double confidence) {
  if (!(exposure > 0)) return {kNaN, kNaN};
  const auto cdf = [&](double x) {
    double sum = 0;
    for (size_t k = 0; k < weight.size(); ++k)
      if (weight[k] > kNegligible)
        sum += weight[k] * boost::math::cdf(Gamma(static_cast<double>(k) + 0.5), x);
    return sum;
  };
  const double tail = 0.5 * (1 - confidence);
  const double top = 20 + 3 * static_cast<double>(weight.size());
  return {quantile_between(0, top, tail, cdf) / exposure, quantile_between(0, top, 1 - tail, cdf) / exposure};
}

}  // namespace spinechron::report
