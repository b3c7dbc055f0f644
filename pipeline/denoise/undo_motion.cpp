#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "denoise/motion.hpp"

namespace spinechron {
namespace {

constexpr long kLobes = 3, kTaps = 2 * kLobes;
constexpr double kNothing_vox = 0.02;

// out[i] = in at i + shift: whole part and weights of the samples around it.
struct Resampler {
  explicit Resampler(double shift) : whole(static_cast<long>(std::floor(shift))) {
    const double t = shift - std::floor(shift);
    double sum = 0;
    for (long k = 0; k < kTaps; ++k) {
      const double x = std::numbers::pi * (static_cast<double>(k - kLobes + 1) - t);
      const double w = std::abs(x) < 1e-9 ? 1.0 : std::sin(x) / x * std::sin(x / kLobes) / (x / kLobes);
      weight[static_cast<size_t>(k)] = static_cast<float>(w);
      sum += w;
    }
    for (float& w : weight) w = static_cast<float>(w / sum);
  }
  long whole;
  std::array<float, kTaps> weight;
};

}  // namespace

void undo_motion(Image& image, const std::vector<Eigen::Vector2d>& shift_um, const Context& context) {
  const Size3 size = image.size();
  const auto nx = static_cast<long>(size.x), ny = static_cast<long>(size.y);
  std::vector<float> along(size.x * size.y), padded;
  for (size_t z = 0; z < size.z && z < shift_um.size(); ++z) {
    context.check_cancelled();
    const Eigen::Vector2d shift = shift_um[z].cwiseQuotient(image.voxel_um().head<2>());
    if (!(shift.cwiseAbs().maxCoeff() > kNothing_vox)) continue;
    const Resampler rx(std::clamp(shift.x(), -double(nx), double(nx)));
    const Resampler ry(std::clamp(shift.y(), -double(ny), double(ny)));
    padded.resize(size.x + kTaps);
    for (long y = 0; y < ny; ++y) {
      const float* row = image.row(static_cast<size_t>(y), z);
      for (long x = 0; x < nx + kTaps; ++x)
        padded[static_cast<size_t>(x)] = row[std::clamp(x + rx.whole - kLobes + 1, 0L, nx - 1)];
      float* to = along.data() + y * nx;
      for (long x = 0; x < nx; ++x) {
        float sum = 0;
        for (size_t k = 0; k < kTaps; ++k) sum += rx.weight[k] * padded[static_cast<size_t>(x) + k];
        to[x] = sum;
      }
    }
    for (long y = 0; y < ny; ++y) {
      float* to = image.row(static_cast<size_t>(y), z);
      std::array<const float*, kTaps> from;
      for (long k = 0; k < kTaps; ++k)
        from[static_cast<size_t>(k)] =
            along.data() + std::clamp(y + ry.whole + k - kLobes + 1, 0L, ny - 1) * nx;
      for (long x = 0; x < nx; ++x) {
        float sum = 0;
        for (size_t k = 0; k < kTaps; ++k) sum += ry.weight[k] * from[k][x];
        to[x] = sum;
      }
    }
  }
}

}  // namespace spinechron
