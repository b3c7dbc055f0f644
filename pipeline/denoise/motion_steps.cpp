#include "denoise/motion_steps.hpp"

#include <tbb/parallel_for.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <vector>

#include "core/binning.hpp"
#include "core/lanes.hpp"
#include "core/smoothing.hpp"

namespace spinechron {
namespace {

using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

constexpr double kBin_um = 0.24, kFine_um = 0.25, kCoarse_um = 1.0;
constexpr double kTile_um = 2.4;
constexpr double kNoiseCut = 2.5;  // standard deviations
constexpr double kLeastCurvature = 0.05;
constexpr size_t kFewestTiles = 5;  // below it chance agreement would pass for movement
constexpr size_t kFewestBins = 24;
constexpr double kUnknown = 1e4;  // bins2, variance of what could not be measured
constexpr double kOneWay = 0.02;  // curvature along over across that noise gives structures that run one way
constexpr double kShaft = 0.25, kBlob = 0.6;  // curvature along over across
constexpr int kNearer = 4;         // times that tiles are compared, each time at the nearest whole shift
constexpr double kCoherent = 0.5;  // below it two slices show different things
// Standard errors besides what the tiles disagree by; with them errors on scenes with known steps are as
// large as they say: of slices that had nothing in common, and of the parabola through a peak.
constexpr double kUnlike_bins = 0.3, kFloor_bins = 0.05;

// Structures of every slice on a coarse grid: band-passed, cut at the noise, compressed.
struct Structures {
  std::vector<cv::Mat> slices;
  double bin_x_um = 0, bin_y_um = 0;
};

// Voxels to a bin.
size_t bin_factor(double voxel_um) {
  return static_cast<size_t>(std::max(1L, std::lround(kBin_um / voxel_um)));
}

SPINECHRON_LANES
void take_off(float* __restrict row, const float* other, size_t n) {
  for (size_t x = 0; x < n; ++x) row[x] -= other[x];
}

SPINECHRON_LANES
void compress(float* row, size_t n, float cut, float soft) {
  for (size_t x = 0; x < n; ++x) {
    const float above = row[x] > cut ? row[x] - cut : 0.0F;
    row[x] = above / (above + soft);
  }
}

Structures find_structures(const Image& image, const Context& context) {
  Structures s;
  const size_t fx = bin_factor(image.voxel_um().x()), fy = bin_factor(image.voxel_um().y());
  s.bin_x_um = double(fx) * image.voxel_um().x();
  s.bin_y_um = double(fy) * image.voxel_um().y();
  s.slices.resize(image.size().z);
  tbb::parallel_for(size_t{0}, image.size().z, [&](size_t z) {
    context.check_cancelled();
    const size_t nx = bins_in(image.size().x, fx), ny = bins_in(image.size().y, fy);
    std::vector<float> slice(nx * ny), coarse(nx * ny);
    bin_means(image, fx, fy, z, z + 1, slice.data());
    smooth_plane(slice.data(), nx, ny, kCoarse_um / s.bin_x_um, kCoarse_um / s.bin_y_um, coarse.data());
    cv::Mat fine(static_cast<int>(ny), static_cast<int>(nx), CV_32F);
    smooth_plane(slice.data(), nx, ny, kFine_um / s.bin_x_um, kFine_um / s.bin_y_um, fine.ptr<float>());
    take_off(fine.ptr<float>(), coarse.data(), nx * ny);
    s.slices[z] = fine;
  });
  std::vector<float> sample;
  for (const cv::Mat& m : s.slices)
    for (int y = 3; y < m.rows; y += 7)
      for (int x = 0; x < m.cols; x += 5) sample.push_back(std::abs(m.at<float>(y, x)));
  if (sample.empty()) return s;
  const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
  std::nth_element(sample.begin(), middle, sample.end());
  const auto cut = static_cast<float>(kNoiseCut * *middle / 0.6745);
  const float soft = std::max(4 * cut, 1e-20F);
  tbb::parallel_for(size_t{0}, s.slices.size(), [&](size_t z) {
    cv::Mat& m = s.slices[z];
    for (int y = 0; y < m.rows; ++y) compress(m.ptr<float>(y), static_cast<size_t>(m.cols), cut, soft);
  });
  return s;
}

// The whole-bin shift at which b matches a best, looking at a's structures only.
cv::Point best_whole_shift(const cv::Mat& a, const cv::Mat& b, int reach_x, int reach_y) {
  struct Spot {
    int x, y;
    float value;
  };
  std::vector<Spot> spots;
  for (int y = reach_y; y < a.rows - reach_y; ++y)
    for (int x = reach_x; x < a.cols - reach_x; ++x)
      if (const float v = a.at<float>(y, x); v > 0.2F) spots.push_back({x, y, v});
  const size_t step = 1 + spots.size() / 1500;
  const int nx = 2 * reach_x + 1, ny = 2 * reach_y + 1;
  std::vector<double> sums(size_t(nx) * size_t(ny));  // of each shift
  for (size_t i = 0; i < spots.size(); i += step)
    for (int dy = 0; dy < ny; ++dy) {
      const float* row = b.ptr<float>(spots[i].y + dy - reach_y) + spots[i].x - reach_x;
      double* sum = &sums[size_t(dy) * size_t(nx)];
      for (int dx = 0; dx < nx; ++dx) sum[dx] += spots[i].value * row[dx];
    }
  cv::Point best(0, 0);
  double most = 0;
  for (int dy = -reach_y; dy <= reach_y; ++dy)
    for (int dx = -reach_x; dx <= reach_x; ++dx) {
      // On a draw, and for what the fine step reaches anyway, the smaller shift.
      const double sum =
          sums[size_t(dy + reach_y) * size_t(nx) + size_t(dx + reach_x)] * (1 - 0.01 * (dx * dx + dy * dy));
      if (sum > most) most = sum, best = {dx, dy};
    }
  return best;
}

// Peak of the cross-correlation of one tile: curvature * shift = slope, in bins.
struct TilePeak {
  Matrix2d curvature = Matrix2d::Zero();
  Vector2d slope = Vector2d::Zero();
};

TilePeak tile_peak(const cv::Mat& a, const cv::Mat& b, cv::Point offset, cv::Rect tile) {
  const int x0 = std::max({tile.x, 1, 1 - offset.x}), y0 = std::max({tile.y, 1, 1 - offset.y});
  const int x1 = std::min({tile.x + tile.width, a.cols - 1, a.cols - 1 - offset.x});
  const int y1 = std::min({tile.y + tile.height, a.rows - 1, a.rows - 1 - offset.y});
  TilePeak peak;
  for (int y = y0; y < y1; ++y) {
    const auto *p = a.ptr<float>(y), *pu = a.ptr<float>(y - 1), *pd = a.ptr<float>(y + 1);
    const auto *q = b.ptr<float>(y + offset.y) + offset.x, *qu = b.ptr<float>(y + offset.y - 1) + offset.x,
               *qd = b.ptr<float>(y + offset.y + 1) + offset.x;
    float xx = 0, yy = 0, xy = 0, sx = 0, sy = 0;
    for (int x = x0; x < x1; ++x) {
      const float pgx = p[x + 1] - p[x - 1], pgy = pd[x] - pu[x];
      const float qgx = q[x + 1] - q[x - 1], qgy = qd[x] - qu[x];
      xx += pgx * qgx;
      yy += pgy * qgy;
      xy += pgx * qgy + pgy * qgx;
      sx += q[x] * pgx - p[x] * qgx;
      sy += q[x] * pgy - p[x] * qgy;
    }
    // Gradients are twice the derivative: products of two of them carry 1/4, of one 1/2; both are
    // symmetrised.
    peak.curvature += Matrix2d{{0.25 * xx, 0.125 * xy}, {0.125 * xy, 0.25 * yy}};
    peak.slope += Vector2d(-0.25 * sx, -0.25 * sy);
  }
  peak.slope += peak.curvature * Vector2d(offset.x, offset.y);
  return peak;
}

// Share of what two slices show that both show, 0 to 1, `b` looked at `offset` further on.
double coherence(const cv::Mat& a, const cv::Mat& b, cv::Point offset) {
  const cv::Rect whole(0, 0, a.cols, a.rows);
  const cv::Rect here = whole & (whole - offset);
  const cv::Mat p = a(here), q = b(here + offset);
  const double power = std::sqrt(p.dot(p) * q.dot(q));
  return power > 0 ? std::clamp(p.dot(q) / power, 0.0, 1.0) : 0.0;
}

struct Step {
  Vector2d shift = Vector2d::Zero();  // bins
  Matrix2d covariance = kUnknown * Matrix2d::Identity();
};

// Drops tiles without structure, and of the others what they say along the shaft that they show: where a
// shaft leans, its sharp part wanders along it from slice to slice. Sees to it that no tile decides alone.
void balance(std::vector<TilePeak>& tiles) {
  std::vector<double> traces;
  for (TilePeak& t : tiles) {
    const Eigen::SelfAdjointEigenSolver<Matrix2d> eigen(t.curvature);
    const double weak = eigen.eigenvalues()(0), strong = eigen.eigenvalues()(1);
    if (!(t.curvature.trace() > kLeastCurvature) || weak < 0) {
      t = {};
      continue;
    }
    const double round = std::clamp((weak / strong - kShaft) / (kBlob - kShaft), 0.0, 1.0);
    const Vector2d along = eigen.eigenvectors().col(0);
    const Matrix2d kept = Matrix2d::Identity() - (1 - round) * along * along.transpose();
    t.curvature = kept * t.curvature;
    t.slope = kept * t.slope;
    traces.push_back(t.curvature.trace());
  }
  if (traces.empty()) return;
  std::nth_element(traces.begin(), traces.begin() + static_cast<std::ptrdiff_t>(traces.size() / 2),
                   traces.end());
  const double usual = traces[traces.size() / 2];
  for (TilePeak& t : tiles) {
    const double damp = 1 / (1 + t.curvature.trace() / (2 * usual));
    t.curvature *= damp;
    t.slope *= damp;
  }
}

// What the tiles agree on: least squares with weights that fall with a tile's disagreement. `offset` is where
// the tiles were compared.
Step agree(const std::vector<TilePeak>& tiles, const Vector2d& offset) {
  Step step;
  std::vector<const TilePeak*> used;
  for (const TilePeak& t : tiles)
    if (t.curvature.trace() > 0) used.push_back(&t);
  if (used.size() < kFewestTiles) return step;
  std::vector<double> weight(used.size(), 1.0), misfit(used.size());
  for (int pass = 0; pass < 6; ++pass) {
    Matrix2d a = Matrix2d::Zero();
    Vector2d b = Vector2d::Zero();
    for (size_t i = 0; i < used.size(); ++i) {
      a += weight[i] * used[i]->curvature;
      b += weight[i] * used[i]->slope;
    }
    const Eigen::SelfAdjointEigenSolver<Matrix2d> eigen(a);
    const Vector2d weak = eigen.eigenvectors().col(0), strong = eigen.eigenvectors().col(1);
    const bool one_way = eigen.eigenvalues()(0) < kOneWay * eigen.eigenvalues()(1);
    const Matrix2d inverse =
        one_way ? Matrix2d(strong * strong.transpose() / eigen.eigenvalues()(1)) : Matrix2d(a.inverse());
    step.shift = inverse * b;
    Matrix2d scatter = Matrix2d::Zero();
    double most = 0;
    for (size_t i = 0; i < used.size(); ++i) {
      const Vector2d r = used[i]->slope - used[i]->curvature * step.shift;
      misfit[i] = r.squaredNorm() / used[i]->curvature.trace();
      scatter += weight[i] * weight[i] * r * r.transpose();
      most = std::max(most, weight[i]);
    }
    double effective = 0;
    for (double w : weight) effective += w / most;
    step.covariance = inverse * scatter * inverse * (effective / std::max(effective - 1.5, 0.5));
    step.covariance.diagonal().array() += kFloor_bins * kFloor_bins;
    // Along the shafts nothing pulls the step away from the offset but the spread of their directions; the
    // share of it that noise makes leaves as large a share of the offset unknown.
    const double noise_share = kOneWay * eigen.eigenvalues()(1) / eigen.eigenvalues()(0);
    const double along2 = one_way ? kUnknown : std::pow(noise_share * offset.dot(weak), 2);
    step.covariance += along2 * weak * weak.transpose();
    std::vector<double> sorted = misfit;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2),
                     sorted.end());
    const double scale = std::max(sorted[sorted.size() / 2], 1e-12);
    for (size_t i = 0; i < used.size(); ++i) weight[i] = 1 / std::sqrt(1 + misfit[i] / (4 * scale));
  }
  return step;
}

