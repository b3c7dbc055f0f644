#include "evidence/evidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/lanes.hpp"
#include "evidence/smoothing.hpp"
#include "evidence/tube.hpp"

namespace spinechron {
namespace {

constexpr float kNaNf = std::numeric_limits<float>::quiet_NaN();
constexpr double kAcrossUm = 5.64;  // half width of the straightened piece
constexpr double kDepthUm = 3.2;    // half its depth: an axial PSF (FWHM) and a spine's reach
constexpr double kBackgroundWindowUm =
    10;  // of arc: shorter lets spines into it, longer no longer follows the haze
constexpr double kBackgroundQuantile = 0.40;
constexpr double kTubeReachUm = 1.2;  // beyond the edge: farther out nothing of the shaft is left
constexpr double kEdgeWindowUm = 4.0;
constexpr double kHideMarginUm = 0.5;  // around another dendrite's edge: its own blur
constexpr int kBeyondBorderSteps =
    static_cast<int>(1.2 / kStepUm);   // a spine's reach: its foot may lie just outside
constexpr double kForkMarginUm = 1.1;  // around a thicker dendrite: here a branch is still part of it
// Between the 16 % and the 40 % quantile of a Gaussian lie 0.741 standard deviations.
constexpr double kLowQuantile = 0.16, kLowToBackground = 0.741;

std::vector<double> depth_levels(double voxel_z_um) {
  const int half = static_cast<int>(kDepthUm / voxel_z_um);
  std::vector<double> levels;
  for (int k = -half; k <= half; ++k) levels.push_back(k * voxel_z_um);
  return levels;
}

std::vector<double> across_steps() {
  const int half = static_cast<int>(kAcrossUm / kStepUm);
  std::vector<double> steps;
  for (int j = -half; j <= half; ++j) steps.push_back(j * kStepUm);
  return steps;
}

struct Running {
  std::vector<int> at;                       // arc samples where the quantiles stand
  std::vector<std::vector<float>> quantile;  // [q][position]
};

// Quantiles of line[arc] in windows along the arc; a window at an end is shifted inwards. Windows with less
// than a quarter of their samples seen give NaN.
void running_quantiles(const std::vector<float>& line, double window_um, int hop,
                       const std::vector<double>& qs, Running& out, SortedWindow& sorted) {
  constexpr int kStride = 2;  // the image is smooth over two samples
  const int arcs = static_cast<int>(line.size());
  const int window = std::min(arcs, static_cast<int>(window_um / kStepUm));
  const size_t asked = static_cast<size_t>((window + kStride - 1) / kStride);
  out.at.clear();
  out.quantile.assign(qs.size(), {});
  int last = 0;
  sorted.clear();
  for (int i = 0; i < window; i += kStride) sorted.insert(line[size_t(i)]);
  for (int centre = 0;; centre += hop) {
    centre = std::min(centre, arcs - 1);
    const int first = std::clamp(centre - window / 2, 0, arcs - window);
    if ((first - last) % kStride == 0 && first - last < window) {
      // what leaves at the front makes room for what enters at the end
      for (int i = last; i < first; i += kStride)
        sorted.replace(line[size_t(i)], line[size_t(i) + asked * kStride]);
    } else {
      sorted.clear();
      for (int i = first; i < first + window; i += kStride) sorted.insert(line[size_t(i)]);
    }
    last = first;
    out.at.push_back(centre);
    const bool enough = sorted.size() * 4 > asked;
    for (size_t q = 0; q < qs.size(); ++q) out.quantile[q].push_back(enough ? sorted.quantile(qs[q]) : kNaNf);
    if (centre == arcs - 1) break;
  }
}

// The running quantile at every arc sample.
void spread(const Running& running, size_t q, std::vector<float>& out) {
  const auto& values = running.quantile[q];
  for (size_t p = 0; p + 1 < running.at.size(); ++p) {
    const int a = running.at[p], b = running.at[p + 1];
    for (int i = a; i <= b; ++i)
      out[i] = b > a ? values[p] + (values[p + 1] - values[p]) * float(i - a) / float(b - a) : values[p];
  }
  if (running.at.size() == 1) std::fill(out.begin(), out.end(), values[0]);
}

// A block's samples where they are seen, 0 elsewhere, and what was seen (1 or 0).
struct Seen {
  std::vector<float> value, mask;
};

SPINECHRON_LANES
void split_seen(const float* v, size_t n, float* value, float* mask) {
  for (size_t i = 0; i < n; ++i) {
    const bool seen = std::abs(v[i]) <= std::numeric_limits<float>::max();
    value[i] = seen ? v[i] : 0.0F;
    mask[i] = seen ? 1.0F : 0.0F;
  }
}

SPINECHRON_LANES
void add_weighted(float* sum, float* weight, const float* value, const float* mask, float k, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    sum[i] += k * value[i];
    weight[i] += k * mask[i];
  }
}

// Weights of the samples -reach to reach away; none where there is nothing to smooth.
std::vector<float> weights_for(double sigma, int n) {
  const int reach = static_cast<int>(std::ceil(3 * sigma));
  std::vector<float> weights;
  if (reach < 1 || n < 2 || sigma < 0.2) return weights;
  for (int i = -reach; i <= reach; ++i)
    weights.push_back(static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma))));
  return weights;
}

