#include "match/presence.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace spinechron {
namespace {

double normal(double x, double mean, double sd) {
  const double t = (x - mean) / sd;
  return std::exp(-0.5 * t * t) / (sd * 2.5066282746310002);
}

// No single reading decides with certainty: a share of readings has another cause (a neighbour's light, a
// slip of the registration), flat over the range of spine brightness.
constexpr double kOutliers = 0.01, kOutlierRange = 1.0;
// Now and then an empty site holds something dim: a passing neurite, the flank of a neighbour. Share, and
// least mean in units of the shaft's brightness.
constexpr double kClutter = 0.10, kClutterMean = 0.05;

// Light that makes no peak is a neighbour's more often than a head's. Share of empty but not dark places with
// a peak; share of heads without one: hidden by a neighbour, and lost in the noise, falling with its square.
// Counted on phantoms that the accuracy bench does not hold.
constexpr double kPeakIfAbsent = 0.33, kHeadHidden = 0.03, kHeadLost = 5;

double peak_if_present(const SiteReading& r, double brightness) {
  const double snr = brightness / r.sigma;
  const double none = std::min(kHeadHidden + kHeadLost / (snr * snr), 0.5);
  return r.peak ? 1 - none : none;
}

double peak_if_absent(const SiteReading& r) {
  return r.peak ? kPeakIfAbsent : 1 - kPeakIfAbsent;
}

// The reading is the spine's brightness times a log-normal change, plus noise: integrated over five widths of
// the change.
double if_present(const SiteReading& r, double brightness, double change_sd) {
  double sum = 0, weight = 0;
  for (int k = -5; k <= 5; ++k) {
    const double w = std::exp(-0.125 * k * k);
    sum += w * normal(r.excess, brightness * std::exp(0.5 * k * change_sd), r.sigma);
    weight += w;
  }
  return (1 - kOutliers) * sum / weight + kOutliers / kOutlierRange;
}

double if_absent(const SiteReading& r) {
  const double mean = std::max(3 * r.empty_sd, kClutterMean), above = r.excess - r.empty_mean;
  const double clutter = above > 0 ? std::exp(-above / mean) / mean : 0.0;
  return (1 - kClutter - kOutliers) * normal(r.excess, r.empty_mean, r.empty_sd) + kClutter * clutter +
         kOutliers / kOutlierRange;
}

}  // namespace

PresencePosterior presence(const std::vector<SiteReading>& readings, const PresencePrior& prior) {
  const size_t n = readings.size();
  PresencePosterior out;
  out.present.assign(n, 0);
  const size_t gaps = n > 0 ? n - 1 : 0;
  out.present_to_absent.assign(gaps, 0);
  out.absent_to_present.assign(gaps, 0);
  out.present_to_present.assign(gaps, 0);
  out.absent_to_absent.assign(gaps, 0);
  double top = 1e-3;
  for (const SiteReading& r : readings)
    if (r.assessable) top = std::max(top, r.excess);

  using Pair = std::array<double, 2>;  // [absent, present]
  const Pair first{1 - prior.p_first, prior.p_first};
  std::vector<std::array<Pair, 2>> steps;  // of each interval: [from][to]
  for (size_t s = 0; s < gaps; ++s) {
    const Turnover t = prior.turnover.empty() ? Turnover{} : prior.turnover[s];
    steps.push_back({Pair{1 - t.p_gain, t.p_gain}, Pair{t.p_loss, 1 - t.p_loss}});
  }
  double total = 0;
  constexpr int kGrid = 25;
  for (int g = 0; g < kGrid; ++g) {
    const double b = top * std::exp2(-1.5 + 2.25 * g / (kGrid - 1));  // 0.35 to 1.7 of the brightest reading
    std::vector<Pair> emission(n, Pair{1, 1}), ahead(n), behind(n, Pair{1, 1});
    for (size_t s = 0; s < n; ++s)
      if (readings[s].assessable)
        emission[s] = {peak_if_absent(readings[s]) * if_absent(readings[s]),
                       peak_if_present(readings[s], b) * if_present(readings[s], b, prior.change_sd)};
    for (size_t s = 0; s < n; ++s)
      for (int z = 0; z < 2; ++z) {
        const double from =
            s == 0 ? first[z] : ahead[s - 1][0] * steps[s - 1][0][z] + ahead[s - 1][1] * steps[s - 1][1][z];
        ahead[s][z] = from * emission[s][z];
      }
    for (size_t s = gaps; s-- > 0;)
      for (int z = 0; z < 2; ++z)
        behind[s][z] = steps[s][z][0] * emission[s + 1][0] * behind[s + 1][0] +
                       steps[s][z][1] * emission[s + 1][1] * behind[s + 1][1];
    // A spine that is never there is no spine: that history is taken out.
    double never = first[0];
    for (size_t s = 0; s < n; ++s) never *= emission[s][0] * (s + 1 < n ? steps[s][0][0] : 1.0);
    const double all = ahead[n - 1][0] + ahead[n - 1][1] - never;
    total += all;
    out.brightness += b * all;
    for (size_t s = 0; s < n; ++s) out.present[s] += ahead[s][1] * behind[s][1];
    for (size_t s = 0; s < gaps; ++s) {
      const auto joint = [&](int a, int z) {
        return ahead[s][a] * steps[s][a][z] * emission[s + 1][z] * behind[s + 1][z];
      };
      out.present_to_absent[s] += joint(1, 0);
      out.absent_to_present[s] += joint(0, 1);
      out.present_to_present[s] += joint(1, 1);
      out.absent_to_absent[s] += std::max(joint(0, 0) - never, 0.0);
    }
  }
  if (total <= 0) return out;
  for (auto* v : {&out.present, &out.present_to_absent, &out.absent_to_present, &out.present_to_present,
                  &out.absent_to_absent})
    for (double& p : *v) p = std::clamp(p / total, 0.0, 1.0);
  out.brightness /= total;
  return out;
}

double p_change(const std::vector<SiteReading>& readings, const PresencePosterior& posterior) {
  double least = 1;
  for (size_t s = 0; s < readings.size(); ++s)
    if (readings[s].assessable) least = std::min(least, posterior.present[s]);
  return 1 - least;
}

double p_spine_given_change(double p_spine, double change, double of_spines) {
  // Share of places that look like a spine and are none, but change all the same: 0.15 counted as above, and
  // somewhat for stacks in which more of the peaks are noise.
  constexpr double kOfClutter = 0.22;
  const double likelier = change * of_spines / kOfClutter + (1 - change) * (1 - of_spines) / (1 - kOfClutter);
  return p_spine * likelier / (p_spine * likelier + 1 - p_spine);
}

}  // namespace spinechron
