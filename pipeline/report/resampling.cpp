#include "report/resampling.hpp"

#include <algorithm>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace spinechron::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kBootstraps = 4000;
constexpr long kPermutations = 20000;
constexpr double kTie = 1e-9;  // relative; sums in another order differ by rounding

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  size_t below(size_t n) { return static_cast<size_t>(engine_() % n); }  // n is tiny beside 2^64

 private:
  std::mt19937_64 engine_;
};

double resampled_mean(const std::vector<double>& v, Random& random) {
  double sum = 0;
  for (size_t i = 0; i < v.size(); ++i) sum += v[random.below(v.size())];
  return sum / static_cast<double>(v.size());
}

double quantile(std::vector<double> v, double q) {
  std::sort(v.begin(), v.end());
  const double x = q * static_cast<double>(v.size() - 1);
  const auto i = static_cast<size_t>(x);
  const size_t j = std::min(i + 1, v.size() - 1);
  return v[i] + (x - static_cast<double>(i)) * (v[j] - v[i]);
}

// The tail that gives an interval of means its nominal level when `df` + 1 animals are resampled.
double expanded_tail(double confidence, double df) {
  const double t = boost::math::quantile(boost::math::students_t(df), 0.5 * (1 + confidence));
  return boost::math::cdf(boost::math::normal(), -t * std::sqrt((df + 1) / df));
}

Interval percentiles(const std::vector<double>& draws, double tail) {
  return {quantile(draws, tail), quantile(draws, 1 - tail)};
}

bool at_least(double a, double b) {
  return a >= b - kTie * std::max(1e-300, std::abs(b));
}

double choose(size_t n, size_t k) {
  double c = 1;
  for (size_t i = 0; i < k; ++i) c = c * static_cast<double>(n - i) / static_cast<double>(i + 1);
  return c;
}

}  // namespace

double mean(const std::vector<double>& v) {
  return v.empty() ? kNaN : std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
}

double standard_deviation(const std::vector<double>& v) {
  if (v.size() < 2) return kNaN;
  const double m = mean(v);
  double sum = 0;
  for (double x : v) sum += (x - m) * (x - m);
  return std::sqrt(sum / static_cast<double>(v.size() - 1));
}

Interval bootstrap_mean(const std::vector<double>& animals, double confidence) {
  if (animals.size() < 2) return {kNaN, kNaN};
  Random random(1);
  std::vector<double> draws(kBootstraps);
  for (double& d : draws) d = resampled_mean(animals, random);
  return percentiles(draws, expanded_tail(confidence, static_cast<double>(animals.size()) - 1));
}

Interval bootstrap_difference(const std::vector<double>& a, const std::vector<double>& b, double confidence) {
  if (a.size() < 2 || b.size() < 2) return {kNaN, kNaN};
  Random random(2);
  std::vector<double> draws(kBootstraps);
  for (double& d : draws) {
    const double mean_b = resampled_mean(b, random);
    d = mean_b - resampled_mean(a, random);
  }
  return percentiles(draws, expanded_tail(confidence, static_cast<double>(std::min(a.size(), b.size())) - 1));
}

PermutationTest permute_groups(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || b.empty() || a.size() + b.size() < 3) return {kNaN, 0, true};
  std::vector<double> all = a;
  all.insert(all.end(), b.begin(), b.end());
  const size_t n = all.size(), k = a.size();
  const double total = std::accumulate(all.begin(), all.end(), 0.0);
  const auto statistic = [&](double sum_a) {
    return std::abs(sum_a / static_cast<double>(k) - (total - sum_a) / static_cast<double>(n - k));
  };
  const double observed = statistic(std::accumulate(a.begin(), a.end(), 0.0));
  long as_extreme = 0, count = 0;
  if (choose(n, k) <= static_cast<double>(kPermutations)) {
    std::vector<bool> in_a(n, false);
    std::fill(in_a.begin(), in_a.begin() + static_cast<std::ptrdiff_t>(k), true);
    do {
      double sum = 0;
      for (size_t i = 0; i < n; ++i)
        if (in_a[i]) sum += all[i];
      as_extreme += at_least(statistic(sum), observed);
      ++count;
    } while (std::prev_permutation(in_a.begin(), in_a.end()));
    return {static_cast<double>(as_extreme) / static_cast<double>(count), count, true};
  }
  Random random(3);
  for (; count < kPermutations; ++count) {
    double sum = 0;
    for (size_t i = 0; i < k; ++i) {
      std::swap(all[i], all[i + random.below(n - i)]);
      sum += all[i];
    }
    as_extreme += at_least(statistic(sum), observed);
  }
  return {static_cast<double>(as_extreme + 1) / static_cast<double>(count + 1), count, false};
}

