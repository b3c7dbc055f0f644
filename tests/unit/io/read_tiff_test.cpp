// Plain, big-endian, Big and OME-TIFF, made byte by byte.
#include "io/files.hpp"
#include "io_fixture.hpp"

namespace spinechron::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

void expect_counting(const Image& image, Size3 size, double first = 0) {
  ASSERT_EQ(image.size(), size);
  for (size_t z = 0; z < size.z; ++z)
    for (size_t y = 0; y < size.y; ++y)
      for (size_t x = 0; x < size.x; ++x)
        ASSERT_EQ(image.at(x, y, z), float(first + double(x) + 10.0 * double(y) + 100.0 * double(z)))
            << x << " " << y << " " << z;
}

class ReadTiff : public IoTest {};

TEST_F(ReadTiff, PlainStackOfBothByteOrdersAndBothSizesOfOffsets) {
  for (const bool big_endian : {false, true})
    for (const bool big_tiff : {false, true}) {
      const std::string file = put("a.tif", tiff_of(counting_pages(4, 3, 5), big_endian, big_tiff));
      const RawStack stack = read_with_voxel(file);
      expect_counting(stack.counts, {4, 3, 5});
      EXPECT_EQ(stack.format, "TIFF");
      EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.1, 0.1, 1.0));
      EXPECT_EQ(stack.sha256, sha256_of_file(file));
      EXPECT_EQ(stack.lowest_count, 0);
      EXPECT_EQ(stack.highest_count, 65535);
    }
}

TEST_F(ReadTiff, EverySampleType) {
  struct Case {
    std::uint16_t bits, format;
    double first, lowest, highest;
  };
  for (const Case& c : {Case{8, 1, 3, 0, 255}, Case{8, 2, -100, -128, 127}, Case{16, 1, 40000, 0, 65535},
                        Case{16, 2, -861, -32768, 32767}, Case{16, 2, 5, 0, 32767},
                        Case{32, 3, 0.25, 0, 3.4e38}, Case{64, 3, -0.5, -3.4e38, 3.4e38}})
    for (const bool big_endian : {false, true}) {
      auto pages = counting_pages(4, 3, 2, c.first);
      for (Page& page : pages) page.bits = c.bits, page.format = c.format;
      const RawStack stack = read_with_voxel(put("a.tif", tiff_of(pages, big_endian)));
      expect_counting(stack.counts, {4, 3, 2}, c.first);
      EXPECT_NEAR(stack.lowest_count, c.lowest, 1e-2 * std::abs(c.lowest)) << c.bits << " " << c.format;
      EXPECT_NEAR(stack.highest_count, c.highest, 1e-2 * c.highest) << c.bits << " " << c.format;
    }
}

TEST_F(ReadTiff, ChannelsBesideEachOtherInAPixel) {
  auto pages = counting_pages(2, 2, 2);
  for (Page& page : pages) {
    std::vector<double> both;
    for (const double value : page.values) both.insert(both.end(), {value, value + 1000});
    page.values = both;
    page.samples = 2;
  }
  const std::string file = put("a.tif", tiff_of(pages));
  expect_counting(read_with_voxel(file, channel("2")).counts, {2, 2, 2}, 1000);
  expect_counting(read_with_voxel(file, channel("1")).counts, {2, 2, 2});
}

TEST_F(ReadTiff, ThumbnailsAreLeftOut) {
  auto pages = counting_pages(4, 3, 3);
  Page small = counting_pages(2, 2, 1)[0];
  small.subfile = 1;
  pages.push_back(small);
  EXPECT_THAT(read_with_voxel(put("a.tif", tiff_of(pages))).warnings, IsEmpty());
  pages.back().subfile = 0;
  const RawStack stack = read_with_voxel(put("b.tif", tiff_of(pages)));
  expect_counting(stack.counts, {4, 3, 3});
  ASSERT_EQ(stack.warnings.size(), 1U);
  EXPECT_THAT(stack.warnings[0], HasSubstr("1 pages of another size"));
}

TEST_F(ReadTiff, OmeVoxelSizeInEveryUnit) {
  auto pages = counting_pages(4, 3, 2);
  pages[0].description = ome_text(
      4, 3, 2, 1, 1, "XYZCT", "<TiffData/>",
      "PhysicalSizeX=\"120\" PhysicalSizeXUnit=\"nm\" PhysicalSizeY=\"0.12\" PhysicalSizeYUnit=\"\xC2\xB5m\" "
      "PhysicalSizeZ=\"0.001\" PhysicalSizeZUnit=\"mm\"");
  const RawStack stack = read_plainly(put("a.ome.tif", tiff_of(pages)));
  EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.12, 0.12, 1.0));
  EXPECT_EQ(stack.format, "OME-TIFF");
  EXPECT_THAT(stack.warnings, IsEmpty());
}

