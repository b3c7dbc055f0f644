#include "denoise/optics_fit.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "denoise/spectra.hpp"

namespace spinechron {
namespace {

constexpr double kWindow_um = 4;
constexpr size_t kWindows = 200, kColumns = 24, kFewest = 8;
constexpr size_t kMostSpectra = 1000;  // of all columns together
constexpr Optics kUsual{0.22, 0.90};   // in living tissue, through the usual Lens
constexpr double kLateralSpread = 0.40, kAxialSpread = 0.35, kSpreadOfKnownLens = 0.25;
constexpr double kRadius_um = 0.6, kRadiusSpread = 0.2;  // of dendrites
constexpr double kShapeError = 0.25;    // relative, of a ring: no dendrite has the spectrum of the usual one
constexpr double kThickness_um = 0.22;  // sigma of a dendrite along z
constexpr std::array kTails = {0.0, 0.02, 0.05, 0.1, 0.2};  // light scattered far along z, over the core's
constexpr double kTail_um = 3.2, kFarthest_um = 5;          // sigma of that light; largest distance looked at
constexpr double kFineFrom = 3.5, kFineTo = 7.0;            // radians per um
constexpr double kScaleFrom = 1.2, kScaleTo = 4.0;          // power by which windows are made comparable
constexpr double kLowest = 2.5;                             // shading and background end below it

struct Window {
  float brightness;
  std::uint32_t x, y, z;
};

bool brighter(const Window& a, const Window& b) {
  if (a.brightness != b.brightness) return a.brightness > b.brightness;
  return std::array{a.z, a.y, a.x} < std::array{b.z, b.y, b.x};
}

// `count` windows spread evenly over the brightest `share` of all.
std::vector<Window> spread_over_brightest(std::vector<Window> all, double share, size_t count) {
  const size_t top = std::min(all.size(), std::max(count, static_cast<size_t>(share * double(all.size()))));
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(top), all.end(), brighter);
  const size_t step = std::max<size_t>(1, top / count);
  std::vector<Window> out;
  for (size_t i = 0; i < top && out.size() < count; i += step) out.push_back(all[i]);
  return out;
}

// Windows half overlapping in every slice, each with the brightest block of its inner half.
std::vector<Window> all_windows(const BlockMeans& means, size_t side) {
  constexpr size_t kSide = BlockMeans::kSide;
  const size_t wide = (side + kSide - 1) / kSide, step = std::max<size_t>(1, wide / 2);
  const size_t margin = wide / 4;
  std::vector<Window> out;
  for (size_t z = 0; z < means.nz(); ++z)
    for (size_t by = 0; by + wide <= means.ny(); by += step)
      for (size_t bx = 0; bx + wide <= means.nx(); bx += step) {
        float brightest = means(bx + margin, by + margin, z);
        for (size_t j = margin; j < wide - margin; ++j)
          for (size_t i = margin; i < wide - margin; ++i)
            brightest = std::max(brightest, means(bx + i, by + j, z));
        out.push_back({brightest, static_cast<std::uint32_t>(BlockMeans::first_x(bx)),
                       static_cast<std::uint32_t>(BlockMeans::first_y(by)), static_cast<std::uint32_t>(z)});
      }
  return out;
}

struct Mean {
  double value = 0, error = 0;
};

// Mean over windows and its error; windows overlap, so they count half.
Mean mean_of(const std::vector<double>& values, const std::vector<double>& weights) {
  const auto n = static_cast<double>(values.size());
  Mean m;
  double square = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const double v = values[i] * weights[i];
    m.value += v / n;
    square += v * v / n;
  }
  m.error = std::sqrt(std::max(square - m.value * m.value, 0.0) / (n / 2));
  return m;
}

// One over the shared power of each window, so that bright ones do not decide alone; those with little of it
// are held back.
std::vector<double> weights_of(std::vector<double> power) {
  std::vector<double> sorted = power;
  std::sort(sorted.begin(), sorted.end());
  const double floor = 0.3 * sorted[sorted.size() / 2];
  if (!(floor > 0)) return {};
  for (double& p : power) p = 1 / std::max(p, floor);
  return power;
}

// Expectation of ln(parameter) over a grid of it with these log probabilities.
struct LogGrid {
  LogGrid(double low, double high, size_t n) : values(n), score(n, 0.0) {
    for (size_t i = 0; i < n; ++i)
      values[i] = low * std::pow(high / low, static_cast<double>(i) / static_cast<double>(n - 1));
  }
  double mean() const {
    const double best = *std::max_element(score.begin(), score.end());
    double sum = 0, weight = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      const double p = std::exp(score[i] - best);
      weight += p;
      sum += p * std::log(values[i]);
    }
    return std::exp(sum / weight);
  }
  std::vector<double> values, score;
};

