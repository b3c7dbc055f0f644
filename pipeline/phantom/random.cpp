#include "phantom/random.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron {
namespace {

std::uint64_t mix(std::uint64_t x) {  // splitmix64's finaliser
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t stream_seed(std::uint64_t seed, std::string_view name) {
  std::uint64_t h = mix(seed);
  for (unsigned char c : name) h = mix(h ^ c);
  return h;
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view name) : engine_(stream_seed(seed, name)) {}

double Random::uniform() {
  return double(engine_() >> 11) * 0x1.0p-53;
}
double Random::uniform(double low, double high) {
  return low + (high - low) * uniform();
}
bool Random::chance(double p) {
  return uniform() < p;
}
size_t Random::index(size_t n) {
  return std::min(n - 1, size_t(uniform() * double(n)));
}
double Random::normal(double mean, double sigma) {
  return mean + sigma * normal();
}

double Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double u, v, s;
  do {
    u = uniform(-1, 1);
    v = uniform(-1, 1);
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  const double f = std::sqrt(-2 * std::log(s) / s);
  spare_ = v * f;
  has_spare_ = true;
  return u * f;
}

double Random::poisson(double mean) {
  if (!(mean > 0)) return 0;
  if (mean < 30) {
    double term = std::exp(-mean), sum = term;
    const double u = uniform();
    int k = 0;
    while (u > sum && k < 200) {
      term *= mean / ++k;
      sum += term;
    }
    return k;
  }
  const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), vr = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = uniform() - 0.5, v = uniform(), us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * std::log(mean) - mean - std::lgamma(k + 1))
      return k;
  }
}

}  // namespace spinechron
