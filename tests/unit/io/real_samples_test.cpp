// Files as microscopes and other programs wrote them, where they are at hand.
#include <algorithm>

#include "io/bids.hpp"
#include "io/tiff_file.hpp"
#include "io_fixture.hpp"

namespace spinechron::test {
namespace {

using ::testing::HasSubstr;

class RealSamples : public IoTest {
 protected:
  void SetUp() override {
    shared_ = shared_folder();
    if (shared_.empty()) GTEST_SKIP() << "no folder with sample files: set SPINECHRON_SHARED to use them";
  }
  std::string sample(const std::string& name) const { return shared_ + "/data/formats/" + name; }
  std::string shared_;
};

TEST_F(RealSamples, ScanImage38) {
  const std::string file = sample("scanimage/scanimage38_8x128x128.tif");
  float greatest = 0;
  for (const char* which : {"1", "2"}) {
    const RawStack stack = read_with_voxel(file, channel(which));
    EXPECT_EQ(stack.counts.size(), (Size3{128, 128, 4}));
    EXPECT_EQ(stack.highest_count, 65535);  // sums of samples: the header's 12 bits are no limit
    for (size_t i = 0; i < stack.counts.size().count(); ++i)
      greatest = std::max(greatest, stack.counts.data()[i]);
  }
  EXPECT_EQ(greatest, 11095);
  EXPECT_THAT(error_of([&] { read_plainly(file, channel("1")); }),
              HasSubstr("voxel size along x, y is not known"));
}

TEST_F(RealSamples, ScanImage57IsATimeSeriesWhateverNumSlicesSays) {
  EXPECT_THAT(error_of([&] { read_with_voxel(sample("scanimage/scanimage57_int16_6x512x512.tif")); }),
              HasSubstr("time series of 3 frames at one depth"));  // two channels: pages share frame numbers
}

TEST_F(RealSamples, SinglePlanes) {
  for (const char* name :
       {"scanimage/packbits_128x128.tif", "imagej/imagej_single_167x439.tif",
        "ome-tiff/ome_bigendian_int8_C3_167x439.ome.tif", "ome-tiff/ome_deflate_int8_C3_167x439.ome.tif"})
    EXPECT_THAT(error_of([&] { read_with_voxel(sample(name), channel("1")); }), HasSubstr("single plane"))
        << name;
}

TEST_F(RealSamples, ImageJTimeSeries) {
  EXPECT_THAT(error_of([&] { read_with_voxel(sample("imagej/imagej_hyperstack_T20_C2_256x256.tif")); }),
              HasSubstr("time series of 20 frames"));
}

TEST_F(RealSamples, OmeCompanionSet) {
  const std::string folder = sample("ome-tiff/multifile/");
  for (const char* name : {"multifile.companion.ome", "multifile-Z1.ome.tiff", "multifile-Z4.ome.tiff"}) {
    Session session;
    session.path = folder + name;
    for (auto& voxel : session.voxel_um) voxel = 1;
    ReadOptions options;
    options.max_bytes = 1 << 20;
    const io_detail::Decoded decoded = io_detail::read_tiff(session, options);
    EXPECT_EQ(decoded.counts.size(), (Size3{18, 24, 5})) << name;
    EXPECT_EQ(decoded.format, "OME-TIFF");
    // more than half of this drawing is white, which no recording may be
    EXPECT_THAT(error_of([&] { read_image(session); }), HasSubstr("saturated at 255")) << name;
  }
}

TEST_F(RealSamples, PagesOfSamplesAsOtherReadersSeeThem) {
  // least and greatest value as the folder's README gives them, planes read one by one
  struct Case {
    const char* name;
    double least, greatest;
  };
  for (const Case& c : {Case{"ome-tiff/ome_bigendian_int8_C3_167x439.ome.tif", -1, 96},
                        Case{"ome-tiff/ome_deflate_int8_C3_167x439.ome.tif", -1, 96},
                        Case{"scanimage/scanimage57_int16_6x512x512.tif", -861, 4460},
                        Case{"scanimage/packbits_128x128.tif", 3, 10030}}) {
    io_detail::TiffFile file(sample(c.name), 1 << 24);
    std::vector<float> plane(file.pages()[0].samples_per_plane());
    float least = 1e9F, greatest = -1e9F;
    for (size_t page = 0; page < file.pages().size(); ++page) {
      file.read_plane(page, 0, plane.data());
      least = std::min(least, *std::min_element(plane.begin(), plane.end()));
      greatest = std::max(greatest, *std::max_element(plane.begin(), plane.end()));
    }
    EXPECT_EQ(least, c.least) << c.name;
    EXPECT_EQ(greatest, c.greatest) << c.name;
  }
}

TEST_F(RealSamples, BidsFolderOfRealStacks) {
  const InputSet set = find_series(shared_ + "/data/rr30a");
  ASSERT_EQ(set.series.size(), 2U);
  for (const FoundSeries& found : set.series) {
    EXPECT_EQ(found.problem, "");
    EXPECT_EQ(found.series.subject, "01");
    ASSERT_EQ(found.series.sessions.size(), 3U);
    EXPECT_EQ(found.series.sessions[0].label, "baseline");
    EXPECT_EQ(found.series.sessions[1].label, "stress");
    EXPECT_EQ(found.series.sessions[2].label, "ketamine");
  }
  const RawStack stack = read_image(set.series[0].series.sessions[0]);
  EXPECT_EQ(stack.counts.size(), (Size3{924, 332, 40}));
  EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.12, 0.12, 1));
  EXPECT_EQ(stack.lowest_count, 0);
  EXPECT_THAT(stack.warnings, ::testing::IsEmpty());
}

}  // namespace
}  // namespace spinechron::test
