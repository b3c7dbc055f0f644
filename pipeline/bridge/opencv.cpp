#include "bridge/opencv.hpp"

#include <limits>
#include <opencv2/core/utility.hpp>

#include "core/error.hpp"

namespace spinechron::bridge {
namespace {

cv::Mat view(const float* samples, size_t rows, size_t columns) {
  constexpr auto kMost = static_cast<size_t>(std::numeric_limits<int>::max());
  if (rows > kMost || columns > kMost)
    throw Error("an image of {} x {} is larger than OpenCV can address: cut it into parts", columns, rows);
  return {static_cast<int>(rows), static_cast<int>(columns), CV_32FC1, const_cast<float*>(samples)};
}

cv::Mat slice_view(const Image& image, size_t z) {
  const Size3 s = image.size();
  if (z >= s.z) throw Error("there is no slice {} in an image of {} slices", z, s.z);
  return view(image.slice(z), s.y, s.x);
}

}  // namespace

cv::Mat slice(Image& image, size_t z) {
  return slice_view(image, z);
}
const cv::Mat slice(const Image& image, size_t z) {
  return slice_view(image, z);
}
cv::Mat rows(Image& image) {
  return view(image.data(), image.size().y * image.size().z, image.size().x);
}
const cv::Mat rows(const Image& image) {
  return view(image.data(), image.size().y * image.size().z, image.size().x);
}

void no_threads_of_its_own() {
  cv::setNumThreads(1);
}

}  // namespace spinechron::bridge
