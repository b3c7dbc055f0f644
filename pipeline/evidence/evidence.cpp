#include "evidence/evidence.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/lanes.hpp"
#include "evidence/running_quantiles.hpp"
#include "evidence/smooth_seen.hpp"
#include "evidence/tube.hpp"

namespace spinechron {
namespace {

constexpr double kEvidenceSmoothing =
    0.9;  // standard deviations of the PSF: a little less than it keeps the noise down
constexpr double kHeadSigmaUm = 0.25;  // of a head 0.6 um wide (at half maximum), as a mushroom's is
constexpr float kNaNf = std::numeric_limits<float>::quiet_NaN();
constexpr double kAcrossUm = 5.64;  // half width of the straightened piece
constexpr double kDepthUm = 3.2;    // half its depth: an axial PSF (FWHM) and a spine's reach
constexpr double kBackgroundWindowUm =
    10;  // of arc: shorter lets spines into it, longer no longer follows the haze
constexpr double kBackgroundQuantile = 0.40;
constexpr double kTubeReachUm = 1.2;  // beyond the edge: farther out nothing of the shaft is left
constexpr double kEdgeWindowUm = 4.0;
constexpr double kHideMarginUm = 0.5;  // around another dendrite's edge: its own blur
constexpr double kHideDepthUm = 2.0;   // above and below its axis: about an axial PSF (FWHM)
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

size_t samples_in(double um) {
  return static_cast<size_t>(um / kStepUm);
}

// Takes the background off a row of excess, and reads the variance from how far the low quantile lies below
// it.
SPINECHRON_LANES
void take_off(float* excess, const float* background, const float* low, float* variance, size_t n) {
  for (size_t j = 0; j < n; ++j) {
    const float apart = background[j] - low[j];
    const float sd = (apart < 1e-4F ? 1e-4F : apart) / static_cast<float>(kLowToBackground);
    variance[j] = sd * sd;
    excess[j] -= background[j];
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

Piece::Piece(FilteredImage& image, const Curve& centreline)
    : curve(centreline), directions(spinechron::directions(curve)) {
  const Image& there = image.beside(curve, kAcrossUm, kDepthUm);
  depth_um = depth_levels(there.voxel_um().z());
  block = straighten(there, curve, directions, across_steps(), depth_um);
}

Evidence::Evidence(Piece piece, const Dendrite& dendrite, const Tracing& others)
    : curve_(std::move(piece.curve)),
      directions_(std::move(piece.directions)),
      depth_um_(std::move(piece.depth_um)) {
  const int n = arcs();
  hidden_.assign(size_t(n), 0);
  const std::vector<double> across = across_steps();
  Block block = std::move(piece.block);
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
        if (std::abs(off.z()) > kDepthUm + kHideDepthUm)
          continue;  // two axial PSFs: it does not shine through
        const double lateral2 = off.x() * off.x() + off.y() * off.y();
        if (lateral2 > (kAcrossUm + reach) * (kAcrossUm + reach)) {
          p += static_cast<size_t>((std::sqrt(lateral2) - kAcrossUm - reach) / kStepUm / 2) * 2;
          continue;
        }
        const double fork = radius + kForkMarginUm;
        if (radius >= own_radius - 0.01 && lateral2 < fork * fork && std::abs(off.z()) < kHideDepthUm)
          hidden_[size_t(i)] = 1;
        const double t = off.x() * directions_.tangent[i].x() + off.y() * directions_.tangent[i].y();
        const double chord2 = reach * reach - t * t;
        if (chord2 <= 0) continue;
        const double u = off.x() * directions_.left[i].x() + off.y() * directions_.left[i].y(),
                     half = std::sqrt(chord2);
        for (int j = std::max(0, static_cast<int>(std::ceil((u - half + kAcrossUm) / kStepUm)));
             j <= std::min(block.width - 1, static_cast<int>((u + half + kAcrossUm) / kStepUm)); ++j)
          if (std::abs(across[size_t(j)]) > 0.4)
            for (int k = 0; k < block.levels; ++k)
              if (std::abs(off.z() - depth_um_[size_t(k)]) < kHideDepthUm) block.at(k, i, j) = kNaNf;
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

Evidence::Evidence(const Stack& stack, const Dendrite& dendrite, const Tracing& others)
    : Evidence(
          [&] {
            FilteredImage image = image_for_evidence(stack, haze_of(stack.image));
            return Piece(image, dendrite.centreline);
          }(),
          dendrite, others) {}

void Evidence::measure_edges(const Block& relative, int axis_level) {
  const int n = arcs(), middle = relative.width / 2, reach = static_cast<int>(3.6 / kStepUm);
  const RunningQuantiles running(relative.row(axis_level, 0) + middle - reach, size_t(relative.width),
                                 size_t(n), size_t(2 * reach) + 1, samples_in(kEdgeWindowUm), 4,
                                 {kBackgroundQuantile});
  std::array<Profile, 2> edge{Profile(size_t(n)), Profile(size_t(n))};
  std::vector<float> across(size_t(2 * reach) + 1), tail;
  for (int i = 0; i < n; ++i) {
    running.at(0, size_t(i), across.data());
    for (Side side : {Side::left, Side::right}) {
      const auto profile = [&](int j) {
        const float v = across[size_t(side == Side::left ? reach + j : reach - j)];
        return std::isfinite(v) ? v : 0.0F;
      };
      tail.clear();
      for (int j = reach - 11; j <= reach; ++j) tail.push_back(profile(j));
      const double background = std::min<double>(quantile(tail, 0.5), 0.3);
      const double half = 0.5 * (profile(0) + background);
      double e = 8 * kStepUm;
      for (int j = 1; j <= reach; ++j) {
        const double a = profile(j - 1), b = profile(j);
        if (b >= half) continue;
        e = (j - 1 + std::clamp((a - half) / std::max(a - b, 1e-6), 0.0, 1.0)) * kStepUm;
        break;
      }
      edge[size_t(side)][size_t(i)] = std::clamp(e, 0.2, 2.2);
    }
  }
  for (size_t side : {0, 1})
    edge_[side] = smooth(median_filter(edge[side], static_cast<int>(4 / kStepUm) | 1), 0.8 / kStepUm);
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
  const auto width = static_cast<size_t>(outs);
  std::vector<float> low(width);
  for (int k = 0; k < excess.levels; ++k) {
    const RunningQuantiles running(excess.row(k, 0), kOuts, size_t(n), width, samples_in(kBackgroundWindowUm),
                                   samples_in(1.0), {kLowQuantile, kBackgroundQuantile});
    for (int i = 0; i < n; ++i) {
      running.at(0, size_t(i), low.data());
      running.at(1, size_t(i), subtracted.row(k, i));
      take_off(excess.row(k, i), subtracted.row(k, i), low.data(), variance.row(k, i), width);
    }
  }
  // The noise is smooth in depth, arc and distance; averaging its variance over about a blur spot and more
  // steadies what the quantiles of some thirty independent places say.
  const double dz = excess.levels > 1 ? depth_um_[1] - depth_um_[0] : 1.0;
  smooth_seen(variance, 0.7 / dz, 1.0 / kStepUm, 0.30 / kStepUm);
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

Profile haze_of(const Image& image) {
  constexpr size_t kBlock = 4, kEvery = 12;  // voxels
  const Size3 n = image.size();
  const size_t block_x = std::min(kBlock, n.x), block_y = std::min(kBlock, n.y);
  Profile level(n.z);
  tbb::parallel_for(size_t{0}, n.z, [&](size_t z) {
    std::vector<float> means;
    for (size_t y = 0; y + block_y <= n.y; y += kEvery)
      for (size_t x = 0; x + block_x <= n.x; x += kEvery) {
        float sum = 0;
        for (size_t j = 0; j < block_y; ++j)
          for (size_t i = 0; i < block_x; ++i) sum += image.row(y + j, z)[x + i];
        means.push_back(sum / static_cast<float>(block_x * block_y));
      }
    level[z] = quantile(means, 0.5);
  });
  return smooth(level, 2.0);
}

EvidenceFilter::EvidenceFilter(const Optics& optics) {
  // The steps are y, 2 y - g y and 3 y - 3 g y + g g y: y is smoothed, g smooths by the PSF, all are
  // Gaussian.
  constexpr double kSmoothing2 = kEvidenceSmoothing * kEvidenceSmoothing;
  const auto peak_of = [](double variance) { return std::pow(1 + variance, -1.5); };
  const double y = peak_of(kSmoothing2), gy = peak_of(kSmoothing2 + 1), ggy = peak_of(kSmoothing2 + 2);
  const double one_step = 2 * y - gy, two_steps = 3 * y - 3 * gy + ggy;
  const double wanted = std::pow(optics.lateral_sigma_um / kHeadSigmaUm, 3);
  const double second = std::clamp((wanted - one_step) / (two_steps - one_step), 0.0, 1.0);
  terms = {{2 + second, std::sqrt(kSmoothing2)}, {-1 - 2 * second, std::sqrt(kSmoothing2 + 1)}};
  if (second > 0) terms.push_back({second, std::sqrt(kSmoothing2 + 2)});
  blur_sigmas = 1 / std::cbrt(one_step + second * (two_steps - one_step));
}

FilteredImage image_for_evidence(const Stack& stack, const Profile& haze) {
  const double lateral = stack.optics.lateral_sigma_um, axial = stack.optics.axial_sigma_um;
  std::vector<FilteredImage::Term> terms;
  for (const auto& [weight, sigmas] : EvidenceFilter(stack.optics).terms)
    terms.push_back({weight, sigmas * lateral, sigmas * axial});
  return {stack.image, std::move(terms), haze};
}

void measure_evidence(const Stack& stack, Frame& frame) {
  if (!frame.usable || frame.evidence.size() == frame.dendrites.size()) return;
  FilteredImage image = image_for_evidence(stack, haze_of(stack.image));
  frame.evidence.clear();
  for (const Dendrite& d : frame.dendrites)
    frame.evidence.push_back(
        std::make_shared<const Evidence>(Piece(image, d.centreline), d, frame.dendrites));
}

}  // namespace spinechron