// Gaussian smoothing across the lines of a block, NaN left out: `n` lines of `width` samples, one after
// another.
void smooth_across(float* v, int n, size_t width, double sigma, Seen& seen, Seen& sums) {
  const std::vector<float> weights = weights_for(sigma, n);
  if (weights.empty()) return;
  const int reach = static_cast<int>(weights.size()) / 2;
  const size_t all = size_t(n) * width;
  for (auto* part : {&seen.value, &seen.mask}) part->resize(all);
  split_seen(v, all, seen.value.data(), seen.mask.data());
  for (int i = 0; i < n; ++i) {
    sums.value.assign(width, 0.0F);
    sums.mask.assign(width, 0.0F);
    for (int k = std::max(0, i - reach); k <= std::min(n - 1, i + reach); ++k)
      add_weighted(sums.value.data(), sums.mask.data(), seen.value.data() + size_t(k) * width,
                   seen.mask.data() + size_t(k) * width, weights[size_t(k - i + reach)], width);
    const float* mask = seen.mask.data() + size_t(i) * width;
    float* out = v + size_t(i) * width;
    for (size_t x = 0; x < width; ++x)
      if (mask[x] > 0) out[x] = sums.value[x] / sums.mask[x];
  }
}

// The same along each of `lines` lines of `n` samples.
void smooth_along(float* v, size_t lines, int n, double sigma, Seen& seen, Seen& sums) {
  const std::vector<float> weights = weights_for(sigma, n);
  if (weights.empty()) return;
  const size_t width = size_t(n), pad = weights.size() / 2;
  for (auto* part : {&seen.value, &seen.mask}) part->assign(width + 2 * pad, 0.0F);
  for (size_t line = 0; line < lines; ++line, v += width) {
    split_seen(v, width, seen.value.data() + pad, seen.mask.data() + pad);
    sums.value.assign(width, 0.0F);
    sums.mask.assign(width, 0.0F);
    for (size_t k = 0; k < weights.size(); ++k)
      add_weighted(sums.value.data(), sums.mask.data(), seen.value.data() + k, seen.mask.data() + k,
                   weights[k], width);
    for (size_t x = 0; x < width; ++x)
      if (seen.mask[pad + x] > 0) v[x] = sums.value[x] / sums.mask[x];
  }
}

// How far every other dendrite is: used to hide what belongs to it.
struct Neighbour {
  const Dendrite* dendrite;
  double radius_um;
};

double median_radius(const Dendrite& d) {
  Profile r = d.radius_um;
  if (r.empty()) return 0.5;
  std::nth_element(r.begin(), r.begin() + static_cast<std::ptrdiff_t>(r.size() / 2), r.end());
  return r[r.size() / 2];
}

}  // namespace