PermutationTest flip_signs(const std::vector<double>& changes) {
  const size_t n = changes.size();
  if (n < 2) return {kNaN, 0, true};
  const double observed = std::abs(std::accumulate(changes.begin(), changes.end(), 0.0));
  long as_extreme = 0, count = 0;
  if (n <= 14) {
    for (std::uint32_t signs = 0; signs < (1U << n); ++signs, ++count) {
      double sum = 0;
      for (size_t i = 0; i < n; ++i) sum += signs >> i & 1U ? -changes[i] : changes[i];
      as_extreme += at_least(std::abs(sum), observed);
    }
    return {static_cast<double>(as_extreme) / static_cast<double>(count), count, true};
  }
  Random random(4);
  for (; count < kPermutations; ++count) {
    double sum = 0;
    for (double c : changes) sum += random.below(2) ? -c : c;
    as_extreme += at_least(std::abs(sum), observed);
  }
  return {static_cast<double>(as_extreme + 1) / static_cast<double>(count + 1), count, false};
}

double pooled_sd(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 2 || b.size() < 2) return kNaN;
  const double na = static_cast<double>(a.size()), nb = static_cast<double>(b.size());
  const double sa = standard_deviation(a), sb = standard_deviation(b);
  return std::sqrt(((na - 1) * sa * sa + (nb - 1) * sb * sb) / (na + nb - 2));
}

double hedges_g(const std::vector<double>& a, const std::vector<double>& b) {
  const double pooled = pooled_sd(a, b), df = static_cast<double>(a.size() + b.size()) - 2;
  return pooled > 0 ? (mean(b) - mean(a)) / pooled * (1 - 3 / (4 * df - 1)) : kNaN;
}

std::vector<double> holm(const std::vector<double>& p) {
  std::vector<size_t> order;
  for (size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p[a] < p[b]; });
  std::vector<double> out(p.size(), kNaN);
  double least = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    least = std::max(least, std::min(1.0, static_cast<double>(order.size() - i) * p[order[i]]));
    out[order[i]] = least;
  }
  return out;
}

int animals_needed(double difference, double sd, double power) {
  if (!(difference > 0) || !(sd > 0)) return 0;
  constexpr int most = 100000;
  const auto reached = [&](int n) {
    const double df = 2.0 * n - 2, shift = difference / sd * std::sqrt(n / 2.0);
    if (shift > 30) return true;
    const double critical = boost::math::quantile(boost::math::students_t(df), 0.975);
    return boost::math::cdf(boost::math::complement(boost::math::non_central_t(df, shift), critical)) >=
           power;
  };
  int low = 1, high = 2;
  while (high < most && !reached(high)) {
    low = high;
    high = std::min(most, 2 * high);
  }
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (reached(middle) ? high : low) = middle;
  }
  return high;
}

Correlation correlate(const std::vector<double>& x, const std::vector<double>& y, double confidence) {
  const size_t n = x.size();
  Correlation out{kNaN, {kNaN, kNaN}, {kNaN, 0, true}, static_cast<int>(n)};
  const double sx = standard_deviation(x), sy = standard_deviation(y);
  if (n < 3 || !(sx > 0) || !(sy > 0)) return out;
  const double mx = mean(x), my = mean(y);
  const auto product = [&](const std::vector<double>& other) {
    double sum = 0;
    for (size_t i = 0; i < n; ++i) sum += (x[i] - mx) * (other[i] - my);
    return sum;
  };
  out.r = std::clamp(product(y) / (static_cast<double>(n - 1) * sx * sy), -1.0, 1.0);
  if (n > 3 && std::abs(out.r) < 1) {
    const double z = std::atanh(out.r);
    const double half = boost::math::quantile(boost::math::normal(), 0.5 * (1 + confidence)) /
                        std::sqrt(static_cast<double>(n) - 3);
    out.interval = {std::tanh(z - half), std::tanh(z + half)};
  }
  Random random(5);
  std::vector<double> shuffled = y;
  const double observed = std::abs(product(y));
  long as_extreme = 0;
  for (long k = 0; k < kPermutations; ++k) {
    for (size_t i = 0; i + 1 < n; ++i) std::swap(shuffled[i], shuffled[i + random.below(n - i)]);
    as_extreme += at_least(std::abs(product(shuffled)), observed);
  }
  out.test = {static_cast<double>(as_extreme + 1) / static_cast<double>(kPermutations + 1), kPermutations,
              false};
  return out;
}

}  // namespace spinechron::report
