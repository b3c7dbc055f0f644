#include "denoise/spectra.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <opencv2/core.hpp>

namespace spinechron {

WindowSpectra::WindowSpectra(const Image& image, double side_um) : image_(image) {
  const double voxel_um = std::max(image.voxel_um().x(), image.voxel_um().y());
  const size_t side =
      4 * static_cast<size_t>(std::clamp(std::lround(side_um / image.voxel_um().x() / 4), 4L, 16L));
  if (image.size().x < side || image.size().y < side || !(voxel_um > 0)) return;
  side_ = side;
  const auto n = static_cast<double>(side);
  std::vector<double> hann(side);
  double sum = 0;
  for (size_t i = 0; i < side; ++i)
    sum += hann[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / n);
  for (size_t y = 0; y < side; ++y)
    for (size_t x = 0; x < side; ++x) taper_.push_back(static_cast<float>(hann[x] * hann[y] / (sum * sum)));
  step_ = 2 * std::numbers::pi / (n * voxel_um);
  counts_.assign(side / 2, 0.0);
  const auto frequency = [&](size_t i, double voxel) {
    const double cycles = i <= side / 2 ? static_cast<double>(i) : static_cast<double>(i) - n;
    return 2 * std::numbers::pi * cycles / (n * voxel);
  };
  for (size_t y = 0; y < side; ++y)
    for (size_t x = 0; x < side; ++x) {
      const double k = std::hypot(frequency(x, image.voxel_um().x()), frequency(y, image.voxel_um().y()));
      const auto ring = static_cast<size_t>(std::lround(k / step_));
      const size_t index = y * side + x, negative = (side - y) % side * side + (side - x) % side;
      if (ring >= counts_.size() || negative < index) continue;
      frequencies_.push_back({index, negative, ring});
      counts_[ring] += 1;
    }
}

void WindowSpectra::cut(size_t x, size_t y, size_t z, float* out) const {
  float mean = 0;
  for (size_t j = 0; j < side_; ++j) {
    const float* row = image_.row(y + j, z) + x;
    const float* taper = taper_.data() + j * side_;
    for (size_t i = 0; i < side_; ++i) mean += taper[i] * row[i];
  }
  for (size_t j = 0; j < side_; ++j) {
    const float* row = image_.row(y + j, z) + x;
    const float* taper = taper_.data() + j * side_;
    for (size_t i = 0; i < side_; ++i) out[2 * (j * side_ + i)] = taper[i] * (row[i] - mean);
  }
}

void WindowSpectra::transform(std::vector<std::complex<float>>& windows) const {
  const int n = static_cast<int>(side_);
  cv::Mat m(n, n, CV_32FC2, windows.data());
  cv::dft(m, m);
}

namespace {

// Spectra of two real windows from the one of a + ib: A = (S(k) + S*(-k)) / 2, B = (S(k) - S*(-k)) / 2i.
struct Pair {
  std::complex<float> a, b;
};
Pair split(const std::complex<float>& here, const std::complex<float>& negative) {
  const std::complex<float> there = std::conj(negative), difference = here - there;
  return {0.5F * (here + there), {0.5F * difference.imag(), -0.5F * difference.real()}};
}

double shared_power(const std::complex<float>& a, const std::complex<float>& b) {
  return a.real() * b.real() + a.imag() * b.imag();
}

}  // namespace

std::vector<double> WindowSpectra::shared(size_t x, size_t y, size_t za, size_t zb) const {
  std::vector<std::complex<float>> s(side_ * side_);
  auto* parts = reinterpret_cast<float*>(s.data());
  cut(x, y, za, parts);
  cut(x, y, zb, parts + 1);
  transform(s);
  std::vector<double> power(counts_.size());
  for (const Frequency& f : frequencies_) {
    const Pair p = split(s[f.index], s[f.negative]);
    power[f.ring] += shared_power(p.a, p.b);
  }
  for (size_t r = 0; r < power.size(); ++r) power[r] /= std::max(counts_[r], 1.0);
  return power;
}

std::vector<std::vector<double>> WindowSpectra::shared_by_lag(size_t x, size_t y, size_t most_lag,
                                                              double most_frequency) const {
  std::vector<Frequency> used;
  for (const Frequency& f : frequencies_)
    if (frequency(f.ring) <= most_frequency) used.push_back(f);
  const size_t nz = image_.size().z, n = used.size();
  std::vector<std::complex<float>> spectra(nz * n), s(side_ * side_);
  for (size_t z = 0; z < nz; z += 2) {
    std::fill(s.begin(), s.end(), std::complex<float>());
    auto* parts = reinterpret_cast<float*>(s.data());
    const bool two = z + 1 < nz;
    cut(x, y, z, parts);
    if (two) cut(x, y, z + 1, parts + 1);
    transform(s);
    for (size_t i = 0; i < n; ++i) {
      const Pair p = split(s[used[i].index], s[used[i].negative]);
      spectra[z * n + i] = p.a;
      if (two) spectra[(z + 1) * n + i] = p.b;
    }
  }
  std::vector<std::vector<double>> power(most_lag + 1, std::vector<double>(counts_.size()));
  for (size_t lag = 0; lag <= most_lag; ++lag) {
    for (size_t z = 0; z + lag < nz; ++z)
      for (size_t i = 0; i < n; ++i)
        power[lag][used[i].ring] += shared_power(spectra[z * n + i], spectra[(z + lag) * n + i]);
    for (size_t r = 0; r < counts_.size(); ++r) power[lag][r] /= std::max(counts_[r], 1.0);
  }
  return power;
}

}  // namespace spinechron