Evidence::Evidence(const Image& smoothed, const Dendrite& dendrite, const Tracing& others)
    : curve_(dendrite.centreline),
      directions_(directions(curve_)),
      depth_um_(depth_levels(smoothed.voxel_um().z())) {
  const int n = arcs();
  hidden_.assign(size_t(n), 0);
  const std::vector<double> across = across_steps();
  Block block = straighten(smoothed, curve_, directions_, across, depth_um_);
  const int axis_level = static_cast<int>(depth_um_.size()) / 2, axis = block.width / 2;

  // The shaft's own brightness.
  Profile along(size_t(n), SpineMeasures::kNaN);
  int seen = 0, last_seen = -n;
  for (int i = 0; i < n; ++i) {
    const float* row = block.row(axis_level, i);
    const double v = (double(row[axis - 1]) + row[axis] + row[axis + 1]) / 3;
    along[size_t(i)] = v;
    if (std::isfinite(v)) {
      ++seen;
      last_seen = i;
    } else {
      hidden_[size_t(i)] = i - last_seen > kBeyondBorderSteps;
    }
  }
  if (seen < 40) return;  // 5 um
  for (int i = n - 1, next_seen = 2 * n; i >= 0; --i) {
    if (std::isfinite(along[size_t(i)])) next_seen = i;
    hidden_[size_t(i)] = hidden_[size_t(i)] && next_seen - i > kBeyondBorderSteps;
  }
  usable_ = true;
  fill_gaps(along);
  brightness_ = smooth(median_filter(along, static_cast<int>(3 / kStepUm) | 1), 0.6 / kStepUm);
  raw_brightness_ = smooth(along, 0.3 / kStepUm);
  Profile sorted;
  for (int i = 0; i < n; ++i)
    if (!hidden_[size_t(i)]) sorted.push_back(brightness_[size_t(i)]);
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2),
                   sorted.end());
  const double typical = std::max(sorted[sorted.size() / 2], 1e-6);
  for (int i = 0; i < n; ++i) {
    if (brightness_[size_t(i)] < 0.3 * typical) hidden_[size_t(i)] = 1;  // the curve has lost the dendrite
    brightness_[size_t(i)] = std::max(brightness_[size_t(i)], 0.15 * typical);
  }

  // What belongs to another dendrite is not seen.
  const double own_radius = median_radius(dendrite);
  for (const Dendrite& other : others) {
    if (other.id == dendrite.id || other.centreline.empty()) continue;
    const double radius = median_radius(other), reach = radius + kHideMarginUm;
    for (int i = 0; i < n; ++i) {
      const Vec3 here = curve_[size_t(i)];
      for (size_t p = 0; p < other.centreline.size(); p += 2) {
        const Vec3 off = other.centreline[p] - here;
        if (std::abs(off.z()) > 5.0) continue;  // two axial PSFs: it does not shine through
        const double lateral2 = off.x() * off.x() + off.y() * off.y();
        if (lateral2 > (kAcrossUm + reach) * (kAcrossUm + reach)) {
          p += static_cast<size_t>((std::sqrt(lateral2) - kAcrossUm - reach) / kStepUm / 2) * 2;
          continue;
        }
        const double fork = radius + kForkMarginUm;
        if (radius >= own_radius - 0.01 && lateral2 < fork * fork && std::abs(off.z()) < 4.0)
          hidden_[size_t(i)] = 1;
        const double t = off.x() * directions_.tangent[i].x() + off.y() * directions_.tangent[i].y();
        const double chord2 = reach * reach - t * t;
        if (chord2 <= 0) continue;
        const double u = off.x() * directions_.left[i].x() + off.y() * directions_.left[i].y(),
                     half = std::sqrt(chord2);
        for (int j = std::max(0, static_cast<int>(std::ceil((u - half + kAcrossUm) / kStepUm)));
             j <= std::min(block.width - 1, static_cast<int>((u + half + kAcrossUm) / kStepUm)); ++j)
          if (std::abs(across[size_t(j)]) > 0.4)
            for (int k = 0; k < block.levels; ++k) block.at(k, i, j) = kNaNf;
      }
    }
  }
  for (int k = 0; k < block.levels; ++k)
    for (int i = 0; i < n; ++i) {
      const float scale = static_cast<float>(1.0 / brightness_[size_t(i)]);
      float* row = block.row(k, i);
      for (int j = 0; j < block.width; ++j) row[j] *= scale;
    }
  measure_edges(block, axis_level);
  for (Side side : {Side::left, Side::right}) lay_along_edge(side, block);
  std::array<Block, 2> background;
  for (size_t side : {0, 1}) background[side] = subtract_background(side, kOuts);
  const double dz = depth_um_.size() > 1 ? depth_um_[1] - depth_um_[0] : 1.0;
  subtract_tube_deviations(excess_, background, sigma_, kFirstOutUm, kTubeReachUm, dz);
  for (size_t side : {0, 1})
    subtract_background(side, static_cast<int>((kTubeReachUm - kFirstOutUm) / kStepUm) + 1);

  std::vector<float> far;
  for (const Block& s : sigma_)
    for (int k = 0; k < s.levels; ++k)
      for (int i = 0; i < s.arcs; i += 4)
        for (int j = s.width - 14; j < s.width; j += 2) far.push_back(s.at(k, i, j));
  floor_ = quantile(far, 0.5);
  if (!std::isfinite(floor_)) floor_ = 0.05;
  for (Block& s : sigma_)
    for (float& v : s.samples)
      v = std::max(v, static_cast<float>(0.7 * floor_));  // NaN stays: max(NaN, x) is NaN
}

