#include "denoise/motion.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>

#include "denoise/motion_steps.hpp"

namespace spinechron {
namespace {

using Eigen::Index;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

constexpr Index kFewestSlices = 5;
constexpr double kLean = 0.1;      // um aside for each um down: usual lean that structures have in common
constexpr double kLikelier = 3;    // log likelihood by which a stack that jitters must beat a still one
constexpr double kSlice2 = 20;     // chi-square (2 degrees of freedom) that one slice's jump must explain,
constexpr double kRest2 = 30;      // and one that lasts: only one step speaks for it
constexpr double kCostOfJump = 5;  // log likelihood
constexpr double kJump_um = 0.15;
constexpr std::array kJitters_um = {0.0, 0.015, 0.025, 0.04, 0.06, 0.09, 0.14, 0.2, 0.3};

// What is known of the steps before any is looked at; x and y of slice i are rows 2 i and 2 i + 1.
class Prior {
 public:
  Prior(const std::vector<SliceStep>& steps, double voxel_z_um, const MotionConfig& config)
      : slices_(static_cast<Index>(steps.size()) + 1), most2_(config.most_um * config.most_um) {
    const Index n = slices_ - 1;
    shift_ = VectorXd(2 * n);
    still_ = MatrixXd::Zero(2 * n, 2 * n);
    const double lean2 = std::pow(kLean * voxel_z_um, 2);
    for (Index i = 0; i < n; ++i) {
      shift_.segment<2>(2 * i) = steps[static_cast<size_t>(i)].shift_um;
      for (Index j = 0; j < n; ++j) {
        const double apart = static_cast<double>(i - j) * voxel_z_um / config.smooth_um;
        const double slow = lean2 * std::exp(-apart * apart / 2);
        still_(2 * i, 2 * j) += slow;
        still_(2 * i + 1, 2 * j + 1) += slow;
      }
      still_.block<2, 2>(2 * i, 2 * i) += steps[static_cast<size_t>(i)].covariance_um2;
    }
    jumps_ = MatrixXd::Zero(slices_, slices_);
  }
  Index slices() const { return slices_; }
  const VectorXd& shift() const { return shift_; }

  // Slices that may have moved together by anything up to the largest step.
  void allow(const VectorXd& together) { jumps_ += most2_ * together * together.transpose(); }
  MatrixXd movement(double jitter_um) const {
    MatrixXd one = jumps_;
    one.diagonal().array() += jitter_um * jitter_um;
    MatrixXd both = MatrixXd::Zero(2 * slices_, 2 * slices_);
    for (Index i = 0; i < slices_; ++i)
      for (Index j = 0; j < slices_; ++j) both(2 * i, 2 * j) = both(2 * i + 1, 2 * j + 1) = one(i, j);
    return both;
  }
  // Rows: from positions of slices to steps.
  template <typename M>
  static MatrixXd steps_of(const M& m) {
    return m.bottomRows(m.rows() - 2) - m.topRows(m.rows() - 2);
  }
  Eigen::LLT<MatrixXd> covariance(double jitter_um) const {
    return Eigen::LLT<MatrixXd>(still_ + steps_of(steps_of(movement(jitter_um)).transpose().eval()));
  }

