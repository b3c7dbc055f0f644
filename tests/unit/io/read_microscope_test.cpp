// TIFF as ImageJ and ScanImage write it.
#include "io/scanimage_header.hpp"
#include "io_fixture.hpp"

namespace spinechron::test {
namespace {

using ::testing::HasSubstr;

class ReadMicroscope : public IoTest {
 protected:
  /// Value of the first voxel of each slice, as page number.
  static std::vector<int> pages_read(const RawStack& stack) {
    std::vector<int> pages;
    for (size_t z = 0; z < stack.counts.size().z; ++z) pages.push_back(int(stack.counts.at(0, 0, z)) / 100);
    return pages;
  }
  std::string imagej(const std::string& header, int pages, std::uint32_t per_million = 8333333) {
    auto all = counting_pages(3, 2, pages);
    all[0].description = "ImageJ=1.53k\n" + header;
    all[0].resolution[0] = per_million;
    all[0].resolution[1] = 4000000;
    return put("a.tif", tiff_of(all, true));
  }
  std::string scanimage5(const std::string& header, int pages, int same_frame = 1) {
    auto all = counting_pages(4, 4, pages);
    for (size_t i = 0; i < all.size(); ++i) {
      all[i].software = "SI.VERSION_MAJOR = '5.7'\n" + header;
      all[i].description =
          "frameNumbers = " + std::to_string(i / size_t(same_frame) + 1) + "\nepoch = [2023]";
    }
    return put("s.tif", tiff_of(all, false, true));
  }
};

TEST_F(ReadMicroscope, ImageJHyperstack) {
  const std::string file =
      imagej("images=6\nchannels=2\nslices=3\nhyperstack=true\nspacing=0.75\nunit=micron\n", 6);
  const RawStack stack = read_plainly(file, channel("2"));
  EXPECT_EQ(stack.format, "ImageJ TIFF");
  EXPECT_EQ(pages_read(stack), (std::vector<int>{1, 3, 5}));
  EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.12, 0.25, 0.75));
}

TEST_F(ReadMicroscope, ImageJUnits) {
  EXPECT_EQ(read_plainly(imagej("images=2\nslices=2\nspacing=-2\nunit=\\u00B5m\n", 2)).counts.voxel_um(),
            Vec3(0.12, 0.25, 2));
  const std::string units = "images=2\nslices=2\nspacing=500\nunit=nm\nyunit=um\nzunit=nm\n";
  EXPECT_EQ(read_plainly(imagej(units, 2, 4000)).counts.voxel_um(), Vec3(0.25, 0.25, 0.5));
  EXPECT_THAT(error_of([&] { read_plainly(imagej("images=2\nslices=2\nspacing=1\nunit=pixel\n", 2)); }),
              HasSubstr("voxel size along x, y, z is not known"));
}

TEST_F(ReadMicroscope, ImageJStackWithoutDirectories) {
  // one directory, three planes behind each other: as ImageJ writes above 4 GB
  for (const bool big_endian : {false, true}) {
    auto pages = counting_pages(3, 2, 3);
    Page all = pages[0];
    all.values.clear();
    for (const Page& page : pages)
      all.values.insert(all.values.end(), page.values.begin(), page.values.end());
    all.description = "ImageJ=1.53k\nimages=3\nslices=3\nspacing=1\nunit=um\n";
    const std::string bytes = tiff_of({all}, big_endian);
    const RawStack stack = read_with_voxel(put("a.tif", bytes));
    EXPECT_EQ(pages_read(stack), (std::vector<int>{0, 1, 2}));
    EXPECT_EQ(stack.counts.at(2, 1, 2), 212);
    all.description = "ImageJ=1.53k\nimages=300\nslices=300\nspacing=1\nunit=um\n";
    EXPECT_THAT(error_of([&] { read_with_voxel(put("b.tif", tiff_of({all}, big_endian))); }),
                HasSubstr("truncated"));
  }
}

TEST_F(ReadMicroscope, ImageJHeaderThatDoesNotFit) {
  const auto message = [&](const std::string& header, int pages) {
    return error_of([&] { read_with_voxel(imagej(header, pages)); });
  };
  EXPECT_THAT(message("images=9\nslices=9\n", 4), HasSubstr("4 pages where its header says 9"));
  EXPECT_THAT(message("images=4\nchannels=3\nslices=2\n", 4),
              HasSubstr("3 channels, 2 slices and 1 frames, but 4 images"));
  EXPECT_THAT(message("images=4\nframes=4\n", 4), HasSubstr("time series of 4 frames"));
  EXPECT_THAT(message("images=4\nframes=2\nslices=2\n", 4), HasSubstr("2 time points of a stack"));
}

