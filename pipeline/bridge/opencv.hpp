#pragma once
// Zero-copy views of an Image for OpenCV. Include only from sources (.cpp): no step shows OpenCV in a header.

#include <opencv2/core/mat.hpp>

#include "core/image.hpp"

namespace spinechron::bridge {

/// Slice z as a matrix of rows y and columns x, CV_32FC1. It shares the image's samples: what is written to
/// it is written to the image, and it must not outlive the image. An error names the slice where there is
/// none.
cv::Mat slice(Image& image, size_t z);

/// The same, to read. (cv::Mat knows no const samples: do not write through copies of it.)
const cv::Mat slice(const Image& image, size_t z);

/// All slices one below the other as one matrix of size.y * size.z rows: for filters that work on samples or
/// on rows alone. The same rules as for `slice`.
cv::Mat rows(Image& image);
const cv::Mat rows(const Image& image);

/// OpenCV works in the calling thread only, from now on: threads are the flow graph's to give.
void no_threads_of_its_own();

}  // namespace spinechron::bridge
