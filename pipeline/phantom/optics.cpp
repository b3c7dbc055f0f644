#include "phantom/optics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spinechron {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kReach = 3.5;  // sigmas of the core that are painted

/// Points of a unit disk whose weights sum to 1: rings of equal width, weighted by their area.
struct DiskPoint {
  double u, v, weight;
};
std::vector<DiskPoint> disk(double radius, double spacing) {
  const int rings = std::max(1, int(std::ceil(radius / spacing)));
  std::vector<DiskPoint> points;
  for (int k = 0; k < rings; ++k) {
    const double inner = double(k) / rings, outer = double(k + 1) / rings;
    const double r = std::sqrt((inner * inner + outer * outer) / 2);  // keeps the disk's second moment
    const int n = std::max(rings == 1 ? 4 : 5, int(std::ceil(2 * kPi * r * radius / spacing)));
    for (int i = 0; i < n; ++i) {
      const double a = 2 * kPi * (i + 0.5 * (k % 2)) / n;
      points.push_back({r * std::cos(a), r * std::sin(a), (outer * outer - inner * inner) / n});
    }
  }
  return points;
}

double gauss(double x, double sigma) {
  return std::exp(-0.5 * x * x / (sigma * sigma)) / (sigma * std::sqrt(2 * kPi));
}

/// Lateral profile in focus of a straight tube of unit brightness.
double tube_profile(double u, double radius, double lateral, double axial) {
  double sum = 0;
  for (const auto& p : disk(radius, 0.25 * lateral))
    sum += p.weight * gauss(u - radius * p.u, lateral) * gauss(radius * p.v, axial);
  return sum * kPi * radius * radius;
}

void kernel(std::vector<double>& k, long& first, double centre, double step, double sigma, size_t size) {
  const double reach = kReach * sigma;
  first = std::max(0L, long(std::ceil((centre - reach) / step)));
  const long last = std::min(long(size) - 1, long(std::floor((centre + reach) / step)));
  k.clear();
  for (long i = first; i <= last; ++i) k.push_back(gauss(double(i) * step - centre, sigma));
}

/// Blurs a dense grid along one axis; the image goes on with its border value. `rows` is a stack of `count`
/// slabs of `length` rows of `width` samples each, blurred from row to row.
void blur_rows(float* rows, size_t width, size_t length, size_t count, double sigma_vox) {
  const int reach = std::max(1, int(std::ceil(3 * sigma_vox)));
  std::vector<float> k;
  double sum = 0;
  for (int i = -reach; i <= reach; ++i) sum += std::exp(-0.5 * i * i / (sigma_vox * sigma_vox));
  for (int i = -reach; i <= reach; ++i)
    k.push_back(float(std::exp(-0.5 * i * i / (sigma_vox * sigma_vox)) / sum));
  std::vector<float> in(width * length);
  for (size_t slab = 0; slab < count; ++slab) {
    float* base = rows + slab * width * length;
    std::copy(base, base + in.size(), in.begin());
    std::fill(base, base + in.size(), 0.0F);
    for (size_t y = 0; y < length; ++y)
      for (int j = -reach; j <= reach; ++j) {
        const float* from = &in[size_t(std::clamp(long(y) + j, 0L, long(length) - 1)) * width];
        const float w = k[size_t(j + reach)];
        float* to = base + y * width;
        for (size_t x = 0; x < width; ++x) to[x] += w * from[x];
      }
  }
}

/// Rows become columns in every slice.
std::vector<float> transposed(const std::vector<float>& a, size_t width, size_t height) {
  std::vector<float> t(a.size());
  for (size_t slice = 0; slice < a.size(); slice += width * height)
    for (size_t y = 0; y < height; ++y)
      for (size_t x = 0; x < width; ++x) t[slice + x * height + y] = a[slice + y * width + x];
  return t;
}

/// Where a fine sample lies between coarse ones: cell c's centre is at fine position c * step + (step - 1)
/// / 2.
struct Between {
  size_t low, high;
  float weight;
};
std::vector<Between> between(size_t fine, size_t step, size_t coarse) {
  std::vector<Between> all(fine);
  for (size_t i = 0; i < fine; ++i) {
    const double at =
        std::clamp((double(i) - (double(step) - 1) / 2) / double(step), 0.0, double(coarse - 1));
    const auto low = size_t(at);
    all[i] = {low, std::min(coarse - 1, low + 1), float(at - double(low))};
  }
  return all;
}

}  // namespace

