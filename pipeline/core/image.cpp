#include "core/image.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spinechron {

float Image::sample(const Vec3& point_um) const {
  Vec3 v = point_um.cwiseQuotient(voxel_um_);
  // the last voxel's centre divided by the voxel size may come out a rounding error beyond it
  constexpr double rounding = 1e-9;
  const auto outside = [](double& a, size_t n) {
    const double last = static_cast<double>(n) - 1.0;
    if (!(a >= -rounding && a <= last + rounding)) return true;
    a = std::clamp(a, 0.0, last);
    return false;
  };
  if (empty() || outside(v.x(), size_.x) || outside(v.y(), size_.y) || outside(v.z(), size_.z))
    return std::numeric_limits<float>::quiet_NaN();
  const auto x0 = static_cast<size_t>(v.x()), y0 = static_cast<size_t>(v.y()),
             z0 = static_cast<size_t>(v.z());
  const size_t x1 = std::min(x0 + 1, size_.x - 1), y1 = std::min(y0 + 1, size_.y - 1);
  const size_t z1 = std::min(z0 + 1, size_.z - 1);
  const auto fx = static_cast<float>(v.x() - static_cast<double>(x0));
  const auto fy = static_cast<float>(v.y() - static_cast<double>(y0));
  const auto fz = static_cast<float>(v.z() - static_cast<double>(z0));
  const auto plane = [&](size_t z) {
    const float* a = row(y0, z);
    const float* b = row(y1, z);
    const float top = a[x0] + fx * (a[x1] - a[x0]);
    const float bottom = b[x0] + fx * (b[x1] - b[x0]);
    return top + fy * (bottom - top);
  };
  const float near = plane(z0);
  return fz > 0 ? near + fz * (plane(z1) - near) : near;
}

}  // namespace spinechron