TEST_F(ReadMicroscope, ScanImage3) {
  auto pages = counting_pages(4, 4, 8);
  for (Page& page : pages)
    page.description =
        "state.software.version=3.8\rstate.acq.numberOfZSlices=4\rstate.acq.numberOfChannelsSave=2\r"
        "state.acq.numberOfFrames=5\rstate.acq.zStepSize=1.5\rstate.acq.inputBitDepth=12\r";
  const std::string file = put("a.tif", tiff_of(pages));
  const RawStack stack = read_with_voxel(file, channel("2"));
  EXPECT_EQ(stack.format, "ScanImage TIFF");
  EXPECT_EQ(pages_read(stack), (std::vector<int>{1, 3, 5, 7}));
  EXPECT_EQ(stack.highest_count, 65535);  // stored pixels are sums of samples of inputBitDepth
  EXPECT_THAT(stack.warnings, ::testing::ElementsAre(HasSubstr("z 1 um against 1.5 um")));
  EXPECT_THAT(error_of([&] { read_plainly(file, channel("1")); }),
              HasSubstr("voxel size along x, y is not known"));
}

TEST_F(ReadMicroscope, ScanImage5StackWithFieldOfView) {
  const std::string file = scanimage5(
      "SI.hChannels.channelSave = [1;2]\nSI.hStackManager.numSlices = 3\nSI.hStackManager.stackZStepSize = "
      "0.8\n"
      "SI.hStackManager.enable = true\nSI.hRoiManager.imagingFovUm = [-1 -2;1 -2;1 2;-1 2]",
      6, 2);
  const RawStack stack = read_plainly(file, channel("1"));
  EXPECT_EQ(pages_read(stack), (std::vector<int>{0, 2, 4}));
  EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.5, 1.0, 0.8));
}

TEST_F(ReadMicroscope, ScanImage5RepeatedFramesAreAveraged) {
  const std::string file = scanimage5(
      "SI.hChannels.channelSave = 1\nSI.hStackManager.numSlices = 2\nSI.hStackManager.framesPerSlice = 3", 6);
  const RawStack stack = read_with_voxel(file);
  EXPECT_EQ(stack.counts.size().z, 2U);
  EXPECT_EQ(stack.counts.at(0, 0, 0), 100);  // mean of pages 0, 1, 2
  EXPECT_EQ(stack.counts.at(1, 0, 1), 401);
  EXPECT_THAT(stack.warnings, ::testing::ElementsAre(HasSubstr("3 frames a slice")));
}

TEST_F(ReadMicroscope, ScanImage5HeaderIsNotBelievedAgainstThePages) {
  const std::string slices = "SI.hChannels.channelSave = 1\nSI.hStackManager.numSlices = 41";
  EXPECT_THAT(error_of([&] { read_with_voxel(scanimage5(slices, 6)); }),
              HasSubstr("says 41 slices with 1 frames each, but it has 6"));
  EXPECT_THAT(error_of([&] { read_with_voxel(scanimage5(slices + "\nSI.hStackManager.enable = false", 6)); }),
              HasSubstr("time series of 6 frames"));
  EXPECT_THAT(error_of([&] { read_with_voxel(scanimage5("SI.hChannels.channelSave = [1;2]", 5)); }),
              HasSubstr("5 pages, which 2 channels cannot share"));
}

TEST(ScanImageHeader, PrefixesOfAllVersions) {
  for (const std::string prefix : {"SI.", "scanimage.SI.", "scanimage.SI5."}) {
    const auto header = io_detail::parse_scanimage_header(prefix + "hChannels.channelSave = [1 3]\n" +
                                                          prefix + "hStackManager.numSlices = 7\n" + prefix +
                                                          "hStackManager.stackZStepSize = -2");
    EXPECT_EQ(header.channels, 2U) << prefix;
    EXPECT_EQ(header.slices, 7U) << prefix;
    EXPECT_EQ(header.z_step_um, 2.0) << prefix;
  }
  const auto fast = io_detail::parse_scanimage_header(
      "SI.hFastZ.enable = true\nSI.hStackManager.enable = false\nSI.hStackManager.numSlices = 10\n"
      "SI.hStackManager.numVolumes = 3\nSI.hFastZ.discardFlybackFrames = "
      "true\nSI.hFastZ.numDiscardFlybackFrames = 2");
  EXPECT_EQ(fast.slices, 10U);
  EXPECT_EQ(fast.volumes, 3U);
  EXPECT_EQ(fast.flyback_frames, 2U);
}

}  // namespace
}  // namespace spinechron::test