double Psf::tube_peak(double radius_um) const {
  return tube_profile(0, radius_um, lateral_sigma_um, axial_sigma_um) * (1 - scatter);
}

double Psf::tube_half_width_um(double radius_um) const {
  const double half = tube_profile(0, radius_um, lateral_sigma_um, axial_sigma_um) / 2;
  double low = 0, high = radius_um + 5 * lateral_sigma_um;
  for (int i = 0; i < 40; ++i) {
    const double mid = (low + high) / 2;
    (tube_profile(mid, radius_um, lateral_sigma_um, axial_sigma_um) > half ? low : high) = mid;
  }
  return (low + high) / 2;
}

void add_tube(Light& light, const Curve& line, const std::vector<double>& radius_um, double brightness,
              double spacing_um) {
  const std::vector<double> arc = arcs_um(line);
  const double total = arc.back();
  const auto sections = std::max<size_t>(1, size_t(std::ceil(total / spacing_um)));
  const double run = total / double(sections);
  size_t i = 0;
  for (size_t k = 0; k < sections && line.size() > 1; ++k) {
    const double s = (double(k) + 0.5) * run;
    while (i + 2 < line.size() && arc[i + 1] < s) ++i;
    const double length = arc[i + 1] - arc[i];
    const double f = length > 0 ? (s - arc[i]) / length : 0;
    const Vec3 centre = line[i] + f * (line[i + 1] - line[i]);
    const double r = radius_um[i] + f * (radius_um[i + 1] - radius_um[i]);
    const Vec3 t = (line[i + 1] - line[i]).normalized();
    const Vec3 u = (std::abs(t.z()) < 0.9 ? Vec3(-t.y(), t.x(), 0) : Vec3(1, 0, 0).cross(t)).normalized();
    const Vec3 v = t.cross(u);
    for (const auto& p : disk(r, spacing_um))
      light.push_back({centre + r * (p.u * u + p.v * v), p.weight * kPi * r * r * brightness * run});
  }
}

void add_ball(Light& light, const Vec3& centre, double radius_um, double brightness, double spacing_um) {
  const double volume = 4.0 / 3 * kPi * radius_um * radius_um * radius_um;
  const int shells = std::max(1, int(std::ceil(radius_um / spacing_um)));
  for (int k = 0; k < shells; ++k) {
    const double inner = double(k) / shells, outer = double(k + 1) / shells;
    const double share = outer * outer * outer - inner * inner * inner;
    const double r = radius_um * std::sqrt(0.6 * (std::pow(outer, 5) - std::pow(inner, 5)) / share);
    const int n = std::max(8, int(std::ceil(4 * kPi * r * r / (spacing_um * spacing_um))));
    for (int i = 0; i < n; ++i) {  // Fibonacci's sphere
      const double c = 1 - (2 * i + 1.0) / n, s = std::sqrt(1 - c * c), a = kPi * (1 + std::sqrt(5.0)) * i;
      light.push_back(
          {centre + r * Vec3(s * std::cos(a), s * std::sin(a), c), volume * share * brightness / n});
    }
  }
}

void add_blob(Light& light, const Blob& blob, double spacing_um) {
  if (!blob.soft && blob.radius_um > 1.8 * spacing_um)
    return add_ball(light, blob.centre, blob.radius_um, blob.brightness, spacing_um);
  // A ball smaller than the PSF looks like a Gaussian of the same second moment.
  const double r = blob.soft ? 1.5 * blob.radius_um : blob.radius_um;
  const double sigma = blob.soft ? blob.radius_um : r / std::sqrt(5.0);
  light.push_back({blob.centre, 4.0 / 3 * kPi * r * r * r * blob.brightness, sigma});
}

