#include "denoise/motion.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "bridge/opencv.hpp"

namespace spinechron {
namespace {

using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

constexpr double kBin_um = 0.24, kFine_um = 0.25, kCoarse_um = 1.0;
constexpr double kTile_um = 7;
constexpr double kNoiseCut = 2.5;  // standard deviations
constexpr double kLeastCurvature = 0.05;
constexpr size_t kFewestTiles = 3;    // below it one structure's tilt would pass for movement
constexpr double kUnknown_um = 0.5;   // standard error of what could not be measured
constexpr double kMeasured_um = 0.1;  // slices with a larger error count as not measured
constexpr size_t kFewestSlices = 5;

// Structures of every slice on a coarse grid: band-passed, cut at the noise, compressed.
struct Structures {
  std::vector<cv::Mat> slices;
  double bin_x_um = 0, bin_y_um = 0;
};

// Voxels to a bin.
int bin_factor(double voxel_um) {
  return std::max(1, static_cast<int>(std::lround(kBin_um / voxel_um)));
}

cv::Mat binned(const Image& image, size_t z, int fx, int fy) {
  const int nx = static_cast<int>(image.size().x) / fx, ny = static_cast<int>(image.size().y) / fy;
  cv::Mat out;
  cv::resize(bridge::slice(image, z)({0, 0, nx * fx, ny * fy}), out, {nx, ny}, 0, 0, cv::INTER_AREA);
  return out;
}

Structures find_structures(const Image& image, const Context& context) {
  Structures s;
  const int fx = bin_factor(image.voxel_um().x()), fy = bin_factor(image.voxel_um().y());
  s.bin_x_um = fx * image.voxel_um().x();
  s.bin_y_um = fy * image.voxel_um().y();
  std::vector<float> sample;
  for (size_t z = 0; z < image.size().z; ++z) {
    context.check_cancelled();
    const cv::Mat slice = binned(image, z, fx, fy);
    cv::Mat fine, coarse;
    cv::GaussianBlur(slice, fine, {}, kFine_um / s.bin_x_um, kFine_um / s.bin_y_um, cv::BORDER_REPLICATE);
    cv::GaussianBlur(slice, coarse, {}, kCoarse_um / s.bin_x_um, kCoarse_um / s.bin_y_um,
                     cv::BORDER_REPLICATE);
    fine -= coarse;
    for (int y = 3; y < fine.rows; y += 7)
      for (int x = 0; x < fine.cols; x += 5) sample.push_back(std::abs(fine.at<float>(y, x)));
    s.slices.push_back(fine);
  }
  if (sample.empty()) return s;
  const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
  std::nth_element(sample.begin(), middle, sample.end());
  const auto cut = static_cast<float>(kNoiseCut * *middle / 0.6745);
  const float soft = std::max(4 * cut, 1e-20F);
  for (cv::Mat& m : s.slices)
    for (int y = 0; y < m.rows; ++y) {
      auto* row = m.ptr<float>(y);
      for (int x = 0; x < m.cols; ++x) {
        const float above = std::max(row[x] - cut, 0.0F);
        row[x] = above / (above + soft);
      }
    }
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
  cv::Point best(0, 0);
  double most = 0;
  for (int dy = -reach_y; dy <= reach_y; ++dy)
    for (int dx = -reach_x; dx <= reach_x; ++dx) {
      double sum = 0;
      for (size_t i = 0; i < spots.size(); i += step)
        sum += spots[i].value * b.at<float>(spots[i].y + dy, spots[i].x + dx);
      // On a draw, and for what the fine step reaches anyway, the smaller shift.
      sum *= 1 - 0.01 * (dx * dx + dy * dy);
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

struct Step {
  Vector2d shift = Vector2d::Zero();  // bins
  Matrix2d covariance = Matrix2d::Identity();
  bool known = false;
};

// Drops tiles without structure and sees to it that none of the others decides alone.
void balance(std::vector<TilePeak>& tiles) {
  std::vector<double> traces;
  for (TilePeak& t : tiles) {
    const Eigen::SelfAdjointEigenSolver<Matrix2d> eigen(t.curvature, Eigen::EigenvaluesOnly);
    if (!(t.curvature.trace() > kLeastCurvature) || eigen.eigenvalues()(0) < 0) t = {};
    if (t.curvature.trace() > 0) traces.push_back(t.curvature.trace());
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

// What the tiles agree on: least squares with weights that fall with a tile's disagreement.
Step agree(const std::vector<TilePeak>& tiles) {
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
    // Structures that all run one way tell little along it.
    const Eigen::SelfAdjointEigenSolver<Matrix2d> eigen(a, Eigen::EigenvaluesOnly);
    if (!(eigen.eigenvalues()(0) > 0.02 * eigen.eigenvalues()(1))) return step;
    const Matrix2d inverse = a.inverse();
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
    std::vector<double> sorted = misfit;
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2),
                     sorted.end());
    const double scale = std::max(sorted[sorted.size() / 2], 1e-12);
    for (size_t i = 0; i < used.size(); ++i) weight[i] = 1 / (1 + misfit[i] / (2 * scale));
  }
  step.known = true;
  return step;
}

// Steps of the whole slice, and of each tile a tilt that changes slowly along z, fitted in turn:
// step of tile t at z = common(z) + tilt(t, z).
std::vector<Step> common_steps(const std::vector<std::vector<TilePeak>>& peaks) {
  constexpr size_t kReach = 3;
  std::vector<std::vector<TilePeak>> left = peaks;
  std::vector<Step> common(peaks.size());
  for (int pass = 0; pass < 4; ++pass) {
    for (size_t z = 0; z < peaks.size(); ++z) common[z] = agree(left[z]);
    for (size_t z = 0; z < peaks.size(); ++z)
      for (size_t t = 0; t < peaks[z].size(); ++t) {
        Matrix2d a = Matrix2d::Zero();
        Vector2d b = Vector2d::Zero();
        for (size_t i = z > kReach ? z - kReach : 0; i < std::min(peaks.size(), z + kReach + 1); ++i) {
          a += peaks[i][t].curvature;
          b += peaks[i][t].slope - peaks[i][t].curvature * common[i].shift;
        }
        a.diagonal().array() += 0.25 * a.trace() + 1e-9;
        left[z][t].slope = peaks[z][t].slope - peaks[z][t].curvature * a.ldlt().solve(b);
      }
  }
  return common;
}

// Row z: what slice z's position is beyond the line through its neighbours (tricube weights).
MatrixXd off_the_line(size_t n, double reach) {
  MatrixXd m = MatrixXd::Identity(static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(n));
  for (Eigen::Index z = 0; z < m.rows(); ++z) {
    double w = 0, wx = 0, wxx = 0;
    const auto weight = [&](Eigen::Index i) {
      const double u = std::abs(static_cast<double>(i - z)) / (reach + 1);
      return u < 1 ? std::pow(1 - u * u * u, 3) : 0.0;
    };
    for (Eigen::Index i = 0; i < m.cols(); ++i) {
      const double x = static_cast<double>(i - z);
      w += weight(i);
      wx += weight(i) * x;
      wxx += weight(i) * x * x;
    }
    for (Eigen::Index i = 0; i < m.cols(); ++i)
      m(z, i) -= weight(i) * (wxx - wx * static_cast<double>(i - z)) / (w * wxx - wx * wx);
  }
  return m;
}

}  // namespace

Motion measure_motion(const Image& image, const MotionConfig& config, const Context& context) {
  Motion motion;
  const Size3 size = image.size();
  motion.shift_um.assign(size.z, Vector2d::Zero());
  if (size.z < kFewestSlices) return motion;
  const auto binned_size = [](size_t n, double voxel_um) { return n / size_t(bin_factor(voxel_um)); };
  if (binned_size(size.x, image.voxel_um().x()) < 24 || binned_size(size.y, image.voxel_um().y()) < 24)
    return motion;
  const Structures s = find_structures(image, context);
  const cv::Size grid = s.slices[0].size();
  const int reach_x = std::min(static_cast<int>(config.most_um / s.bin_x_um), grid.width / 4);
  const int reach_y = std::min(static_cast<int>(config.most_um / s.bin_y_um), grid.height / 4);
  const int tiles_x = std::max(2, static_cast<int>(grid.width * s.bin_x_um / kTile_um));
  const int tiles_y = std::max(2, static_cast<int>(grid.height * s.bin_y_um / kTile_um));

  std::vector<std::vector<TilePeak>> peaks;
  for (size_t z = 0; z + 1 < size.z; ++z) {
    context.check_cancelled();
    const cv::Mat &a = s.slices[z], &b = s.slices[z + 1];
    const cv::Point offset = best_whole_shift(a, b, reach_x, reach_y);
    std::vector<TilePeak> tiles;
    for (int j = 0; j < tiles_y; ++j)
      for (int i = 0; i < tiles_x; ++i) {
        const int x0 = grid.width * i / tiles_x, y0 = grid.height * j / tiles_y;
        tiles.push_back(
            tile_peak(a, b, offset,
                      {x0, y0, grid.width * (i + 1) / tiles_x - x0, grid.height * (j + 1) / tiles_y - y0}));
      }
    balance(tiles);
    peaks.push_back(std::move(tiles));
  }
  const std::vector<Step> agreed = common_steps(peaks);

  // Steps from slice to slice, um, with their variances.
  const auto steps = static_cast<Eigen::Index>(agreed.size());
  MatrixXd step_um = MatrixXd::Zero(steps, 2);
  MatrixXd variance = MatrixXd::Constant(steps, 2, kUnknown_um * kUnknown_um);
  const Vector2d bin_um(s.bin_x_um, s.bin_y_um);
  for (Eigen::Index z = 0; z < steps; ++z) {
    const Step& step = agreed[static_cast<size_t>(z)];
    if (!step.known) continue;
    step_um.row(z) = step.shift.cwiseProduct(bin_um);
    variance.row(z) = step.covariance.diagonal().cwiseProduct(bin_um.cwiseAbs2());
  }

  // Positions are running sums of steps; movement is what neighbours' line does not follow.
  MatrixXd sums = MatrixXd::Zero(steps + 1, steps);
  for (Eigen::Index z = 1; z <= steps; ++z) sums.row(z).head(z).setOnes();
  const double reach = std::clamp(config.smooth_um / image.voxel_um().z(), 2.0, 12.0);
  const MatrixXd movement_of_steps = off_the_line(size.z, reach) * sums;
  const MatrixXd movement = movement_of_steps * step_um;
  const MatrixXd error = movement_of_steps.cwiseAbs2() * variance;
  double mean2 = 0, mean_error2 = 0;
  size_t measured = 0;
  for (Eigen::Index z = 0; z <= steps; ++z)
    if (error.row(z).sum() < kMeasured_um * kMeasured_um) {
      mean2 += movement.row(z).squaredNorm();
      mean_error2 += error.row(z).sum();
      ++measured;
    }
  if (measured < kFewestSlices) return motion;
  mean2 /= static_cast<double>(measured);
  mean_error2 /= static_cast<double>(measured);
  motion.rms_um = std::sqrt(mean2);
  motion.error_um = std::sqrt(mean_error2);
  motion.significant =
      motion.rms_um > config.least_um && motion.rms_um > config.significance * motion.error_um;
  const double usual2 = std::max(mean2 - mean_error2, 0.0) / 2;
  for (Eigen::Index z = 0; z <= steps; ++z)
    for (Eigen::Index a = 0; a < 2; ++a)
      motion.shift_um[static_cast<size_t>(z)](a) =
          movement(z, a) * usual2 / std::max(usual2 + error(z, a), 1e-30);
  return motion;
}

}  // namespace spinechron