TEST_F(ReadTiff, OmeDimensionOrders) {
  // page p holds 100 p; two channels of three slices
  for (const auto& [order, expected] : std::vector<std::pair<std::string, std::vector<int>>>{
           {"XYZCT", {3, 4, 5}}, {"XYCZT", {1, 3, 5}}, {"XYTZC", {3, 4, 5}}, {"XYCTZ", {1, 3, 5}}}) {
    auto pages = counting_pages(2, 2, 6);
    pages[0].description =
        ome_text(2, 2, 3, 2, 1, order,
                 "<Channel Name=\"red\"/><Channel Name=\"spines\"/><TiffData IFD=\"0\" PlaneCount=\"6\"/>");
    const RawStack stack = read_plainly(put("a.ome.tif", tiff_of(pages)), channel("spines"));
    for (size_t z = 0; z < 3; ++z)
      EXPECT_EQ(stack.counts.at(0, 0, z), float(100 * expected[z])) << order << " " << z;
  }
}

TEST_F(ReadTiff, OmePlanesInAnyOrder) {
  auto pages = counting_pages(2, 2, 3);
  pages[0].description =
      ome_text(2, 2, 3, 1, 1, "XYZCT",
               "<TiffData IFD=\"0\" FirstZ=\"2\"/><TiffData IFD=\"1\" FirstZ=\"0\" PlaneCount=\"2\"/>");
  const RawStack stack = read_plainly(put("a.ome.tif", tiff_of(pages)));
  EXPECT_EQ(stack.counts.at(0, 0, 0), 100);
  EXPECT_EQ(stack.counts.at(0, 0, 1), 200);
  EXPECT_EQ(stack.counts.at(0, 0, 2), 0);
}

TEST_F(ReadTiff, OmeSetOfFilesAndRenamedFile) {
  const std::string inside =
      "<TiffData FirstZ=\"0\" IFD=\"0\"><UUID FileName=\"a.ome.tif\">urn:uuid:own</UUID></TiffData>"
      "<TiffData FirstZ=\"1\" IFD=\"0\"><UUID FileName=\"b.ome.tif\">urn:uuid:b</UUID></TiffData>";
  auto first = counting_pages(2, 2, 1), second = counting_pages(2, 2, 1, 100);
  first[0].description = ome_text(2, 2, 2, 1, 1, "XYZCT", inside);
  const std::string a = put("a.ome.tif", tiff_of(first));
  EXPECT_THAT(error_of([&] { read_plainly(a); }), HasSubstr("b.ome.tif, which is not there"));
  const std::string b = put("b.ome.tif", tiff_of(second));
  const RawStack stack = read_plainly(a);
  expect_counting(stack.counts, {2, 2, 2});
  EXPECT_EQ(stack.sha256, sha256_of_bytes(read_file(a) + read_file(b)));
  // a file of the set that was renamed is known by its identity
  std::filesystem::rename(a, path("renamed.ome.tif"));
  expect_counting(read_plainly(path("renamed.ome.tif")).counts, {2, 2, 2});
}

TEST_F(ReadTiff, OmeCompanionFile) {
  put("set.companion.ome",
      ome_text(2, 2, 2, 1, 1, "XYZCT",
               "<TiffData FirstZ=\"0\"><UUID FileName=\"a.ome.tif\">urn:uuid:a</UUID></TiffData>"
               "<TiffData FirstZ=\"1\"><UUID FileName=\"b.ome.tif\">urn:uuid:b</UUID></TiffData>"));
  auto first = counting_pages(2, 2, 1), second = counting_pages(2, 2, 1, 100);
  const std::string only = "<BinaryOnly MetadataFile=\"set.companion.ome\" UUID=\"urn:uuid:set\"/></OME>";
  first[0].description = "<OME UUID=\"urn:uuid:a\">" + only;
  second[0].description = "<OME UUID=\"urn:uuid:b\">" + only;
  put("a.ome.tif", tiff_of(first));
  put("b.ome.tif", tiff_of(second));
  for (const char* name : {"a.ome.tif", "b.ome.tif", "set.companion.ome"})
    expect_counting(read_plainly(path(name)).counts, {2, 2, 2});
}