void Evidence::measure_edges(const Block& relative, int axis_level) {
  const int n = arcs(), middle = relative.width / 2, reach = static_cast<int>(3.6 / kStepUm);
  Running running;
  SortedWindow sorted;
  std::vector<float> line(static_cast<size_t>(n));
  // quantile profile [distance][arc], both sides
  for (Side side : {Side::left, Side::right}) {
    const int sign = side == Side::left ? 1 : -1;
    std::vector<std::vector<float>> profile;
    for (int j = 0; j <= reach; ++j) {
      for (int i = 0; i < n; ++i) line[size_t(i)] = relative.at(axis_level, i, middle + sign * j);
      running_quantiles(line, kEdgeWindowUm, 4, {kBackgroundQuantile}, running, sorted);
      spread(running, 0, line);
      for (float& v : line)
        if (!std::isfinite(v)) v = 0;
      profile.push_back(line);
    }
    Profile edge(static_cast<size_t>(n));
    std::vector<float> tail;
    for (int i = 0; i < n; ++i) {
      tail.clear();
      for (int j = reach - 11; j <= reach; ++j) tail.push_back(profile[size_t(j)][size_t(i)]);
      const double background = std::min<double>(quantile(tail, 0.5), 0.3);
      const double half = 0.5 * (profile[0][size_t(i)] + background);
      double e = 8 * kStepUm;
      for (int j = 1; j <= reach; ++j) {
        const double a = profile[size_t(j) - 1][size_t(i)], b = profile[size_t(j)][size_t(i)];
        if (b >= half) continue;
        e = (j - 1 + std::clamp((a - half) / std::max(a - b, 1e-6), 0.0, 1.0)) * kStepUm;
        break;
      }
      edge[size_t(i)] = std::clamp(e, 0.2, 2.2);
    }
    edge_[size_t(side)] = smooth(median_filter(edge, static_cast<int>(4 / kStepUm) | 1), 0.8 / kStepUm);
  }
  Profile both = edge_[0];
  both.insert(both.end(), edge_[1].begin(), edge_[1].end());
  std::nth_element(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(both.size() / 2), both.end());
  radius_um_ = both[both.size() / 2];
}

void Evidence::lay_along_edge(Side side, const Block& relative) {
  const int sign = side == Side::left ? 1 : -1;
  Block& excess = excess_[size_t(side)] = Block(relative.levels, arcs(), kOuts, kNaNf);
  sigma_[size_t(side)] = excess;
  const Profile& edge = edge_[size_t(side)];
  for (int k = 0; k < relative.levels; ++k)
    for (int i = 0; i < arcs(); ++i) {
      const float* in = relative.row(k, i);
      float* out = excess.row(k, i);
      for (int j = 0; j < kOuts; ++j) {
        const double u = edge[size_t(i)] + out_um(j);
        const double x = (sign * u + kAcrossUm) / kStepUm;
        if (u < -0.3 || x < 0 || x >= relative.width - 1) continue;
        const int a = static_cast<int>(x);
        out[j] = in[a] + static_cast<float>(x - a) * (in[a + 1] - in[a]);
      }
    }
}

