#include "align/coarse.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/binning.hpp"
#include "core/error.hpp"
#include "core/smoothing.hpp"

namespace spinechron {
namespace {

cv::Mat as_mat(const Projected& p) {
  return {p.height, p.width, CV_32F, const_cast<float*>(p.pixels.data())};
}

// Rotates about the image's middle: out(q) = in(R (q - m) + m), degrees counted from x to y.
cv::Mat rotated(const cv::Mat& in, double degrees) {
  const double t = degrees * CV_PI / 180, c = std::cos(t), s = std::sin(t);
  const double mx = (in.cols - 1) / 2.0, my = (in.rows - 1) / 2.0;
  const cv::Mat map = (cv::Mat_<double>(2, 3) << c, -s, mx - c * mx + s * my, s, c, my - s * mx - c * my);
  cv::Mat out;
  cv::warpAffine(in, out, map, in.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_CONSTANT, 0);
  return out;
}

struct Peak {
  double value = -1;
  double x = 0, y = 0;  // session position of the reference's origin, pixels
};

Peak correlate(const cv::Mat& reference_spectrum, const cv::Mat& session, cv::Size padded, double scale) {
  cv::Mat big = cv::Mat::zeros(padded, CV_32F), spectrum, product, response;
  session.copyTo(big(cv::Rect(0, 0, session.cols, session.rows)));
  cv::dft(big, spectrum, 0, session.rows);
  cv::mulSpectrums(spectrum, reference_spectrum, product, 0, true);
  cv::idft(product, response, cv::DFT_REAL_OUTPUT | cv::DFT_SCALE);
  double value = 0;
  cv::Point at;
  cv::minMaxLoc(response, nullptr, &value, nullptr, &at);
  const auto wrapped = [&](int x, int y) {
    return double(response.at<float>((y + padded.height) % padded.height, (x + padded.width) % padded.width));
  };
  const auto vertex = [](double a, double b, double c) {
    const double d = a - 2 * b + c;
    return d < 0 ? std::clamp(0.5 * (a - c) / d, -0.5, 0.5) : 0.0;
  };
  Peak p;
  p.value = value / scale;
  p.x = at.x + vertex(wrapped(at.x - 1, at.y), value, wrapped(at.x + 1, at.y));
  p.y = at.y + vertex(wrapped(at.x, at.y - 1), value, wrapped(at.x, at.y + 1));
  if (p.x > padded.width / 2.0) p.x -= padded.width;
  if (p.y > padded.height / 2.0) p.y -= padded.height;
  return p;
}

// Trilinear samples of a column of the image: `at` moved by k * step along z, k from -half to half. Keeps in
// `best` the larger of what is there and the sample; what lies outside changes nothing. `planes` is scratch.
void keep_brightest(const Image& image, const Vec3& at, double step, int half, std::vector<float>& planes,
                    std::vector<float>& best) {
  const Size3 n = image.size();
  const double last_x = double(n.x) - 1, last_y = double(n.y) - 1, last_z = double(n.z) - 1;
  const double x = at.x() / image.voxel_um().x(), y = at.y() / image.voxel_um().y();
  if (!(x >= 0 && x <= last_x && y >= 0 && y <= last_y)) return;
  const auto x0 = static_cast<size_t>(x), y0 = static_cast<size_t>(y);
  const size_t x1 = std::min(x0 + 1, n.x - 1), y1 = std::min(y0 + 1, n.y - 1);
  const auto fx = static_cast<float>(x - double(x0)), fy = static_cast<float>(y - double(y0));
  const auto z_of = [&](int k) { return (at.z() + k * step) / image.voxel_um().z(); };
  const auto first = static_cast<size_t>(std::clamp(z_of(-half), 0.0, last_z));
  const size_t end = std::min(static_cast<size_t>(std::clamp(z_of(half), 0.0, last_z)) + 2, n.z);
  planes.resize(n.z);
  for (size_t z = first; z < end; ++z) {
    const float *a = image.row(y0, z), *b = image.row(y1, z);
    const float top = a[x0] + fx * (a[x1] - a[x0]), bottom = b[x0] + fx * (b[x1] - b[x0]);
    planes[z] = top + fy * (bottom - top);
  }
  for (int k = -half; k <= half; ++k) {
    const double z = z_of(k);
    if (!(z >= 0 && z <= last_z)) continue;
    const auto z0 = static_cast<size_t>(z);
    const auto fz = static_cast<float>(z - double(z0));
    const float near = planes[z0];
    float& keep = best[static_cast<size_t>(k + half)];
    keep = std::max(keep, fz > 0 ? near + fz * (planes[z0 + 1] - near) : near);
  }
}

}  // namespace

Projected project_for_registration(const Image& image) {
  constexpr size_t kEvery = 7;  // pixel counts for the haze of a slice
  const Size3 n = image.size();
  // Blocks of about a pixel first, then the pixels themselves: not far from one to the other.
  const auto side = [](double voxel_um) {
    return static_cast<size_t>(std::max(1L, std::lround(Projected::kPixelUm / voxel_um)));
  };
  const Vec3 voxel = image.voxel_um();
  const size_t bx = side(voxel.x()), by = side(voxel.y());
  cv::Mat blocks(static_cast<int>(bins_in(n.y, by)), static_cast<int>(bins_in(n.x, bx)), CV_32F);
  const double width_um = blocks.cols * double(bx) * voxel.x(),
               height_um = blocks.rows * double(by) * voxel.y();
  const auto pixels = [](double um) {
    return std::max(8, static_cast<int>(std::lround(um / Projected::kPixelUm)));
  };
  Projected out;
  out.width = pixels(width_um);
  out.height = pixels(height_um);
  const cv::Size size(out.width, out.height);
  const Vec3 pixel(width_um / out.width, height_um / out.height, voxel.z());
  out.slices = Image::unfilled({size_t(out.width), size_t(out.height), n.z}, pixel);
  out.origin_um = (pixel - voxel) / 2;
  cv::Mat small = cv::Mat::zeros(size, CV_32F), haze;
  std::vector<float> sorted;
  for (size_t z = 0; z < n.z; ++z) {
    bin_means(image, bx, by, z, z + 1, blocks.ptr<float>());
    cv::Mat slice(size, CV_32F, out.slices.slice(z));
    cv::resize(blocks, slice, size, 0, 0, cv::INTER_LINEAR);
    sorted.clear();
    for (size_t i = 0; i < slice.total(); i += kEvery) sorted.push_back(slice.ptr<float>()[i]);
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    slice -= *middle;
    cv::max(small, slice, small);
  }
  smooth_axis(out.slices.data(), out.slices.size(), 2, 0.6 / voxel.z());
  cv::sqrt(small, small);
  cv::GaussianBlur(small, haze, cv::Size(), 4.0 / Projected::kPixelUm);
  small -= haze;
  cv::max(small, 0, small);
  // A few very bright places must not decide alone.
  sorted.assign(small.begin<float>(), small.end<float>());
  const auto high = sorted.begin() + static_cast<std::ptrdiff_t>(0.98 * double(sorted.size()));
  std::nth_element(sorted.begin(), high, sorted.end());
  cv::min(small, std::max(*high, 1e-6F), small);
  cv::GaussianBlur(small, small, cv::Size(), 1.2);
  small -= cv::mean(small)[0];
  out.pixels.assign(small.begin<float>(), small.end<float>());
  return out;
}

namespace {

// Two projections of one pixel size, ready to be compared at any rotation.
class Pair {
 public:
  Pair(cv::Mat reference, cv::Mat session)
      : session_(std::move(session)),
        padded_(cv::getOptimalDFTSize(std::max(reference.cols, session_.cols) * 3 / 2),
                cv::getOptimalDFTSize(std::max(reference.rows, session_.rows) * 3 / 2)),
        scale_(std::max(cv::norm(reference) * cv::norm(session_), 1e-12)) {
    cv::Mat big = cv::Mat::zeros(padded_, CV_32F);
    reference.copyTo(big(cv::Rect(0, 0, reference.cols, reference.rows)));
    cv::dft(big, spectrum_, 0, reference.rows);
  }
  Peak peak(double degrees) const {
    return correlate(spectrum_, rotated(session_, degrees), padded_, scale_);
  }