TEST_F(ReadTiff, OmeThatContradictsItself) {
  auto pages = counting_pages(2, 2, 2);
  const auto message = [&](const std::string& xml) {
    pages[0].description = xml;
    return error_of([&] { read_plainly(put("a.ome.tif", tiff_of(pages))); });
  };
  EXPECT_THAT(message(ome_text(2, 2, 9, 1, 1, "XYZCT", "<TiffData IFD=\"0\" PlaneCount=\"9\"/>")),
              HasSubstr("has 2 pages where its OME-XML names page 3"));
  EXPECT_THAT(message(ome_text(2, 2, 2, 1, 1, "XYZCT", "<TiffData IFD=\"0\"/>")),
              HasSubstr("no plane for slice 2 of 2"));
  EXPECT_THAT(message(ome_text(2, 2, 2, 1, 1, "XYZCT", "<TiffData IFD=\"0\" FirstZ=\"7\"/>")),
              HasSubstr("outside the image"));
  EXPECT_THAT(message(ome_text(2, 2, 2, 1, 1, "ZYXCT", "<TiffData/>")),
              HasSubstr("DimensionOrder=\"ZYXCT\""));
  EXPECT_THAT(message(ome_text(2, 2, -2, 1, 1, "XYZCT", "<TiffData/>")), HasSubstr("SizeZ=\"-2\""));
  EXPECT_THAT(message("<OME><Image>"), HasSubstr("cannot be read"));
  EXPECT_THAT(message("<OME><Image/></OME>"), HasSubstr("describes no image"));
  EXPECT_THAT(message(ome_text(2, 2, 2, 1, 1, "XYZCT",
                               "<TiffData><UUID FileName=\"../../secret.tif\">x</UUID></TiffData>"
                               "<TiffData><UUID FileName=\"b.tif\">y</UUID></TiffData>")),
              HasSubstr("not a file in the same folder"));
}

TEST_F(ReadTiff, SignificantBitsLimitTheCounts) {
  auto pages = counting_pages(4, 3, 2);
  pages[0].description =
      ome_text(4, 3, 2, 1, 1, "XYZCT", "<TiffData/>",
               "SignificantBits=\"12\" PhysicalSizeX=\"1\" PhysicalSizeY=\"1\" PhysicalSizeZ=\"1\"");
  EXPECT_EQ(read_plainly(put("a.ome.tif", tiff_of(pages))).highest_count, 4095);
  // a header that a voxel proves wrong is not believed
  pages[0].values[0] = 5000;
  EXPECT_EQ(read_plainly(put("b.ome.tif", tiff_of(pages))).highest_count, 65535);
}

TEST_F(ReadTiff, DigitiserThatShowsItself) {
  auto pages = counting_pages(8, 8, 2);
  for (size_t i = 0; i < 9; ++i) pages[0].values[i] = 4095;
  EXPECT_EQ(read_with_voxel(put("a.tif", tiff_of(pages))).highest_count, 65535);
  pages[0].values[9] = 4095;
  EXPECT_EQ(read_with_voxel(put("b.tif", tiff_of(pages))).highest_count, 4095);
}

TEST_F(ReadTiff, ChannelIsAskedForByNumberOrName) {
  auto pages = counting_pages(2, 2, 4);
  pages[0].description = ome_text(2, 2, 2, 2, 1, "XYZCT", "<Channel Name=\"GFP\"/><Channel/><TiffData/>");
  const std::string file = put("a.ome.tif", tiff_of(pages));
  EXPECT_EQ(read_plainly(file, channel("GFP")).counts.at(0, 0, 0), 0);
  EXPECT_EQ(read_plainly(file, channel("2")).counts.at(0, 0, 0), 200);
  EXPECT_THAT(error_of([&] { read_plainly(file); }), HasSubstr("2 channels, 1 (GFP), 2: say which"));
  for (const char* wrong : {"3", "0", "RFP", "1x", ""})
    EXPECT_THAT(error_of([&] { read_plainly(file, channel(wrong)); }), HasSubstr("no channel")) << wrong;
  Session session;
  session.path = file;
  session.channel = "1";  // the manifest wins over the call
  EXPECT_EQ(read_image(session, channel("2")).counts.at(0, 0, 0), 0);
}

TEST_F(ReadTiff, SidecarWinsOverFileAndSaysSo) {
  auto pages = counting_pages(4, 3, 2);
  pages[0].description = ome_text(4, 3, 2, 1, 1, "XYZCT", "<TiffData/>");  // 0.1 x 0.2 x 1.5 um
  Session session;
  session.path = put("a.ome.tif", tiff_of(pages));
  session.voxel_source = "sidecar a.json";
  session.voxel_um[1] = 0.2015;  // within 1 %
  RawStack stack = read_image(session);
  EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.1, 0.2015, 1.5));
  EXPECT_THAT(stack.warnings, IsEmpty());
  session.voxel_um[2] = 1.0;
  stack = read_image(session);
  EXPECT_EQ(stack.counts.voxel_um(), Vec3(0.1, 0.2015, 1.0));
  ASSERT_EQ(stack.warnings.size(), 1U);
  EXPECT_THAT(stack.warnings[0],
              HasSubstr("sidecar a.json differs from that in the file (z 1 um against 1.5 um)"));
}

}  // namespace
}  // namespace spinechron::test