 private:
  Index slices_;
  double most2_;
  VectorXd shift_;
  MatrixXd still_, jumps_;
};

double log_likelihood(const Prior& prior, double jitter_um) {
  const Eigen::LLT<MatrixXd> llt = prior.covariance(jitter_um);
  return -0.5 * prior.shift().dot(llt.solve(prior.shift())) -
         MatrixXd(llt.matrixL()).diagonal().array().log().sum();
}

// The likeliest jitter, none unless it stands out.
double find_jitter(const Prior& prior) {
  const double without = log_likelihood(prior, 0);
  double best = without + kLikelier, jitter = 0;
  for (const double j : kJitters_um)
    if (const double l = log_likelihood(prior, j); l > best) best = l, jitter = j;
  return jitter;
}

// The jump, of one slice or of all on one side of a step, that explains most; empty if none stands out.
VectorXd find_jump(const Prior& prior) {
  const Index n = prior.slices();
  const Eigen::LLT<MatrixXd> llt = prior.covariance(0);
  const VectorXd pull = llt.solve(prior.shift());
  VectorXd best;
  double most = 1;
  const auto consider = [&](Index first, Index count, double least2) {
    VectorXd together = VectorXd::Zero(n);
    together.segment(first, count).setOnes();
    MatrixXd both = MatrixXd::Zero(2 * n, 2);
    for (Index i = first; i < first + count; ++i) both.block<2, 2>(2 * i, 0).setIdentity();
    const MatrixXd step = Prior::steps_of(both);
    const Matrix2d information = step.transpose() * llt.solve(step);
    const Vector2d slope = step.transpose() * pull, by = information.ldlt().solve(slope);
    if (const double chi2 = slope.dot(by) / least2; chi2 > most && by.norm() > kJump_um) {
      most = chi2;
      best = together;
    }
  };
  for (Index i = 0; i < n; ++i) consider(i, 1, i > 0 && i + 1 < n ? kSlice2 : kRest2);
  for (Index i = 1; i + 1 < n; ++i)  // the shorter side moves
    if (2 * i <= n)
      consider(0, i, kRest2);
    else
      consider(i, n - i, kRest2);
  return best;
}

// Steps say nothing of where all slices lie: the usual one stays in place.
void centre(VectorXd& position) {
  for (Index axis = 0; axis < 2; ++axis) {
    std::vector<double> v;
    for (Index i = axis; i < position.size(); i += 2) v.push_back(position(i));
    const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    for (Index i = axis; i < position.size(); i += 2) position(i) -= *middle;
  }
}

}  // namespace

Motion measure_motion(const Image& image, const MotionConfig& config, const Context& context) {
  Motion motion;
  motion.shift_um.assign(image.size().z, Vector2d::Zero());
  const std::vector<SliceStep> steps = measure_steps(image, config.most_um, context);
  if (static_cast<Index>(steps.size()) + 1 < kFewestSlices) return motion;
  Prior prior(steps, image.voxel_um().z(), config);
  const Prior without_jumps = prior;
  double cost = 0;
  for (Index most = prior.slices(); most > 0; --most) {
    context.check_cancelled();
    const VectorXd jump = find_jump(prior);
    if (jump.size() == 0) break;
    prior.allow(jump);
    cost += kCostOfJump;
  }
  // Where every slice moves, jumps explain it worse than jitter does.
  double jitter = find_jitter(prior);
  if (const double j = find_jitter(without_jumps);
      log_likelihood(without_jumps, j) > log_likelihood(prior, jitter) - cost)
    prior = without_jumps, jitter = j;

  const MatrixXd movement = prior.movement(jitter), seen = Prior::steps_of(movement);
  const Eigen::LLT<MatrixXd> llt = prior.covariance(jitter);
  VectorXd found = seen.transpose() * llt.solve(prior.shift());
  centre(found);
  const MatrixXd left = movement - seen.transpose() * llt.solve(seen);
  double mean2 = 0, mean_error2 = 0;
  for (Index z = 0; z < prior.slices(); ++z) {
    const Vector2d by = found.segment<2>(2 * z);
    const Matrix2d error = left.block<2, 2>(2 * z, 2 * z);
    mean_error2 += error.trace() / static_cast<double>(prior.slices());
    if (!(by.dot((error + 1e-12 * Matrix2d::Identity()).ldlt().solve(by)) >
          config.significance * config.significance))
      continue;
    motion.shift_um[static_cast<size_t>(z)] = by;
    mean2 += by.squaredNorm() / static_cast<double>(prior.slices());
  }
  motion.rms_um = std::sqrt(mean2);
  motion.error_um = std::sqrt(mean_error2);
  motion.significant = motion.rms_um > config.least_um;
  if (!motion.significant) motion.shift_um.assign(image.size().z, Vector2d::Zero());
  return motion;
}

}  // namespace spinechron