Block Evidence::subtract_background(size_t side, int outs) {
  const int n = arcs();
  Block &excess = excess_[side], &sigma = sigma_[side];
  Block subtracted(excess.levels, n, kOuts, kNaNf), variance(excess.levels, n, outs, kNaNf);
  Running running;
  SortedWindow sorted;
  std::vector<float> line(static_cast<size_t>(n)), background(line), low(line);
  const int hop = static_cast<int>(1.0 / kStepUm);
  for (int k = 0; k < excess.levels; ++k)
    for (int j = 0; j < outs; ++j) {
      for (int i = 0; i < n; ++i) line[size_t(i)] = excess.at(k, i, j);
      running_quantiles(line, kBackgroundWindowUm, hop, {kLowQuantile, kBackgroundQuantile}, running, sorted);
      spread(running, 0, low);
      spread(running, 1, background);
      for (size_t i = 0; i < line.size(); ++i) {
        const float spread_um = std::max(background[i] - low[i], 1e-4F);
        const float s = spread_um / static_cast<float>(kLowToBackground);
        const int arc = static_cast<int>(i);
        variance.at(k, arc, j) = s * s;
        subtracted.at(k, arc, j) = background[i];
        excess.at(k, arc, j) -= background[i];
      }
    }
  // The noise is smooth in depth, arc and distance; averaging its variance over about a blur spot and more
  // steadies what the quantiles of some thirty independent places say.
  Seen seen, sums;
  const auto width = static_cast<size_t>(outs);
  const double dz = excess.levels > 1 ? depth_um_[1] - depth_um_[0] : 1.0;
  smooth_across(variance.samples.data(), excess.levels, size_t(n) * width, 0.7 / dz, seen, sums);
  for (int k = 0; k < excess.levels; ++k)
    smooth_across(variance.row(k, 0), n, width, 1.0 / kStepUm, seen, sums);
  smooth_along(variance.samples.data(), size_t(excess.levels) * size_t(n), outs, 0.30 / kStepUm, seen, sums);
  for (int k = 0; k < excess.levels; ++k)
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < outs; ++j) sigma.at(k, i, j) = std::sqrt(variance.at(k, i, j));
  return subtracted;
}

Vec3 Evidence::position(const Site& site) const {
  const double x = std::clamp(site.arc_um / kStepUm, 0.0, double(arcs() - 1));
  const auto i = static_cast<size_t>(x);
  const size_t j = std::min(i + 1, curve_.size() - 1);
  const double f = x - double(i);
  const auto mix = [&](double a, double b) { return a + f * (b - a); };
  const Profile& edge = edge_[size_t(site.side)];
  const double u = (mix(edge[i], edge[j]) + site.out_um) * (site.side == Side::left ? 1 : -1);
  const Eigen::Vector2d left = directions_.left[i] + f * (directions_.left[j] - directions_.left[i]);
  return curve_[i] + f * (curve_[j] - curve_[i]) + Vec3(u * left.x(), u * left.y(), site.depth_um);
}

Site Evidence::locate(const Vec3& point, double arc_um) const {
  const int n = arcs(), reach = static_cast<int>(3.0 / kStepUm);
  const int middle = std::clamp(static_cast<int>(std::lround(arc_um / kStepUm)), 0, n - 1);
  int best = middle;
  double nearest = std::numeric_limits<double>::infinity();
  for (int i = std::max(0, middle - reach); i <= std::min(n - 1, middle + reach); ++i) {
    const Vec3 off = point - curve_[size_t(i)];
    const double along =
        std::abs(off.x() * directions_.tangent[size_t(i)].x() + off.y() * directions_.tangent[size_t(i)].y());
    const double d =
        std::hypot(off.x(), off.y()) + along;  // the foot of the perpendicular, the nearest one in a bend
    if (d < nearest) {
      nearest = d;
      best = i;
    }
  }
  const Vec3 off = point - curve_[size_t(best)];
  const double u =
      off.x() * directions_.left[size_t(best)].x() + off.y() * directions_.left[size_t(best)].y();
  Site site;
  site.side = u >= 0 ? Side::left : Side::right;
  site.arc_um = best * kStepUm;
  site.out_um = std::abs(u) - edge_[size_t(site.side)][size_t(best)];
  site.depth_um = off.z();
  return site;
}

