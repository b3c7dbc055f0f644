// OpenCV's and ITK's own filters as denoisers, to be compared with the built-in ones. Those of OpenCV work
// slice by slice. A filter lowers the noise but also makes it correlated; the noise model that is handed on
// stays that of the input, which is on the safe side.

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/photo.hpp>

#include "curvature_flow.hpp"
#include "spinechron_plugin.hpp"

namespace {

namespace sdk = spinechron::sdk;

/// Calls `filter(in, out)` with every slice as a float matrix.
template <typename Filter>
void each_slice(const sdk::Host& host, const sc_stack& in, sc_denoised& out, const Filter& filter) {
  const int rows = static_cast<int>(in.ny), columns = static_cast<int>(in.nx);
  for (size_t z = 0; z < in.nz; ++z) {
    host.check_cancelled();
    const size_t at = z * static_cast<size_t>(in.nx * in.ny);
    const cv::Mat from(rows, columns, CV_32F, const_cast<float*>(in.samples) + at);  // only read
    cv::Mat to(rows, columns, CV_32F, out.samples + at), result;
    filter(from, result);
    result.copyTo(to);
  }
}

struct Median : sdk::Denoiser {
  static constexpr const char* kName = "median";
  static constexpr const char* kMeaning = "Median of a small square in each slice (OpenCV).";
  int half_width = 1;
  static void params(sdk::Params<Median>& p) {
    p.integer("half_width", &Median::half_width, {1, 2}, "1", "Pixels on each side: 1 is 3 x 3, 2 is 5 x 5.");
  }
  void run(const sdk::Host& host, const sc_stack& in, sc_denoised& out) const override {
    each_slice(host, in, out,
               [&](const cv::Mat& a, cv::Mat& b) { cv::medianBlur(a, b, 2 * half_width + 1); });
  }
};

struct Bilateral : sdk::Denoiser {
  static constexpr const char* kName = "bilateral";
  static constexpr const char* kMeaning =
      "Mean of neighbours that are near and alike, in each slice (OpenCV).";
  double sigma_um = 0.15;
  double sigma_photons = 3;
  static void params(sdk::Params<Bilateral>& p) {
    p.number("sigma_um", &Bilateral::sigma_um, {0.01, 5}, "um",
             "How near: standard deviation of the weight.");
    p.number("sigma_photons", &Bilateral::sigma_photons, {0.01, 1e5}, "1",
             "How alike: standard deviation of the weight, in photons.");
  }
  void run(const sdk::Host& host, const sc_stack& in, sc_denoised& out) const override {
    const double sigma_px = sigma_um / std::sqrt(in.voxel_um[0] * in.voxel_um[1]);
    const int diameter = 2 * static_cast<int>(std::min(std::ceil(2 * sigma_px), 15.0)) + 1;
    each_slice(host, in, out, [&](const cv::Mat& a, cv::Mat& b) {
      cv::bilateralFilter(a, b, diameter, sigma_photons, sigma_px, cv::BORDER_REFLECT_101);
    });
  }
};

struct NonLocalMeans : sdk::Denoiser {
  static constexpr const char* kName = "non_local_means";
  static constexpr const char* kMeaning = "Mean of patches that look alike, in each slice (OpenCV, 16-bit).";
  double strength = 1;
  int patch = 5;
  int search = 15;
  static void params(sdk::Params<NonLocalMeans>& p) {
    p.number("strength", &NonLocalMeans::strength, {0.05, 20}, "1",
             "How different patches may be, as a multiple of the noise's standard deviation.");
    p.integer("patch", &NonLocalMeans::patch, {3, 15}, "1", "Side of a patch in pixels; made odd.");
    p.integer("search", &NonLocalMeans::search, {5, 41}, "1",
              "Side of the square that is searched; made odd.");
  }
  void run(const sdk::Host& host, const sc_stack& in, sc_denoised& out) const override {
    // OpenCV takes integers here: the whole stack's range on 16 bits, one scale for all slices.
    const auto [low, high] = std::minmax_element(in.samples, in.samples + sdk::count(in));
    const double range = static_cast<double>(*high) - *low;
    if (range == 0) {
      std::copy_n(in.samples, sdk::count(in), out.samples);
      return;
    }
    double mean = 0;
    for (size_t i = 0; i < sdk::count(in); ++i) mean += in.samples[i];
    mean /= static_cast<double>(sdk::count(in));
    const double read = in.read_sigma / in.gain;
    const double sigma = std::sqrt(std::max(mean, 0.0) + read * read);
    const double scale = 65535.0 / range;
    const std::vector<float> h = {static_cast<float>(std::max(1.0, strength * sigma * scale))};
    each_slice(host, in, out, [&](const cv::Mat& a, cv::Mat& b) {
      cv::Mat wide, narrow;
      a.convertTo(wide, CV_16U, scale, -*low * scale);
      cv::fastNlMeansDenoising(wide, narrow, h, patch | 1, search | 1, cv::NORM_L1);
      narrow.convertTo(b, CV_32F, 1 / scale, *low);
    });
  }
};

struct CurvatureFlow : sdk::Denoiser {
  static constexpr const char* kName = "curvature_flow";
  static constexpr const char* kMeaning = "Smooths along surfaces of equal brightness, in 3D (ITK).";
  int iterations = 5;
  double time_step = 0.0625;
  static void params(sdk::Params<CurvatureFlow>& p) {
    p.integer("iterations", &CurvatureFlow::iterations, {1, 200}, "1", "Steps of the flow.");
    p.number("time_step", &CurvatureFlow::time_step, {0.001, 0.0625}, "1",
             "Length of a step, in squares of the smallest voxel side; above 1/16 it would not be stable.");
  }
  void run(const sdk::Host& host, const sc_stack& in, sc_denoised& out) const override {
    if (!curvature_flow(in, out.samples, iterations, time_step, [&] { return host.cancelled(); }))
      throw sdk::Cancelled();
  }
};

}  // namespace

SPINECHRON_PLUGIN("filters", "1.0", "OpenCV's and ITK's own filters as denoisers.", Median, Bilateral,
                  NonLocalMeans, CurvatureFlow)
