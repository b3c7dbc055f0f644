#include "denoise/anscombe.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "bridge/opencv.hpp"

namespace spinechron {

float stabilised(float photons, float read_sigma) {
  return 2 * std::sqrt(std::max(photons + 0.375F + read_sigma * read_sigma, 0.0F));
}

float unbiased_inverse(float stabilised, float read_sigma) {
  // Below, the transform of no light at all.
  const float darkest = 2 * std::sqrt(0.375F + read_sigma * read_sigma);
  constexpr float kRoot = 1.2247449F;  // sqrt(3/2)
  const float d = std::max(stabilised, darkest), i = 1 / d;
  return 0.25F * d * d - 0.125F - read_sigma * read_sigma +
         i * (0.25F * kRoot + i * (-1.375F + i * 0.625F * kRoot));
}

namespace {

using Scales = std::vector<cv::Mat>;  // details from fine to coarse, then what is left

cv::Mat spline_kernel(int hole) {
  constexpr std::array<float, 5> kTaps = {1 / 16.0F, 4 / 16.0F, 6 / 16.0F, 4 / 16.0F, 1 / 16.0F};
  cv::Mat kernel(1, 4 * hole + 1, CV_32FC1, cv::Scalar(0));
  for (int i = 0; i < 5; ++i) kernel.at<float>(0, i * hole) = kTaps[static_cast<size_t>(i)];
  return kernel;
}

Scales split(cv::Mat slice, int scales) {
  Scales out;
  for (int j = 0; j < scales; ++j) {
    const cv::Mat kernel = spline_kernel(1 << j);
    cv::Mat smooth;
    cv::sepFilter2D(slice, smooth, CV_32F, kernel, kernel, {-1, -1}, 0, cv::BORDER_REFLECT);
    out.push_back(slice - smooth);
    slice = smooth;
  }
  out.push_back(slice);
  return out;
}

// Noise variance of each scale, from some rows of some slices.
std::vector<float> noise_of_scales(const Image& image, int scales) {
  std::vector<std::vector<float>> samples(static_cast<size_t>(scales));
  const size_t step = std::max<size_t>(1, image.size().z / 8);
  for (size_t z = step / 2; z < image.size().z; z += step) {
    const Scales s = split(bridge::slice(image, z), scales);
    for (int j = 0; j < scales; ++j) {
      const cv::Mat& m = s[static_cast<size_t>(j)];
      for (int y = 0; y < m.rows; y += 3)
        for (int x = 0; x < m.cols; x += 3)
          samples[static_cast<size_t>(j)].push_back(std::abs(m.at<float>(y, x)));
    }
  }
  std::vector<float> variance;
  for (auto& s : samples) {
    const auto middle = s.begin() + static_cast<std::ptrdiff_t>(s.size() / 2);
    std::nth_element(s.begin(), middle, s.end());
    const float sigma = *middle / 0.6745F;
    variance.push_back(sigma * sigma);
  }
  return variance;
}

// Mean square of each detail over a neighbourhood a few of its wavelengths wide.
Scales powers(const Scales& scales) {
  Scales out;
  for (size_t j = 0; j + 1 < scales.size(); ++j) {
    cv::Mat p;
    const int side = 4 * (1 << j) + 1;
    cv::boxFilter(scales[j].mul(scales[j]), p, CV_32F, {side, side}, {-1, -1}, true, cv::BORDER_REFLECT);
    out.push_back(p);
  }
  return out;
}

}  // namespace

void smooth_stabilised(Image& photons, double read_sigma, const AnscombeConfig& config,
                       const Context& context) {
  const Size3 size = photons.size();
  if (photons.empty() || config.strength <= 0 || size.x < 2 || size.y < 2) return;
  const auto sigma = static_cast<float>(read_sigma);
  float* v = photons.data();
  for (size_t i = 0; i < size.count(); ++i) v[i] = stabilised(v[i], sigma);
  std::vector<float> noise = noise_of_scales(photons, config.scales);
  for (float& n : noise) n = std::max(n * static_cast<float>(config.strength), 1e-12F);

  Scales above_power, here = split(bridge::slice(photons, 0), config.scales), here_power = powers(here);
  for (size_t z = 0; z < size.z; ++z) {
    context.check_cancelled();
    Scales next, next_power;
    if (z + 1 < size.z) {
      next = split(bridge::slice(photons, z + 1), config.scales);
      next_power = powers(next);
    }
    cv::Mat out = bridge::slice(photons, z);
    here.back().copyTo(out);
    for (size_t j = 0; j < noise.size(); ++j) {
      const cv::Mat& a = above_power.empty() ? here_power[j] : above_power[j];
      const cv::Mat& b = next_power.empty() ? here_power[j] : next_power[j];
      for (int y = 0; y < out.rows; ++y) {
        auto* to = out.ptr<float>(y);
        const auto *pa = a.ptr<float>(y), *p = here_power[j].ptr<float>(y), *pb = b.ptr<float>(y);
        const auto* detail = here[j].ptr<float>(y);
        for (int x = 0; x < out.cols; ++x) {
          const float power = 0.25F * pa[x] + 0.5F * p[x] + 0.25F * pb[x];
          to[x] += detail[x] * (std::max(power - noise[j], 0.0F) / std::max(power, noise[j]));
        }
      }
    }
    above_power = std::move(here_power);
    here = std::move(next);
    here_power = std::move(next_power);
  }
  for (size_t i = 0; i < size.count(); ++i) v[i] = unbiased_inverse(v[i], sigma);
}

}  // namespace spinechron
