#pragma once
// Power that slices share, by spatial frequency: the raw material of the optics fit.

#include <complex>
#include <vector>

#include "core/image.hpp"

namespace spinechron {

/// Square windows of one image, cut with a Hann taper and taken to the frequency domain.
class WindowSpectra {
 public:
  /// Windows of about `side_um`, 16 to 64 voxels. `usable()` is false where the image is smaller than that.
  WindowSpectra(const Image& image, double side_um);
  bool usable() const { return side_ > 0; }
  size_t side() const { return side_; }
  /// Middle frequency of a ring, radians per um.
  double frequency(size_t ring) const { return static_cast<double>(ring) * step_; }
  size_t rings() const { return counts_.size(); }

  /// Real part of the mean cross power of slices za and zb in the window whose corner is (x, y), by ring.
  std::vector<double> shared(size_t x, size_t y, size_t za, size_t zb) const;
  /// The same of all pairs `lag` slices apart, summed over the stack, of frequencies up to `most_frequency`
  /// (0 in the rings beyond): [lag][ring], lag from 0.
  std::vector<std::vector<double>> shared_by_lag(size_t x, size_t y, size_t most_lag,
                                                 double most_frequency) const;

 private:
  // One of a frequency and its negative: real windows say the same at both.
  struct Frequency {
    size_t index, negative;  // in the transform
    size_t ring;
  };
  void cut(size_t x, size_t y, size_t z, float* out) const;
  void transform(std::vector<std::complex<float>>& windows) const;

  const Image& image_;
  size_t side_ = 0;
  double step_ = 0;
  std::vector<float> taper_;  // side x side, sum 1
  std::vector<Frequency> frequencies_;
  std::vector<double> counts_;  // frequencies in each ring
};

}  // namespace spinechron