void paint(Image& image, const Light& light, const Psf& psf, const SliceShifts& shifts) {
  const Size3& n = image.size();
  const Vec3& v = image.voxel_um();
  std::vector<double> kx, ky, kz;
  std::vector<float> fx;
  long x0 = 0, y0 = 0, z0 = 0;
  for (const auto& p : light) {
    const double lateral = std::hypot(psf.lateral_sigma_um, p.extra_sigma_um);
    const double axial = std::hypot(psf.axial_sigma_um, p.extra_sigma_um);
    kernel(kz, z0, p.at.z(), v.z(), axial, n.z);
    for (size_t k = 0; k < kz.size(); ++k) {
      const auto z = size_t(z0) + k;
      const Eigen::Vector2d shift = shifts.empty() ? Eigen::Vector2d::Zero() : shifts[z];
      if (k == 0 || !shifts.empty()) {
        kernel(kx, x0, p.at.x() + shift.x(), v.x(), lateral, n.x);
        kernel(ky, y0, p.at.y() + shift.y(), v.y(), lateral, n.y);
        fx.assign(kx.begin(), kx.end());
      }
      const double weight = p.weight * (1 - psf.scatter) * kz[k];
      for (size_t j = 0; j < ky.size(); ++j) {
        const auto w = float(weight * ky[j]);
        float* row = image.row(size_t(y0) + j, z) + x0;
        for (size_t i = 0; i < fx.size(); ++i) row[i] += w * fx[i];
      }
    }
  }
}

void add_tails(Image& image, const Image& core, const Psf& psf) {
  if (psf.scatter <= 0) return;
  const Size3& n = core.size();
  const Vec3& v = core.voxel_um();
  for (const auto& tail : Psf::kTails) {
    // The core has blurred already: the tail adds what is missing to its own width.
    const double lateral =
        std::sqrt(std::max(0.01, std::pow(tail.lateral_sigma_um, 2) - std::pow(psf.lateral_sigma_um, 2)));
    const double axial =
        std::sqrt(std::max(0.01, std::pow(tail.axial_sigma_um, 2) - std::pow(psf.axial_sigma_um, 2)));
    const size_t bx = std::max<size_t>(1, size_t(lateral / v.x() / 1.3)),
                 by = std::max<size_t>(1, size_t(lateral / v.y() / 1.3));
    const Size3 m{(n.x + bx - 1) / bx, (n.y + by - 1) / by, n.z};
    std::vector<float> coarse(m.count(), 0.0F);
    for (size_t z = 0; z < n.z; ++z)
      for (size_t y = 0; y < n.y; ++y) {
        const float* row = core.row(y, z);
        float* out = &coarse[(z * m.y + y / by) * m.x];
        for (size_t x = 0; x < n.x; ++x) out[x / bx] += row[x];
      }
    for (size_t y = 0; y < m.y; ++y)
      for (size_t x = 0; x < m.x; ++x) {
        const size_t wide = std::min(bx, n.x - x * bx), high = std::min(by, n.y - y * by);
        for (size_t z = 0; z < m.z; ++z) coarse[(z * m.y + y) * m.x + x] /= float(wide * high);
      }
    blur_rows(coarse.data(), m.x * m.y, m.z, 1, axial / v.z());
    blur_rows(coarse.data(), m.x, m.y, m.z, lateral / (v.y() * double(by)));
    coarse = transposed(coarse, m.x, m.y);
    blur_rows(coarse.data(), m.y, m.x, m.z, lateral / (v.x() * double(bx)));
    coarse = transposed(coarse, m.y, m.x);
    const auto share = float(tail.share * psf.scatter / (1 - psf.scatter));
    const std::vector<Between> across = between(n.x, bx, m.x), down = between(n.y, by, m.y);
    std::vector<float> row(m.x);
    for (size_t z = 0; z < n.z; ++z)
      for (size_t y = 0; y < n.y; ++y) {
        const float* slice = &coarse[z * m.x * m.y];
        const Between& d = down[y];
        for (size_t x = 0; x < m.x; ++x)
          row[x] = share * ((1 - d.weight) * slice[d.low * m.x + x] + d.weight * slice[d.high * m.x + x]);
        float* out = image.row(y, z);
        for (size_t x = 0; x < n.x; ++x) {
          const Between& a = across[x];
          out[x] += (1 - a.weight) * row[a.low] + a.weight * row[a.high];
        }
      }
  }
}

}  // namespace spinechron
