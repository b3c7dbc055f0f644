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
      ring_.push_back(ring < counts_.size() ? static_cast<int>(ring) : -1);
      if (ring < counts_.size()) counts_[ring] += 1;
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

namespace {

// Spectra of two real windows from the one of a + ib: A = (S(k) + S*(-k)) / 2, B = (S(k) - S*(-k)) / 2i.
struct Pair {
  std::complex<float> a, b;
};
Pair split(const std::complex<float>* s, size_t side, size_t x, size_t y) {
  const std::complex<float> here = s[y * side + x];
  const std::complex<float> there = std::conj(s[((side - y) % side) * side + (side - x) % side]);
  return {0.5F * (here + there), std::complex<float>(0, -0.5F) * (here - there)};
}

}  // namespace

std::vector<double> WindowSpectra::shared(size_t x, size_t y, size_t za, size_t zb) const {
  std::vector<std::complex<float>> s(side_ * side_);
  auto* parts = reinterpret_cast<float*>(s.data());
  cut(x, y, za, parts);
  cut(x, y, zb, parts + 1);
  const int n = static_cast<int>(side_);
  cv::Mat m(n, n, CV_32FC2, s.data());
  cv::dft(m, m);
  std::vector<double> power(counts_.size());
  for (size_t v = 0; v < side_; ++v)
    for (size_t u = 0; u < side_; ++u)
      if (const int ring = ring_[v * side_ + u]; ring >= 0) {
        const Pair p = split(s.data(), side_, u, v);
        power[static_cast<size_t>(ring)] += p.a.real() * p.b.real() + p.a.imag() * p.b.imag();
      }
  for (size_t r = 0; r < power.size(); ++r) power[r] /= std::max(counts_[r], 1.0);
  return power;
}

std::vector<std::vector<double>> WindowSpectra::shared_by_lag(size_t x, size_t y, size_t most_lag) const {
  const size_t nz = image_.size().z, area = side_ * side_;
  std::vector<std::complex<float>> spectra(nz * area), s(area);
  for (size_t z = 0; z < nz; z += 2) {
    std::fill(s.begin(), s.end(), std::complex<float>());
    auto* parts = reinterpret_cast<float*>(s.data());
    cut(x, y, z, parts);
    if (z + 1 < nz) cut(x, y, z + 1, parts + 1);
    const int n = static_cast<int>(side_);
    cv::Mat m(n, n, CV_32FC2, s.data());
    cv::dft(m, m);
    for (size_t v = 0; v < side_; ++v)
      for (size_t u = 0; u < side_; ++u) {
        const Pair p = split(s.data(), side_, u, v);
        spectra[z * area + v * side_ + u] = p.a;
        if (z + 1 < nz) spectra[(z + 1) * area + v * side_ + u] = p.b;
      }
  }
  std::vector<std::vector<double>> power(most_lag + 1, std::vector<double>(counts_.size()));
  for (size_t lag = 0; lag <= most_lag; ++lag) {
    for (size_t z = 0; z + lag < nz; ++z) {
      const std::complex<float>* a = spectra.data() + z * area;
      const std::complex<float>* b = spectra.data() + (z + lag) * area;
      for (size_t i = 0; i < area; ++i)
        if (ring_[i] >= 0)
          power[lag][static_cast<size_t>(ring_[i])] += a[i].real() * b[i].real() + a[i].imag() * b[i].imag();
    }
    for (size_t r = 0; r < counts_.size(); ++r) power[lag][r] /= std::max(counts_[r], 1.0);
  }
  return power;
}

}  // namespace spinechron
