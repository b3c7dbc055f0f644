#include <gtest/gtest.h>

#include <numeric>
#include <opencv2/core.hpp>

#include "bridge/itk.hpp"
#include "bridge/opencv.hpp"
#include "core/error.hpp"

namespace spinechron {
namespace {

Image counting_image() {
  Image image({5, 4, 3}, Vec3(0.1, 0.2, 1.5));
  std::iota(image.data(), image.data() + image.size().count(), 0.0F);
  return image;
}

TEST(OpenCvView, SharesTheSamplesOfOneSlice) {
  Image image = counting_image();
  cv::Mat slice = bridge::slice(image, 2);
  EXPECT_EQ(slice.rows, 4);
  EXPECT_EQ(slice.cols, 5);
  EXPECT_EQ(slice.at<float>(3, 1), image.at(1, 3, 2));
  slice.at<float>(3, 1) = -7;
  EXPECT_EQ(image.at(1, 3, 2), -7);
  EXPECT_EQ(slice.ptr<float>(), image.slice(2));
}

TEST(OpenCvView, RowsRunThroughAllSlices) {
  const Image image = counting_image();
  const cv::Mat rows = bridge::rows(image);
  EXPECT_EQ(rows.rows, 12);
  EXPECT_EQ(rows.at<float>(4 + 2, 3), image.at(3, 2, 1));
  EXPECT_DOUBLE_EQ(cv::sum(rows)[0], 59.0 * 60 / 2);
}

TEST(OpenCvView, ASliceThatIsNotThereIsAnError) {
  const Image image = counting_image();
  EXPECT_THROW(bridge::slice(image, 3), Error);
}

TEST(ItkView, HasTheSameFrameAndSharesTheSamples) {
  Image image = counting_image();
  const auto view = bridge::volume(image);
  bridge::ItkImage::IndexType index = {{4, 1, 2}};
  EXPECT_EQ(view->GetPixel(index), image.at(4, 1, 2));
  view->SetPixel(index, 100);
  EXPECT_EQ(image.at(4, 1, 2), 100);
  bridge::ItkImage::PointType point;
  view->TransformIndexToPhysicalPoint(index, point);
  EXPECT_NEAR(point[0], 0.4, 1e-6);
  EXPECT_NEAR(point[1], 0.2, 1e-6);
  EXPECT_NEAR(point[2], 3.0, 1e-6);
}

TEST(ItkView, ComesBackAsItWas) {
  Image image = counting_image();
  const Image back = bridge::from_itk(*bridge::volume(image));
  EXPECT_EQ(back.size(), image.size());
  EXPECT_TRUE(back.voxel_um().isApprox(image.voxel_um()));
  EXPECT_TRUE(std::equal(back.data(), back.data() + 60, image.data()));
}

}  // namespace
}  // namespace spinechron