double log_prior(double value, double middle, double spread) {
  const double d = std::log(value / middle) / spread;
  return -0.5 * d * d;
}

// Log likelihood of data = amplitude * model with the best amplitude and a model that is wrong by `relative`.
double log_likelihood(const std::vector<Mean>& data, const std::vector<double>& model, double relative) {
  double amplitude = 0, score = 0;
  for (int pass = 0; pass < 4; ++pass) {
    double md = 0, mm = 0, chi2 = 0, logs = 0;
    for (size_t i = 0; i < data.size(); ++i) {
      const double wrong = relative * amplitude * model[i];
      const double variance = data[i].error * data[i].error + wrong * wrong + 1e-300;
      const double residual = data[i].value - amplitude * model[i];
      md += model[i] * data[i].value / variance;
      mm += model[i] * model[i] / variance;
      chi2 += residual * residual / variance;
      logs += std::log(variance);
    }
    score = -0.5 * (chi2 + logs);
    amplitude = mm > 0 ? std::max(md / mm, 0.0) : 0.0;
  }
  return score;
}

// What is known of a sigma before the image is looked at: about log-normal.
struct Prior {
  double middle_um, spread;
};

double fit_lateral(const WindowSpectra& spectra, const std::vector<Window>& windows, size_t nz,
                   const Prior& prior) {
  std::vector<std::vector<double>> power(spectra.rings());
  std::vector<double> scale;
  std::vector<std::vector<double>> shared(windows.size());
  tbb::parallel_for(size_t{0}, windows.size(), [&](size_t i) {
    const Window& w = windows[i];
    shared[i] = spectra.shared(w.x, w.y, w.z, w.z + 1 < nz ? w.z + 1 : w.z - 1);
  });
  for (const std::vector<double>& p : shared) {
    double sum = 0;
    for (size_t r = 0; r < p.size(); ++r) {
      power[r].push_back(p[r]);
      if (spectra.frequency(r) > kScaleFrom && spectra.frequency(r) < kScaleTo) sum += p[r];
    }
    scale.push_back(sum);
  }
  const std::vector<double> weights = weights_of(scale);
  if (weights.empty()) return prior.middle_um;
  std::vector<Mean> data;
  std::vector<double> k;
  for (size_t r = 0; r < power.size(); ++r)
    if (spectra.frequency(r) >= kLowest) {
      data.push_back(mean_of(power[r], weights));
      k.push_back(spectra.frequency(r));
    }
  if (data.size() < 4) return prior.middle_um;
  LogGrid sigma(0.10, 0.55, 60);
  const LogGrid radius(0.25, 1.0, 15);
  std::vector<double> model(k.size()), inner(radius.values.size());
  for (size_t s = 0; s < sigma.values.size(); ++s) {
    for (size_t j = 0; j < radius.values.size(); ++j) {
      for (size_t i = 0; i < k.size(); ++i) {
        const double kr = k[i] * radius.values[j], ks = k[i] * sigma.values[s], shape = 1 + kr * kr / 6;
        model[i] = std::exp(-ks * ks) / (k[i] * shape * std::sqrt(shape));
      }
      inner[j] =
          log_likelihood(data, model, kShapeError) + log_prior(radius.values[j], kRadius_um, kRadiusSpread);
    }
    const double best = *std::max_element(inner.begin(), inner.end());
    double sum = 0;
    for (double i : inner) sum += std::exp(i - best);
    sigma.score[s] = best + std::log(sum) + log_prior(sigma.values[s], prior.middle_um, prior.spread);
  }
  return sigma.mean();
}

