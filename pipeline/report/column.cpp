#include "report/column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spinechron::report {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

float or_nan(float best) {
  return best > kNothing ? best : std::numeric_limits<float>::quiet_NaN();
}

// A place in a slice, for bilinear sampling.
struct Corner {
  const float *above = nullptr, *below = nullptr;  // of the left one of four voxels
  std::ptrdiff_t right = 0;
  float fx = 0, fy = 0;

  void go_down(const Image& image) {
    above += image.size().x * image.size().y;
    below += image.size().x * image.size().y;
  }
  float sample() const {
    const float top = above[0] + fx * (above[right] - above[0]);
    const float bottom = below[0] + fx * (below[right] - below[0]);
    return top + fy * (bottom - top);
  }
};

// Whether a place lies on a grid of `n` samples; one that does but for rounding is put on it.
inline bool within(double& a, size_t n) {
  constexpr double kRounding = 1e-9;
  const double last = static_cast<double>(static_cast<std::ptrdiff_t>(n) - 1);
  if (!(a >= -kRounding && a <= last + kRounding)) return false;
  a = std::clamp(a, 0.0, last);
  return true;
}

inline bool find(const Image& image, size_t z, double x, double y, Corner& c) {
  const Size3& n = image.size();
  if (!within(x, n.x) || !within(y, n.y)) return false;
  const auto x0 = static_cast<std::ptrdiff_t>(x), y0 = static_cast<std::ptrdiff_t>(y);
  const auto nx = static_cast<std::ptrdiff_t>(n.x), ny = static_cast<std::ptrdiff_t>(n.y);
  c.above = image.slice(z) + y0 * nx + x0;
  c.below = y0 + 1 < ny ? c.above + nx : c.above;
  c.right = x0 + 1 < nx ? 1 : 0;
  c.fx = static_cast<float>(x - static_cast<double>(x0));
  c.fy = static_cast<float>(y - static_cast<double>(y0));
  return true;
}

}  // namespace

float Column::brightest(const Vec3& middle, double half_um) const {
  const double half = std::max(half_um * std::abs(down_.z()), 0.5);
  const long first = std::max(0L, static_cast<long>(std::ceil(middle.z() - half)));
  const long last =
      std::min(static_cast<long>(image_.size().z) - 1, static_cast<long>(std::floor(middle.z() + half)));
  const bool upright = aside_.isZero();
  float best = kNothing;
  Corner c;
  for (long z = first; z <= last; ++z) {
    if (upright && z > first) {
      if (!c.above) break;  // outside in every slice
      c.go_down(image_);
    } else {
      const double slices = static_cast<double>(z) - middle.z();
      const Eigen::Vector2d at = middle.head<2>() + slices * aside_;
      if (!find(image_, static_cast<size_t>(z), at.x(), at.y(), c)) continue;
    }
    best = std::max(best, c.sample());  // NaN changes nothing
  }
  return or_nan(best);
}

float brightest_above_and_below(const Image& image, const Vec3& point_um, double half_um) {
  const Vec3 at = point_um.cwiseQuotient(image.voxel_um());
  const double half = half_um / image.voxel_um().z(), deepest = static_cast<double>(image.size().z) - 1;
  const double top = std::max(at.z() - half, 0.0), bottom = std::min(at.z() + half, deepest);
  Corner c;
  const auto first = static_cast<size_t>(std::max(top, 0.0));
  if (!(top <= bottom) || !find(image, first, at.x(), at.y(), c)) return or_nan(kNothing);
  // Between slices brightness is linear: it is highest in a slice or at an end.
  float best = kNothing, above = c.sample();
  for (auto z = static_cast<double>(first);; ++z) {
    if (z >= top && z <= bottom) best = std::max(best, above);
    if (z >= bottom) break;
    c.go_down(image);
    const float below = c.sample();
    for (const double end : {top, bottom})
      if (end > z && end < z + 1)
        best = std::max(best, above + static_cast<float>(end - z) * (below - above));
    above = below;
  }
  return or_nan(best);
}

}  // namespace spinechron::report
