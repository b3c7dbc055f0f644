#include "segment/refine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/lanes.hpp"
#include "evidence/strip.hpp"

namespace spinechron {
namespace {

constexpr int kHop = 4;  // samples between rows of the dynamic programming: 0.48 um

double median(const Profile& values) {
  std::vector<float> v(values.begin(), values.end());
  return quantile(v, 0.5);
}

Profile coordinate(const Curve& curve, int axis) {
  Profile p(curve.size());
  for (size_t i = 0; i < curve.size(); ++i) p[i] = curve[i][axis];
  return p;
}

std::vector<double> steps(double reach, double step) {
  std::vector<double> v;
  const int n = static_cast<int>(reach / step + 1e-9);
  for (int i = -n; i <= n; ++i) v.push_back(i * step);
  return v;
}

SPINECHRON_LANES
void add_seen(float* sum, float* weight, const float* row, float w, size_t n) {
  for (size_t u = 0; u < n; ++u) {
    const bool seen = std::abs(row[u]) <= std::numeric_limits<float>::max();  // neither NaN nor infinite
    sum[u] += seen ? w * row[u] : 0.0F;
    weight[u] += seen ? w : 0.0F;
  }
}

// Weighted means along the arc of all columns of one level-collapsed block; NaN are left out.
std::vector<std::vector<float>> averaged_rows(const std::vector<std::vector<float>>& rows, double sigma,
                                              int hop) {
  const int n = static_cast<int>(rows.size()),
            reach = std::max(1, static_cast<int>(std::lround(2.5 * sigma)));
  const size_t width = rows.empty() ? 0 : rows[0].size();
  std::vector<std::vector<float>> out;
  std::vector<float> weight(width), kernel;
  for (int j = 0; j <= reach; ++j)
    kernel.push_back(static_cast<float>(std::exp(-0.5 * j * j / (sigma * sigma))));
  for (int i = 0; i < n; i += hop) {
    std::vector<float> sum(width, 0.0F);
    std::fill(weight.begin(), weight.end(), 0.0F);
    for (int j = std::max(0, i - reach); j <= std::min(n - 1, i + reach); ++j) {
      const float w = kernel[size_t(std::abs(j - i))];
      add_seen(sum.data(), weight.data(), rows[size_t(j)].data(), w, width);
    }
    for (size_t u = 0; u < width; ++u)
      sum[u] = weight[u] > 0 ? sum[u] / weight[u] : std::numeric_limits<float>::quiet_NaN();
    out.push_back(std::move(sum));
  }
  return out;
}

std::vector<std::vector<float>> level_mean(const Block& b) {
  std::vector<std::vector<float>> rows(size_t(b.arcs), std::vector<float>(size_t(b.width)));
  for (int i = 0; i < b.arcs; ++i)
    for (int u = 0; u < b.width; ++u) {
      float sum = 0;
      int n = 0;
      for (int k = 0; k < b.levels; ++k)
        if (const float v = b.at(k, i, u); std::isfinite(v)) sum += v, ++n;
      rows[size_t(i)][size_t(u)] = n ? sum / float(n) : std::numeric_limits<float>::quiet_NaN();
    }
  return rows;
}

// Outside the image there is nothing to be drawn to.
void fill_outside(std::vector<std::vector<float>>& rows) {
  for (auto& row : rows) {
    float least = std::numeric_limits<float>::infinity();
    for (const float v : row)
      if (v < least) least = v;
    for (float& v : row)
      if (!std::isfinite(v)) v = std::isfinite(least) ? least : 0.0F;
  }
}

void smooth_across(std::vector<float>& row, double sigma) {
  Profile p(row.begin(), row.end());
  p = smooth(p, sigma);
  for (size_t i = 0; i < row.size(); ++i) row[i] = float(p[i]);
}

// Square root of what stands above each row's low values, over the dendrite's typical peak: comparable
// scores.
void normalise(std::vector<std::vector<float>>& rows) {
  std::vector<float> tops;
  for (auto& row : rows) {
    std::vector<float> scratch = row;
    const float base = quantile(scratch, 0.2);
    for (float& v : row) v = std::sqrt(std::max(v - base, 0.0F));
    tops.push_back(*std::max_element(row.begin(), row.end()));
  }
  const float top = std::max(quantile(tops, 0.6), 1e-6F);
  for (auto& row : rows)
    for (float& v : row) v /= top;
}

// Offset of the peak between samples around `at`, from a parabola: -0.5 to 0.5.
double peak_offset(const std::vector<float>& row, int at) {
  if (at <= 0 || at + 1 >= int(row.size())) return 0;
  const double a = row[size_t(at) - 1], b = row[size_t(at)], c = row[size_t(at) + 1];
  const double bend = a - 2 * b + c;
  return bend < 0 ? std::clamp(0.5 * (a - c) / bend, -0.5, 0.5) : 0.0;
}

int climb(const std::vector<float>& row, int at, int most) {
  for (int i = 0; i < most; ++i) {
    if (at > 0 && row[size_t(at) - 1] > row[size_t(at)])
      --at;
    else if (at + 1 < int(row.size()) && row[size_t(at) + 1] > row[size_t(at)])
      ++at;
    else
      break;
  }
  return at;
}

Profile spread_rows(const Profile& per_row, size_t n) {
  Profile out(n);
  for (size_t i = 0; i < n; ++i) out[i] = interpolate(per_row, double(i) / kHop);
  return out;
}

Curve find_depth(const Coarse& coarse, Curve curve, double reach_um) {
  const Image& a = coarse.photons;
  if (a.size().z < 2) return curve;
  Curve shifted = curve;
  for (Vec3& p : shifted) p -= coarse.origin_um;
  const double dz = std::min(0.5, a.voxel_um().z() / 2);
  const std::vector<double> depth = steps(reach_um, dz), across = steps(0.25, 0.25);
  const Block b = straighten(a, shifted, directions(shifted), across, depth);
  std::vector<std::vector<float>> column(size_t(b.arcs), std::vector<float>(depth.size()));
  for (int i = 0; i < b.arcs; ++i)
    for (int k = 0; k < b.levels; ++k) {
      float sum = 0;
      int n = 0;
      for (int u = 0; u < b.width; ++u)
        if (const float v = b.at(k, i, u); std::isfinite(v)) sum += v, ++n;
      column[size_t(i)][size_t(k)] = n ? sum / float(n) : std::numeric_limits<float>::quiet_NaN();
    }
  auto rows = averaged_rows(column, 0.8 / kStepUm, kHop);
  fill_outside(rows);
  auto score = rows;
  normalise(score);
  for (auto& row : score)
    for (size_t k = 0; k < row.size(); ++k) row[k] = float(row[k] - 0.01 * depth[k] * depth[k]);
  const std::vector<int> path = best_path(score, 0.1, 1);
  Profile z(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    std::vector<float> scratch = rows[r];
    const double base = quantile(scratch, 0.3);
    double sum = 0, moment = 0;
    for (size_t k = 0; k < depth.size(); ++k) {
      if (std::abs(depth[k] - depth[size_t(path[r])]) > 1.6) continue;
      const double w = std::max(rows[r][k] - base, 0.0);
      sum += w * w, moment += w * w * depth[k];
    }
    z[r] = sum > 0 ? moment / sum : depth[size_t(path[r])];
  }
  z = spread_rows(smooth(median_filter(z, 7), 1.0 / (kHop * kStepUm)), curve.size());
  const double last = coarse.to_um(0, 0, double(a.size().z) - 1).z();
  for (size_t i = 0; i < curve.size(); ++i) curve[i].z() = std::clamp(curve[i].z() + z[i], 0.0, last);
  return curve;
}

Curve find_side(const Image& image, Curve curve, double reach_um, double radius_um) {
  const double du = 0.06;
  const Directions d = directions(curve);
  const std::vector<double> across = steps(reach_um, du), depth{-0.7, 0.0, 0.7};
  auto rows = averaged_rows(level_mean(straighten(image, curve, d, across, depth)), 0.6 / kStepUm, kHop);
  fill_outside(rows);
  for (auto& row : rows) smooth_across(row, std::clamp(0.7 * radius_um, 0.25, 0.8) / du);
  auto score = rows;
  normalise(score);
  for (auto& row : score)
    for (size_t k = 0; k < row.size(); ++k) row[k] = float(6 * row[k] - 0.3 * across[k] * across[k]);
  const std::vector<int> path = best_path(score, 0.12, 4);
  Profile u(rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    const int at = climb(rows[r], path[r], 3);
    u[r] = across[size_t(at)] + du * peak_offset(rows[r], at);
  }
  u = spread_rows(smooth(median_filter(u, 5), 0.8 / (kHop * kStepUm)), curve.size());
  for (size_t i = 0; i < curve.size(); ++i) curve[i] += Vec3(u[i] * d.left[i].x(), u[i] * d.left[i].y(), 0);
  return curve;
}

}  // namespace

Curve smooth_curve(const Curve& curve, double sigma_um) {
  Curve out = curve;
  for (int axis = 0; axis < 3; ++axis) {
    // mirrored through each end, so that the end does not move and the direction there is kept
    const Profile p = coordinate(curve, axis);
    const auto n = int(p.size()), pad = std::min(n - 1, int(4 * sigma_um / kStepUm));
    Profile wide;
    for (int i = pad; i > 0; --i) wide.push_back(2 * p.front() - p[size_t(i)]);
    wide.insert(wide.end(), p.begin(), p.end());
    for (int i = 1; i <= pad; ++i) wide.push_back(2 * p.back() - p[size_t(n - 1 - i)]);
    const Profile q = smooth(wide, sigma_um / kStepUm);
    for (int i = 0; i < n; ++i) out[size_t(i)][axis] = q[size_t(i + pad)];
  }
  return out;
}

Curve centre_curve(const Image& image, const Coarse& coarse, Curve curve, double depth_reach_um,
                   double side_reach_um, double radius_um) {
  curve = find_depth(coarse, std::move(curve), depth_reach_um);
  curve = find_side(image, std::move(curve), side_reach_um, radius_um);
  return resample(smooth_curve(curve, 0.4), kStepUm);
}

namespace {

constexpr double kAcross_um = kStepUm;  // between samples of the profiles across

struct Profiles {
  std::vector<double> across_um;
  std::vector<std::vector<float>> fine, even;  // by arc; even: smoothed over 0.5 um of it
  Profile ground, contrast;                    // contrast: NaN where the axis is not seen
};

Profiles profiles_across(const Image& image, const Curve& curve) {
  Profiles p;
  p.across_um = steps(4.2, kAcross_um);
  const size_t n = curve.size(), middle = p.across_um.size() / 2;
  p.fine = level_mean(straighten(image, curve, directions(curve), p.across_um, {-0.5, 0.0, 0.5}));
  p.even = averaged_rows(p.fine, 0.5 / kStepUm, 1);
  std::vector<float> outer;
  for (const std::vector<float>& row : p.even) {
    outer.clear();
    for (size_t u = 0; u < row.size(); ++u)
      if (std::abs(p.across_um[u]) > 2.0) outer.push_back(row[u]);
    float beside = quantile(outer, 0.4);
    if (!std::isfinite(beside)) {  // a very narrow image
      outer = row;
      beside = quantile(outer, 0.1);
    }
    p.ground.push_back(beside);
  }
  fill_gaps(p.ground);
  p.ground = smooth(median_filter(p.ground, 2 * int(1.5 / kStepUm) + 1), 1.0 / kStepUm);
  std::vector<float> top;
  for (size_t i = 0; i < n; ++i) {
    const auto axis = p.even[i].begin() + std::ptrdiff_t(middle);
    top.assign(axis - 1, axis + 2);
    const double peak = quantile(top, 0.5) - p.ground[i];
    p.contrast.push_back(std::isfinite(peak) ? peak : std::numeric_limits<double>::quiet_NaN());
  }
  return p;
}

Profile contrast_along(const Image& image, const Curve& curve) {
  Profile contrast = profiles_across(image, curve).contrast;
  fill_gaps(contrast);
  return contrast;
}

}  // namespace

CrossSection cross_section(const Image& image, const Curve& curve) {
  constexpr double du = kAcross_um;
  Profiles p = profiles_across(image, curve);
  const std::vector<double>& across = p.across_um;
  const Profile& ground = p.ground;
  const int mid = int(across.size()) / 2, n = int(curve.size());
  CrossSection c;
  c.contrast = std::move(p.contrast);
  c.radius_um.assign(size_t(n), std::numeric_limits<double>::quiet_NaN());
  for (int i = 0; i < n; ++i) {
    const auto& row = p.even[size_t(i)];
    const double peak = c.contrast[size_t(i)];
    if (!std::isfinite(peak)) continue;
    double sum = 0;
    int sides = 0;
    for (int side : {-1, 1})
      for (int k = 1; k * du < 2.5; ++k) {
        const double now = row[size_t(mid + side * k)] - ground[size_t(i)];
        if (std::isnan(now)) break;  // the border of the image
        if (now > 0.5 * peak && (k + 1) * du < 2.5) continue;
        const double before = row[size_t(mid + side * (k - 1))] - ground[size_t(i)];
        const double t = before > now ? (before - 0.5 * peak) / (before - now) : 1.0;
        sum += (k - 1 + std::clamp(t, 0.0, 1.0)) * du;
        ++sides;
        break;
      }
    if (sides) c.radius_um[size_t(i)] = sum / sides;
  }
  fill_gaps(c.contrast);
  fill_gaps(c.radius_um);
  c.radius_um = smooth(median_filter(c.radius_um, 2 * int(1.5 / kStepUm) + 1), 0.8 / kStepUm);

  // noise: the lower half of what lies beside the shaft, smoothed to about the optics
  // (the image's border counts as ground)
  auto soft = averaged_rows(p.fine, 0.24 / kStepUm, 2);
  std::vector<float> beside;
  fill_outside(soft);
  for (size_t i = 0; i < soft.size(); ++i) {
    smooth_across(soft[i], 0.2 / du);
    for (size_t u = 0; u < across.size(); ++u)
      if (std::abs(across[u]) > 1.5)
        beside.push_back(soft[i][u] - float(ground[std::min(2 * i, size_t(n) - 1)]));
  }
  std::vector<float> copy = beside;
  const double half = quantile(copy, 0.5), low = quantile(beside, 0.16);
  c.noise = std::max(half - low, 1e-6);
  std::vector<float> all(c.contrast.begin(), c.contrast.end());
  const double median = quantile(all, 0.5);
  c.snr = median / c.noise;
  const Profile trend = smooth(c.contrast, 4.0 / kStepUm);
  std::vector<float> off;
  for (size_t i = 0; i < trend.size(); ++i) off.push_back(float(std::abs(c.contrast[i] - trend[i])));
  c.beadedness = median > 0 ? quantile(off, 0.68) / median : std::numeric_limits<double>::infinity();
  return c;
}

Curve extend_to_border(const Curve& curve, const Image& image, double within_um) {
  const Vec3 last = image.extent_um();
  Curve out = curve;
  for (int end : {0, 1}) {
    if (end == 0) std::reverse(out.begin(), out.end());
    const Vec3 tip = out.back();
    const double near = std::min({tip.x(), tip.y(), last.x() - tip.x(), last.y() - tip.y()});
    // The last bit was found where the ridge filter has no neighbours, or turns into a spine: straight on
    // from a little before, whichever is brightest.
    Curve best;
    double brightest = 0;
    for (const double cut : {0.5, 1.5, 3.0}) {
      if (near >= within_um || out.size() < size_t((cut + 4) / kStepUm)) continue;
      Curve longer(out.begin(), out.end() - std::ptrdiff_t(cut / kStepUm));
      const size_t kept = longer.size();
      Vec3 step = longer.back() - longer[kept - 1 - size_t(2.5 / kStepUm)];
      step.z() = 0;
      step *= kStepUm / std::max(step.norm(), 1e-9);
      bool reached = false;
      for (int i = 0; i < int((1.5 * within_um + cut) / kStepUm) && !reached; ++i) {
        const Vec3 next = longer.back() + step;
        reached = next.x() < 0 || next.y() < 0 || next.x() > last.x() || next.y() > last.y();
        if (!reached) longer.push_back(next);
      }
      if (!reached) continue;
      const size_t body = std::min(kept, size_t(6 / kStepUm));
      const Profile contrast =
          contrast_along(image, Curve(longer.begin() + std::ptrdiff_t(kept - body), longer.end()));
      const double inside = median(Profile(contrast.begin(), contrast.begin() + std::ptrdiff_t(body)));
      const double outside = kept < longer.size()
                                 ? median(Profile(contrast.begin() + std::ptrdiff_t(body), contrast.end()))
                                 : inside;
      const double score = outside / std::max(inside, 1e-9) - 0.05 * cut;
      if (score > std::max(brightest, 0.35)) brightest = score, best = std::move(longer);
    }
    if (!best.empty()) out = std::move(best);
    if (end == 0) std::reverse(out.begin(), out.end());
  }
  return out;
}

Curve straight_across(const Curve& curve, const std::vector<bool>& hidden, double most_um) {
  Curve out = curve;
  const auto n = std::ptrdiff_t(curve.size()), over = std::ptrdiff_t(1.5 / kStepUm);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    if (!hidden[size_t(i)]) continue;
    std::ptrdiff_t j = i;
    while (j < n && hidden[size_t(j)]) ++j;
    const std::ptrdiff_t a = i - 1, b = j;
    i = j;
    if (a < over || b + over >= n || (curve[size_t(b)] - curve[size_t(a)]).norm() > most_um) continue;
    // cubic Hermite: on both sides the direction of the last 1.5 um
    const Vec3 p = curve[size_t(a)], q = curve[size_t(b)];
    const double span = (q - p).norm();
    const Vec3 dp = (p - curve[size_t(a - over)]).normalized() * span;
    const Vec3 dq = (curve[size_t(b + over)] - q).normalized() * span;
    for (std::ptrdiff_t k = a + 1; k < b; ++k) {
      const double t = double(k - a) / double(b - a), u = 1 - t;
      out[size_t(k)] = u * u * (1 + 2 * t) * p + t * t * (3 - 2 * t) * q + t * u * (u * dp - t * dq);
    }
  }
  return resample(out, kStepUm);
}