Reading Evidence::read(const Site& site, double arc_reach_um, double out_reach_um,
                       double depth_reach_um) const {
  Reading best;
  if (!usable_) return best;
  const Block& e = excess(site.side);
  const Block& s = sigma(site.side);
  const double dz = depth_um_.size() > 1 ? depth_um_[1] - depth_um_[0] : 1.0;
  const double ci = site.arc_um / kStepUm, cj = (site.out_um - kFirstOutUm) / kStepUm,
               ck = (site.depth_um - depth_um_[0]) / dz;
  const double ri = arc_reach_um / kStepUm, rj = out_reach_um / kStepUm,
               rk = std::max(depth_reach_um / dz, 0.5);
  const auto nearest = [](double v) { return static_cast<int>(std::lround(v)); };
  if (nearest(ci) < 0 || nearest(ci) >= arcs()) return best;
  const int k0 = std::clamp(nearest(ck), 0, e.levels - 1), j0 = std::clamp(nearest(cj), 0, e.width - 1);
  if (!std::isfinite(e.at(k0, nearest(ci), j0))) return best;
  double top = -std::numeric_limits<double>::infinity();
  for (int k = std::max(0, nearest(ck - rk)); k <= std::min(e.levels - 1, nearest(ck + rk)); ++k)
    for (int i = std::max(0, nearest(ci - ri)); i <= std::min(arcs() - 1, nearest(ci + ri)); ++i)
      for (int j = std::max(0, nearest(cj - rj)); j <= std::min(e.width - 1, nearest(cj + rj)); ++j) {
        const float v = e.at(k, i, j), sd = s.at(k, i, j);
        if (!std::isfinite(v) || !std::isfinite(sd)) continue;
        const double a = (i - ci) / (ri + 0.5), b = (j - cj) / (rj + 0.5), c = (k - ck) / (rk + 0.5);
        const double pulled = v - sd * (a * a + b * b + c * c);
        if (pulled <= top) continue;
        top = pulled;
        best.excess = v;
        best.sigma = sd;
        best.site = {site.side, i * kStepUm, out_um(j), depth_um_[size_t(k)]};
      }
  return best;
}

Image smoothed_for_evidence(const Stack& stack) {
  Image out = smoothed(stack.image, kLateralSmoothing * stack.optics.lateral_sigma_um,
                       kAxialSmoothing * stack.optics.axial_sigma_um);
  // Without the haze that fills a whole slice: its median, smoothed over neighbours.
  const Size3 n = out.size();
  Profile level(n.z);
  std::vector<float> scratch;
  for (size_t z = 0; z < n.z; ++z) {
    scratch.clear();
    for (size_t y = 0; y < n.y; y += 5)
      for (size_t x = y % 3; x < n.x; x += 5) scratch.push_back(out.at(x, y, z));
    level[z] = quantile(scratch, 0.5);
  }
  level = smooth(level, 2.0);
  for (size_t z = 0; z < n.z; ++z) {
    float* v = out.slice(z);
    const auto base = static_cast<float>(level[z]);
    for (size_t i = 0; i < n.x * n.y; ++i) v[i] -= base;
  }
  return out;
}

void measure_evidence(const Stack& stack, Frame& frame) {
  if (!frame.usable || frame.evidence.size() == frame.dendrites.size()) return;
  const Image image = smoothed_for_evidence(stack);
  frame.evidence.clear();
  for (const Dendrite& d : frame.dendrites)
    frame.evidence.push_back(std::make_shared<const Evidence>(image, d, frame.dendrites));
}

}  // namespace spinechron