 private:
  cv::Mat session_, spectrum_;
  cv::Size padded_;
  double scale_;
};

cv::Mat halved(const cv::Mat& in) {
  cv::Mat out;
  cv::resize(in, out, {}, 0.5, 0.5, cv::INTER_AREA);
  return out;
}

}  // namespace

CoarseFit coarse_registration(const Projected& reference, const Projected& session, double max_degrees) {
  const cv::Mat a = as_mat(reference), b = as_mat(session);
  Peak best;
  double best_degrees = 0;
  const auto attempt = [&](const Pair& pair, double degrees) {
    const Peak p = pair.peak(degrees);
    if (p.value > best.value) {
      best = p;
      best_degrees = degrees;
    }
  };
  // Whole degrees on half as many pixels, which are about twice the blur; the rest on all.
  const Pair half(halved(a), halved(b)), whole(a, b);
  for (double d = -max_degrees; d <= max_degrees + 1e-9; d += 1.0) attempt(half, d);
  const double around = best_degrees;
  best = Peak();
  for (double d : {0.0, -1.0, -0.67, -0.33, 0.33, 0.67, 1.0})
    if (std::abs(around + d) < max_degrees + 1 - 1e-9) attempt(whole, around + d);

  // rotated(q) = session(R (q - m) + m) and reference(p) lies at rotated(p + peak).
  const double t = best_degrees * CV_PI / 180, c = std::cos(t), s = std::sin(t), px = Projected::kPixelUm;
  const double mx = (b.cols - 1) / 2.0 * px, my = (b.rows - 1) / 2.0 * px;
  CoarseFit fit;
  fit.correlation = best.value;
  fit.session_from_reference.linear << c, -s, 0, s, c, 0, 0, 0, 1;
  const Vec3 off(best.x * px - mx, best.y * px - my, 0);
  fit.session_from_reference.shift_um = fit.session_from_reference.linear * off + Vec3(mx, my, 0);
  return fit;
}

double depth_shift(const std::vector<Curve>& reference_curves, const Affine& session_from_reference,
                   const Projected& session, double max_shift_um) {
  const double step = session.slices.voxel_um().z() / 2;
  const int half = static_cast<int>(max_shift_um / step);
  std::vector<double> score(2 * half + 1, 0.0), weight(2 * half + 1, 0.0);
  std::vector<float> brightest(score.size()), planes;
  for (const Curve& curve : reference_curves)
    for (size_t i = 0; i < curve.size(); i += 8) {
      const Vec3 p = session_from_reference(curve[i]) - session.origin_um;
      // at each depth the brightest place within the reach of the coarse fit's error
      std::fill(brightest.begin(), brightest.end(), -1.0F);
      for (double dx = -0.9; dx <= 0.91; dx += 0.3)
        for (double dy = -0.9; dy <= 0.91; dy += 0.3)
          keep_brightest(session.slices, p + Vec3(dx, dy, 0), step, half, planes, brightest);
      for (size_t k = 0; k < score.size(); ++k) {
        if (brightest[k] < 0) continue;  // the column lies outside
        score[k] += std::sqrt(double(brightest[k]));
        weight[k] += 1;
      }
    }
  const double most = *std::max_element(weight.begin(), weight.end());
  int best = half;
  double top = -1;
  for (size_t k = 0; k < score.size(); ++k) {
    if (weight[k] < 0.3 * most || weight[k] == 0) continue;
    const double v = score[k] / weight[k];
    if (v > top) {
      top = v;
      best = static_cast<int>(k);
    }
  }
  return (best - half) * step;
}

Affine fit_affine(const std::vector<Vec3>& a, const std::vector<Vec3>& b, double scale_um) {
  if (a.size() != b.size() || a.size() < 10) throw Error("an affine fit needs at least 10 pairs of points");
  Vec3 centre = Vec3::Zero();
  for (const Vec3& p : a) centre += p;
  centre /= double(a.size());
  Eigen::Matrix<double, 4, 3> m = Eigen::Matrix<double, 4, 3>::Zero();  // b - a = m^T [a - centre, 1]
  std::vector<double> weight(a.size(), 1.0);
  for (int round = 0; round < 12; ++round) {
    Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
    Eigen::Matrix<double, 4, 3> right = Eigen::Matrix<double, 4, 3>::Zero();
    for (size_t i = 0; i < a.size(); ++i) {
      Eigen::Vector4d row;
      row << (a[i] - centre), 1.0;
      normal += weight[i] * row * row.transpose();
      right += weight[i] * row * (b[i] - a[i]).transpose();
    }
    // A prior of 3 % deformation (two degrees of rotation or tilt) seen at an error of `scale_um` on one
    // point: negligible where points spread.
    for (int k = 0; k < 3; ++k) normal(k, k) += scale_um * scale_um / 9e-4;
    m = normal.ldlt().solve(right);
    for (size_t i = 0; i < a.size(); ++i) {
      Eigen::Vector4d row;
      row << (a[i] - centre), 1.0;
      const double r2 = (b[i] - a[i] - m.transpose() * row).squaredNorm() / (scale_um * scale_um);
      weight[i] = 1 / ((1 + r2) * (1 + r2));
    }
  }
  Affine fit;
  fit.linear += m.topRows<3>().transpose();
  fit.shift_um = m.row(3).transpose() - m.topRows<3>().transpose() * centre;
  return fit;
}

}  // namespace spinechron