Curve settle_free_ends(const Image& image, Curve curve, bool front, bool back) {
  for (int end : {0, 1}) {
    if (!(end ? back : front) || curve.size() < size_t(5 / kStepUm)) continue;
    if (end == 0) std::reverse(curve.begin(), curve.end());
    const size_t n = curve.size(), ahead = size_t(2.5 / kStepUm);
    Vec3 step = curve[n - 1] - curve[n - 1 - size_t(2.0 / kStepUm)];
    step.z() = 0;
    step *= kStepUm / std::max(step.norm(), 1e-9);
    Curve longer(curve.begin() + std::ptrdiff_t(n - std::min(n, size_t(20 / kStepUm))), curve.end());
    const size_t kept = n - longer.size();
    for (size_t i = 0; i < ahead; ++i) longer.push_back(longer.back() + step);
    const Profile contrast = smooth(contrast_along(image, longer), 0.3 / kStepUm);
    const auto here = std::ptrdiff_t(longer.size() - ahead);
    const auto typical = [&](std::ptrdiff_t from, std::ptrdiff_t to) {
      std::vector<float> v(contrast.begin() + std::max<std::ptrdiff_t>(from, 0), contrast.begin() + to);
      return quantile(v, 0.5);
    };
    const double body = typical(here - std::ptrdiff_t(9 / kStepUm), here - std::ptrdiff_t(1 / kStepUm));
    std::ptrdiff_t tip = here;
    while (tip < std::ptrdiff_t(longer.size()) && contrast[size_t(tip)] > 0.5 * body) ++tip;
    if (tip == here) {
      // inwards: at most 12 um, and only if what is cut is dim as a whole
      std::ptrdiff_t cut = here;
      for (std::ptrdiff_t i = here - 1; i > 0 && i > here - std::ptrdiff_t(12 / kStepUm); --i) {
        const double inner = typical(i - std::ptrdiff_t(8 / kStepUm), i + 1);
        if (contrast[size_t(i)] < 0.4 * inner && typical(i, here) < 0.33 * inner) cut = i;
      }
      tip = cut;
    }
    longer.resize(size_t(std::max<std::ptrdiff_t>(tip, 2)));
    curve.resize(kept);
    curve.insert(curve.end(), longer.begin(), longer.end());
    if (end == 0) std::reverse(curve.begin(), curve.end());
  }
  return curve;
}

}  // namespace spinechron
