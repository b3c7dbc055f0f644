#include "evidence/strip.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/lanes.hpp"
#include "evidence/filters.hpp"

namespace spinechron {
namespace {

constexpr float kNaNf = std::numeric_limits<float>::quiet_NaN();

SPINECHRON_LANES
void between(const float* a, const float* b, float share, size_t n, float* out) {
  for (size_t i = 0; i < n; ++i) out[i] = a[i] + share * (b[i] - a[i]);
}

Profile coordinate(const Curve& curve, int axis) {
  Profile out(curve.size());
  for (size_t i = 0; i < curve.size(); ++i) out[i] = curve[i][axis];
  return out;
}

}  // namespace

Directions directions(const Curve& curve) {
  const double sigma = 0.6 / kStepUm;
  const Profile x = smooth(coordinate(curve, 0), sigma), y = smooth(coordinate(curve, 1), sigma);
  Directions d;
  d.tangent.resize(curve.size());
  d.left.resize(curve.size());
  for (size_t i = 0; i < curve.size(); ++i) {
    const size_t a = i > 0 ? i - 1 : 0, b = std::min(i + 1, curve.size() - 1);
    Eigen::Vector2d t(x[b] - x[a], y[b] - y[a]);
    const double n = t.norm();
    d.tangent[i] = n > 0 ? Eigen::Vector2d(t / n) : Eigen::Vector2d(1, 0);
    d.left[i] = {d.tangent[i].y(), -d.tangent[i].x()};
  }
  return d;
}

Block straighten(const Image& image, const Curve& curve, const Directions& directions,
                 const std::vector<double>& across_um, const std::vector<double>& depth_um) {
  const Size3 n = image.size();
  const Vec3 voxel = image.voxel_um();
  Block block(static_cast<int>(depth_um.size()), static_cast<int>(curve.size()),
              static_cast<int>(across_um.size()), kNaNf);
  const double last_x = double(n.x) - 1, last_y = double(n.y) - 1, last_z = double(n.z) - 1;
  struct InPlane {  // the same at every depth
    size_t corner, right, below;
    float fx, fy;
  };
  std::vector<InPlane> places;
  std::vector<int> across;  // of each place
  // Slices where they are crossed: read when the first level asks for them.
  const auto room = across_um.size();
  std::vector<float> planes(n.z * room), line(room);
  std::vector<int> arc_of_plane(n.z, -1);
  for (int i = 0; i < block.arcs; ++i) {
    places.clear();
    across.clear();
    for (int j = 0; j < block.width; ++j) {
      const double x = (curve[i].x() + across_um[j] * directions.left[i].x()) / voxel.x();
      const double y = (curve[i].y() + across_um[j] * directions.left[i].y()) / voxel.y();
      if (!(x >= 0 && x <= last_x && y >= 0 && y <= last_y)) continue;
      const auto x0 = static_cast<size_t>(x), y0 = static_cast<size_t>(y);
      places.push_back({y0 * n.x + x0, x0 + 1 < n.x ? size_t{1} : 0, y0 + 1 < n.y ? n.x : 0,
                        static_cast<float>(x - double(x0)), static_cast<float>(y - double(y0))});
      across.push_back(j);
    }
    const auto plane = [&](size_t z) {
      float* out = planes.data() + z * room;
      if (arc_of_plane[z] == i) return out;
      arc_of_plane[z] = i;
      const float* slice = image.slice(z);
      for (size_t p = 0; p < places.size(); ++p) {
        const InPlane& at = places[p];
        const float *a = slice + at.corner, *b = a + at.below;
        const float top = a[0] + at.fx * (a[at.right] - a[0]), bottom = b[0] + at.fx * (b[at.right] - b[0]);
        out[p] = top + at.fy * (bottom - top);
      }
      return out;
    };
    for (int k = 0; k < block.levels; ++k) {
      const double z = (curve[i].z() + depth_um[k]) / voxel.z();
      if (!(z >= -0.5 && z <= last_z + 0.5)) continue;
      const double zc = std::clamp(z, 0.0, last_z);
      const auto z0 = static_cast<size_t>(zc);
      between(plane(z0), plane(std::min(z0 + 1, n.z - 1)), static_cast<float>(zc - double(z0)), places.size(),
              line.data());
      float* out = block.row(k, i);
      for (size_t p = 0; p < across.size(); ++p) out[across[p]] = line[p];
    }
  }
  return block;
}

Curve snap_to_ridge(const Image& smoothed, Curve curve, double lateral_reach_um, double depth_reach_um,
                    double pull) {
  constexpr int kHop = 4;           // samples between rows of the dynamic programming: 0.48 um
  constexpr double kAlongUm = 0.8;  // length over which the ridge is averaged
  const Directions d = directions(curve);
  const double dz = std::max(smoothed.voxel_um().z() / 2, 0.25);
  std::vector<double> across, depth;
  for (double u = -lateral_reach_um; u <= lateral_reach_um + 1e-9; u += kStepUm) across.push_back(u);
  const int half_levels = static_cast<int>(depth_reach_um / dz);
  for (int k = -half_levels; k <= half_levels; ++k) depth.push_back(k * dz);
  Block block = straighten(smoothed, curve, d, across, depth);
  // Averaged along the dendrite, so that spines and noise do not lead.
  const int levels = block.levels, arcs = block.arcs, width = block.width;
  std::vector<Profile> rows;
  const int reach = static_cast<int>(2 * kAlongUm / kStepUm);
  std::vector<double> kernel(2 * reach + 1);
  for (int i = -reach; i <= reach; ++i) {
    const double t = i * kStepUm / kAlongUm;
    kernel[i + reach] = std::exp(-0.5 * t * t);
  }
  std::vector<float> tops;
  for (int i = 0; i < arcs; i += kHop) {
    Profile sum(size_t(levels) * width, 0.0), weight(size_t(levels) * width, 0.0);
    for (int t = -reach; t <= reach; t += 2) {
      const int at = i + t;
      if (at < 0 || at >= arcs) continue;
      for (int k = 0; k < levels; ++k) {
        const float* in = block.row(k, at);
        for (int u = 0; u < width; ++u)
          if (std::isfinite(in[u])) {
            sum[size_t(k) * width + u] += kernel[t + reach] * in[u];
            weight[size_t(k) * width + u] += kernel[t + reach];
          }
      }
    }
    double top = 0;
    for (size_t j = 0; j < sum.size(); ++j) {
      sum[j] = weight[j] > 0 ? std::sqrt(std::max(sum[j] / weight[j], 0.0)) : 0.0;
      top = std::max(top, sum[j]);
    }
    tops.push_back(static_cast<float>(top));
    rows.push_back(std::move(sum));
  }
  const double scale = std::max<double>(quantile(tops, 0.5), 1e-6);
  // Sideways first on the best depth, then depth at the side found: two one-dimensional problems instead of
  // one in 2-D.
  std::vector<std::vector<float>> side(rows.size(), std::vector<float>(width));
  for (size_t r = 0; r < rows.size(); ++r)
    for (int u = 0; u < width; ++u) {
      double best = 0;
      for (int k = 0; k < levels; ++k) {
        const double held = 1.0 - pull * depth[k] * depth[k];
        best = std::max(best, rows[r][size_t(k) * width + u] * std::max(held, 0.0));
      }
      side[r][u] = static_cast<float>(6 * (best / scale - pull * across[u] * across[u]));
    }
  const std::vector<int> u_path = best_path(side, 0.5, 2);
  std::vector<std::vector<float>> deep(rows.size(), std::vector<float>(levels));
  for (size_t r = 0; r < rows.size(); ++r)
    for (int k = 0; k < levels; ++k)
      deep[r][k] = static_cast<float>(
          6 * (rows[r][size_t(k) * width + u_path[r]] / scale - pull * depth[k] * depth[k]));
  const std::vector<int> k_path = best_path(deep, 0.3, 1);

  Profile u_row(rows.size()), z_row(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    u_row[r] = across[u_path[r]];
    // Below the step: the centroid of what stands above the column's median, two um around the path.
    double sum = 0, moment = 0;
    std::vector<float> column(levels);
    for (int k = 0; k < levels; ++k) column[k] = static_cast<float>(rows[r][size_t(k) * width + u_path[r]]);
    std::vector<float> scratch = column;
    const double base = quantile(scratch, 0.5);
    for (int k = 0; k < levels; ++k) {
      if (std::abs(depth[k] - depth[k_path[r]]) > 2.0) continue;
      const double w = std::max(double(column[k]) * column[k] - base * base, 0.0);
      sum += w;
      moment += w * depth[k];
    }
    z_row[r] = sum > 0 && levels > 1 ? moment / sum : depth[k_path[r]];
  }
  u_row = smooth(median_filter(u_row, 5), 0.8 / (kHop * kStepUm));
  z_row = smooth(median_filter(z_row, 7), 1.0 / (kHop * kStepUm));
  for (int i = 0; i < arcs; ++i) {
    const double r = double(i) / kHop, u = interpolate(u_row, r);
    curve[i] += Vec3(u * d.left[i].x(), u * d.left[i].y(), interpolate(z_row, r));
  }
  return curve;
}

}  // namespace spinechron
