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
constexpr double kChance = 0.001;  // of taking one of a still stack's slices for one that jumped
constexpr double kOnlyOneStep =
    1.5;  // times more is asked of a jump that lasts: one step alone speaks for it
constexpr double kJump_um = 0.15;
constexpr double kCostOfJump = 5;  // log likelihood: which slice, and two numbers
constexpr std::array kJitters_um = {0.015, 0.025, 0.04, 0.06, 0.09, 0.14, 0.2, 0.3};  // of one axis

// Slices that moved together: one that jumped, or all on one side of a step.
struct Jump {
  Index first = 0, count = 0;  // none: nothing stands out
};

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
        still_.block<2, 2>(2 * i, 2 * j).diagonal().array() += lean2 * std::exp(-apart * apart / 2);
      }
      still_.block<2, 2>(2 * i, 2 * i) += steps[static_cast<size_t>(i)].covariance_um2;
    }
    jumps_ = MatrixXd::Zero(slices_, slices_);
  }
  Index slices() const { return slices_; }
  const VectorXd& shift() const { return shift_; }

  // From now on these may have moved by anything up to the largest step.
  void allow(const Jump& jump) {
    jumps_.block(jump.first, jump.first, jump.count, jump.count).array() += most2_;
  }
  // Covariance of the slices' positions.
  MatrixXd movement(double jitter_um) const {
    MatrixXd both = MatrixXd::Zero(2 * slices_, 2 * slices_);
    for (Index i = 0; i < slices_; ++i)
      for (Index j = 0; j < slices_; ++j)
        both.block<2, 2>(2 * i, 2 * j).diagonal().array() = jumps_(i, j) + (i == j) * jitter_um * jitter_um;
    return both;
  }
  // Rows: from positions of slices to steps.
  static MatrixXd steps_of(const MatrixXd& m) { return m.bottomRows(m.rows() - 2) - m.topRows(m.rows() - 2); }
  Eigen::LLT<MatrixXd> covariance(double jitter_um) const {
    return Eigen::LLT<MatrixXd>(still_ + steps_of(steps_of(movement(jitter_um)).transpose()));
  }

 private:
  Index slices_;
  double most2_;
  VectorXd shift_;
  MatrixXd still_, jumps_;
};

// How the steps are explained: jumps and one size of jitter for the whole stack.
struct Explanation {
  Prior prior;
  double jitter_um = 0;
  double log_likelihood = 0;
};

double log_likelihood(const Prior& prior, double jitter_um) {
  const Eigen::LLT<MatrixXd> llt = prior.covariance(jitter_um);
  return -0.5 * prior.shift().dot(llt.solve(prior.shift())) -
         MatrixXd(llt.matrixL()).diagonal().array().log().sum();
}

// With the likeliest jitter, none unless it stands out: the likelihood ratio's statistic is the square of a
// number of standard errors.
Explanation with_jitter(const Prior& prior, double significance) {
  Explanation still{prior, 0, log_likelihood(prior, 0)}, best = still;
  for (const double jitter : kJitters_um)
    if (const double l = log_likelihood(prior, jitter); l > best.log_likelihood) best = {prior, jitter, l};
  return 2 * (best.log_likelihood - still.log_likelihood) > significance * significance ? best : still;
}

// The jump that explains most.
Jump find_jump(const Prior& prior) {
  const Index n = prior.slices(), steps = n - 1;
  const Eigen::LLT<MatrixXd> llt = prior.covariance(0);
  const MatrixXd inverse = llt.solve(MatrixXd::Identity(2 * steps, 2 * steps));
  const VectorXd pull = inverse * prior.shift();
  const auto known = [&](Index i, Index j) -> Matrix2d { return inverse.block<2, 2>(2 * i, 2 * j); };
  const double least2 = 2 * std::log(static_cast<double>(n) / kChance);  // chi-square, 2 degrees of freedom
  Jump best;
  double most = 1;
  const auto consider = [&](const Jump& jump, const Matrix2d& information, const Vector2d& slope,
                            double least) {
    const Vector2d by = information.ldlt().solve(slope);
    if (const double times = slope.dot(by) / least; times > most && by.norm() > kJump_um)
      most = times, best = jump;
  };
  for (Index i = 0; i < steps; ++i) {  // all beyond the step; the shorter side moves
    const bool early = 2 * (i + 1) <= n;
    consider(early ? Jump{0, i + 1} : Jump{i + 1, steps - i}, known(i, i), pull.segment<2>(2 * i),
             kOnlyOneStep * least2);
  }
  for (Index i = 0; i + 1 < steps; ++i)  // slice i + 1: there and back
    consider({i + 1, 1}, known(i, i) - known(i, i + 1) - known(i + 1, i) + known(i + 1, i + 1),
             pull.segment<2>(2 * i) - pull.segment<2>(2 * i + 2), least2);
  return best;
}

Explanation explain(const Prior& prior, double significance, const Context& context) {
  Prior jumping = prior;
  Index jumps = 0;
  for (; 4 * jumps < prior.slices(); ++jumps) {
    context.check_cancelled();
    const Jump jump = find_jump(jumping);
    if (jump.count == 0) break;
    jumping.allow(jump);
  }
  const Explanation with = with_jitter(jumping, significance);
  if (jumps == 0) return with;
  // Where every slice moves, jumps explain it worse than jitter does.
  const Explanation without = with_jitter(prior, significance);
  return with.log_likelihood - kCostOfJump * static_cast<double>(jumps) > without.log_likelihood ? with
                                                                                                 : without;
}

}  // namespace

Motion measure_motion(const Image& image, const MotionConfig& config, const Context& context) {
  Motion motion;
  motion.shift_um.assign(image.size().z, Vector2d::Zero());
  const std::vector<SliceStep> steps = measure_steps(image, config.most_um, context);
  if (static_cast<Index>(steps.size()) + 1 < kFewestSlices) return motion;
  const auto [prior, jitter_um, likelihood] =
      explain(Prior(steps, image.voxel_um().z(), config), config.significance, context);

  const MatrixXd movement = prior.movement(jitter_um), seen = Prior::steps_of(movement);
  const Eigen::LLT<MatrixXd> llt = prior.covariance(jitter_um);
  const VectorXd found = seen.transpose() * llt.solve(prior.shift());
  const MatrixXd left = movement - seen.transpose() * llt.solve(seen);
  const auto slices = static_cast<double>(prior.slices());
  motion.rms_um = std::sqrt(found.squaredNorm() / slices);
  motion.error_um = std::sqrt(std::max(left.trace(), 0.0) / slices);
  motion.significant = motion.rms_um > config.least_um;
  if (motion.significant)
    for (Index z = 0; z < prior.slices(); ++z)
      motion.shift_um[static_cast<size_t>(z)] = found.segment<2>(2 * z);
  return motion;
}

}  // namespace spinechron