std::vector<TilePeak> compare(const cv::Mat& a, const cv::Mat& b, cv::Point offset, int tiles_x,
                              int tiles_y) {
  std::vector<TilePeak> tiles;
  for (int j = 0; j < tiles_y; ++j)
    for (int i = 0; i < tiles_x; ++i) {
      const int x0 = a.cols * i / tiles_x, y0 = a.rows * j / tiles_y;
      tiles.push_back(tile_peak(a, b, offset,
                                {x0, y0, a.cols * (i + 1) / tiles_x - x0, a.rows * (j + 1) / tiles_y - y0}));
    }
  balance(tiles);
  return tiles;
}

}  // namespace

std::vector<SliceStep> measure_steps(const Image& image, double most_um, const Context& context) {
  std::vector<SliceStep> steps;
  const Size3 size = image.size();
  const auto bins = [](size_t n, double voxel_um) { return n / bin_factor(voxel_um); };
  if (size.z < 2 || bins(size.x, image.voxel_um().x()) < kFewestBins ||
      bins(size.y, image.voxel_um().y()) < kFewestBins)
    return steps;
  const Structures s = find_structures(image, context);
  const cv::Size grid = s.slices[0].size();
  const int reach_x = std::min(static_cast<int>(most_um / s.bin_x_um), grid.width / 4);
  const int reach_y = std::min(static_cast<int>(most_um / s.bin_y_um), grid.height / 4);
  const int tiles_x = std::max(2, static_cast<int>(grid.width * s.bin_x_um / kTile_um));
  const int tiles_y = std::max(2, static_cast<int>(grid.height * s.bin_y_um / kTile_um));

  const Eigen::DiagonalMatrix<double, 2> um(s.bin_x_um, s.bin_y_um);
  steps.resize(size.z - 1);
  tbb::parallel_for(size_t{0}, steps.size(), [&](size_t z) {
    context.check_cancelled();
    const cv::Mat &a = s.slices[z], &b = s.slices[z + 1];
    cv::Point offset = best_whole_shift(a, b, reach_x, reach_y);
    Step step;
    double both = 0;
    for (int pass = 0; pass < kNearer; ++pass) {
      both = coherence(a, b, offset);
      if (both < kCoherent) break;
      step = agree(compare(a, b, offset, tiles_x, tiles_y), Vector2d(offset.x, offset.y));
      const cv::Point nearer(std::clamp(static_cast<int>(std::lround(step.shift.x())), -reach_x, reach_x),
                             std::clamp(static_cast<int>(std::lround(step.shift.y())), -reach_y, reach_y));
      if (nearer == offset) break;
      offset = nearer;
    }
    step.covariance.diagonal().array() += std::pow(kUnlike_bins * (1 - both), 2);
    steps[z] = {um * step.shift, um * step.covariance * um};
  });
  return steps;
}

}  // namespace spinechron