double fit_axial(const WindowSpectra& spectra, const std::vector<Window>& columns, size_t most_lag,
                 double voxel_z_um, const Prior& prior) {
  std::vector<std::vector<double>> by_lag(most_lag + 1);
  std::vector<double> scale;
  std::vector<std::vector<std::vector<double>>> shared(columns.size());
  tbb::parallel_for(size_t{0}, columns.size(), [&](size_t i) {
    shared[i] = spectra.shared_by_lag(columns[i].x, columns[i].y, most_lag, kFineTo);
  });
  for (const auto& power : shared) {
    double sum = 0;
    for (size_t r = 0; r < spectra.rings(); ++r)
      if (spectra.frequency(r) > kScaleFrom && spectra.frequency(r) < kScaleTo) sum += power[1][r];
    scale.push_back(sum);
    for (size_t lag = 0; lag <= most_lag; ++lag) {
      double fine = 0;
      for (size_t r = 0; r < spectra.rings(); ++r)
        if (spectra.frequency(r) >= kFineFrom && spectra.frequency(r) <= kFineTo) fine += power[lag][r];
      by_lag[lag].push_back(fine);
    }
  }
  const std::vector<double> weights = weights_of(scale);
  if (weights.empty()) return prior.middle_um;
  std::vector<Mean> data;
  for (size_t lag = 1; lag <= most_lag; ++lag) data.push_back(mean_of(by_lag[lag], weights));
  for (Mean& m : data) m.error = std::hypot(m.error, 0.03 * data[0].value);
  LogGrid sigma(0.3, 2.5, 80);
  std::vector<double> model(data.size());
  const auto fall = [&](size_t lag, double by_um) {
    const double dz = static_cast<double>(lag) * voxel_z_um / (2 * by_um);
    return std::exp(-dz * dz);
  };
  std::array<double, kTails.size()> inner;
  for (size_t s = 0; s < sigma.values.size(); ++s) {
    for (size_t t = 0; t < kTails.size(); ++t) {
      for (size_t i = 0; i < model.size(); ++i)
        model[i] =
            fall(i + 1, std::hypot(sigma.values[s], kThickness_um)) + kTails[t] * fall(i + 1, kTail_um);
      inner[t] = log_likelihood(data, model, 0.0);
    }
    const double best = *std::max_element(inner.begin(), inner.end());
    double sum = 0;
    for (double i : inner) sum += std::exp(i - best);
    sigma.score[s] = best + std::log(sum) + log_prior(sigma.values[s], prior.middle_um, prior.spread);
  }
  return sigma.mean();
}

}  // namespace

Optics diffraction_limit(const Lens& lens) {
  const double na = lens.numerical_aperture, wavelength = lens.wavelength_um;
  const double index = na < 1.3 ? 1.33 : 1.52;  // of water; of oil
  const double lateral = na <= 0.7 ? 0.320 / na : 0.325 / std::pow(na, 0.91);
  const double axial = 0.532 / (index - std::sqrt(index * index - na * na));
  // 1/e radii of the squared intensity are sqrt(2) sigma.
  return {lateral * wavelength / 2, axial * wavelength / 2};
}

Optics fit_optics(const Image& image, const BlockMeans& means, const std::optional<Lens>& lens,
                  const Context& context) {
  Optics optics = kUsual;
  if (lens) {
    const Optics limit = diffraction_limit(*lens), usual_limit = diffraction_limit({});
    optics.lateral_sigma_um *= limit.lateral_sigma_um / usual_limit.lateral_sigma_um;
    optics.axial_sigma_um *= limit.axial_sigma_um / usual_limit.axial_sigma_um;
    optics.lateral_sigma_um =
        std::clamp(optics.lateral_sigma_um, kLeastLateralSigma_um, kMostLateralSigma_um);
    optics.axial_sigma_um = std::clamp(optics.axial_sigma_um, kLeastAxialSigma_um, kMostAxialSigma_um);
  }
  const Prior lateral{optics.lateral_sigma_um, lens ? kSpreadOfKnownLens : kLateralSpread};
  const Prior axial{optics.axial_sigma_um, lens ? kSpreadOfKnownLens : kAxialSpread};
  const size_t nz = image.size().z;
  const WindowSpectra spectra(image, kWindow_um);
  if (nz < 2 || !spectra.usable()) return optics;
  std::vector<Window> windows = all_windows(means, spectra.side());
  if (windows.size() < kFewest) return optics;

  // The brightest slice of each column stands for it.
  const size_t plane = windows.size() / nz;
  std::vector<Window> columns(windows.begin(), windows.begin() + static_cast<std::ptrdiff_t>(plane));
  for (size_t i = 0; i < windows.size(); ++i)
    if (windows[i].brightness > columns[i % plane].brightness) columns[i % plane] = windows[i];

  optics.lateral_sigma_um =
      std::clamp(fit_lateral(spectra, spread_over_brightest(std::move(windows), 0.02, kWindows), nz, lateral),
                 kLeastLateralSigma_um, kMostLateralSigma_um);
  context.check_cancelled();
  const double voxel_z_um = image.voxel_um().z();
  const auto most_lag = std::min(nz - 1, static_cast<size_t>(kFarthest_um / voxel_z_um));
  if (most_lag < 2 || columns.size() < kFewest) return optics;
  const size_t count = std::clamp(kMostSpectra / nz, kFewest, kColumns);
  optics.axial_sigma_um = std::clamp(
      fit_axial(spectra, spread_over_brightest(std::move(columns), 0.25, count), most_lag, voxel_z_um, axial),
      kLeastAxialSigma_um, kMostAxialSigma_um);
  return optics;
}

}  // namespace spinechron
