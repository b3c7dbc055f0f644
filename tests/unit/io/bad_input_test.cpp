// Each kind of bad input gives one sentence that names the file and what would mend it.
#include <sys/wait.h>

#include "io/labels.hpp"
#include "io_fixture.hpp"

namespace spinechron::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class BadInput : public IoTest {
 protected:
  std::string message(const std::string& name, const std::string& bytes) {
    const std::string file = put(name, bytes);
    const std::string text = error_of([&] { read_with_voxel(file); });
    EXPECT_THAT(text, HasSubstr(file));
    EXPECT_THAT(text, ::testing::Not(HasSubstr("\n")));
    return text;
  }
  /// 20 x 20 x 4 voxels of all values from 0 to 255, compressed
  std::string compressed() {
    Image image({20, 20, 4}, Vec3(0.1, 0.1, 1));
    for (size_t i = 0; i < image.size().count(); ++i) image.data()[i] = float((i * 7919) % 251);
    write_ome_tiff(path("good.ome.tif"), image);
    std::ifstream file(path("good.ome.tif"), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(BadInput, MissingFolderAndUnreadable) {
  EXPECT_THAT(error_of([&] { read_with_voxel(path("none.tif")); }),
              AllOf(HasSubstr("none.tif"), HasSubstr("no such file")));
  EXPECT_THAT(error_of([&] { read_with_voxel(folder_.string()); }), HasSubstr("is a folder"));
  const std::string file = put("locked.tif", tiff_of(counting_pages(2, 2, 2)));
  std::filesystem::permissions(folder_, std::filesystem::perms::all);
  std::filesystem::permissions(file, std::filesystem::perms::none);
  // the superuser may read everything, so another user has to try
  const pid_t child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
    ::_exit(error_of([&] { read_with_voxel(file); }).find("no permission") == std::string::npos);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(BadInput, EmptyAndNoImage) {
  EXPECT_THAT(message("a.tif", ""), HasSubstr("is empty"));
  EXPECT_THAT(message("b.tif", "II*"), HasSubstr("truncated or damaged"));
  EXPECT_THAT(message("c.ome.tif", "\x89PNG\r\n\x1A\n"), HasSubstr("not an image"));
  EXPECT_THAT(message("d.tif", std::string("II*\0\x08\0\0\0", 8)), HasSubstr("truncated or damaged"));
}

TEST_F(BadInput, TruncatedAnywhere) {
  for (const std::string& whole : {tiff_of(counting_pages(8, 8, 4)), compressed()})
    for (size_t length = 1; length < whole.size(); length += std::max<size_t>(1, whole.size() / 97))
      EXPECT_NE(message("a.tif", whole.substr(0, length)), "")
          << "cut to " << length << " of " << whole.size();
}

TEST_F(BadInput, DirectoriesInALoopEnd) {
  std::string bytes = tiff_of(counting_pages(2, 2, 3));
  const std::string first = bytes.substr(4, 4);  // where the first directory is
  bytes.replace(bytes.size() - 4, 4, first);     // the last one leads back to it
  EXPECT_EQ(read_with_voxel(put("a.tif", bytes)).counts.size(), (Size3{2, 2, 3}));
}

TEST_F(BadInput, WrongDimension) {
  EXPECT_THAT(message("a.tif", tiff_of(counting_pages(4, 4, 1))), HasSubstr("single plane"));
  auto pages = counting_pages(4, 4, 3);
  pages[0].description = ome_text(4, 4, 1, 1, 3, "XYZCT", "<TiffData/>");
  EXPECT_THAT(message("b.ome.tif", tiff_of(pages)),
              AllOf(HasSubstr("time series of 3 frames"), HasSubstr("z stack is needed")));
  pages = counting_pages(4, 4, 4);
  pages[0].description = ome_text(4, 4, 2, 1, 2, "XYZCT", "<TiffData/>");
  EXPECT_THAT(message("c.ome.tif", tiff_of(pages)), HasSubstr("2 time points of a stack"));
}

TEST_F(BadInput, SizesThatCannotBe) {
  Page huge = counting_pages(2, 2, 1)[0];
  huge.width = huge.height = 4000000000U;
  EXPECT_THAT(message("a.tif", tiff_of({huge, huge})), HasSubstr("truncated or damaged"));
  huge.width = huge.height = 100000;
  EXPECT_THAT(message("b.tif", tiff_of({huge, huge})), HasSubstr("bytes cannot hold them"));
  huge.width = 0;
  EXPECT_NE(message("c.tif", tiff_of({huge, huge})), "");
  auto pages = counting_pages(2, 2, 2);
  pages[0].description = ome_text(2, 2, 1000000000, 1000, 1, "XYZCT", "<TiffData/>");
  EXPECT_THAT(message("d.ome.tif", tiff_of(pages)), HasSubstr("1000000000 slices"));
}

TEST_F(BadInput, MoreMemoryThanAllowed) {
  const std::string file = put("a.tif", tiff_of(counting_pages(16, 16, 4)));
  ReadOptions options;
  options.max_bytes = 16 * 16 * 4 * 4 - 1;
  EXPECT_THAT(error_of([&] { read_with_voxel(file, options); }), HasSubstr("where 0.0 GB are allowed"));
  options.max_bytes += 1;
  EXPECT_EQ(error_of([&] { read_with_voxel(file, options); }), "");
}

TEST_F(BadInput, Cancelled) {
  const std::string file = put("a.tif", tiff_of(counting_pages(4, 4, 4)));
  const std::atomic<bool> stop{true};
  ReadOptions options;
  options.cancelled = &stop;
  EXPECT_THROW(read_with_voxel(file, options), Cancelled);
}

TEST_F(BadInput, ConstantSaturatedNotFinite) {
  auto pages = counting_pages(4, 4, 2);
  for (Page& page : pages) std::fill(page.values.begin(), page.values.end(), 7);
  EXPECT_THAT(message("a.tif", tiff_of(pages)), HasSubstr("all voxels have the value 7"));
  std::fill(pages[0].values.begin(), pages[0].values.end(), 65535);
  EXPECT_EQ(error_of([&] { read_with_voxel(put("b.tif", tiff_of(pages))); }), "");  // just half of it
  pages[1].values[0] = 65535;
  EXPECT_THAT(message("c.tif", tiff_of(pages)), HasSubstr("53 % of its voxels are saturated at 65535"));
  pages = counting_pages(4, 4, 2);
  for (Page& page : pages) page.bits = 32, page.format = 3;
  for (const double bad : {double(NAN), double(INFINITY), -double(INFINITY)}) {
    pages[1].values[15] = bad;
    EXPECT_THAT(message("d.tif", tiff_of(pages)), HasSubstr("not finite"));
  }
}

TEST_F(BadInput, VoxelSizeMissingOrAbsurd) {
  auto pages = counting_pages(4, 4, 2);
  const std::string plain = put("a.tif", tiff_of(pages));
  EXPECT_THAT(error_of([&] { read_plainly(plain); }), AllOf(HasSubstr("along x, y, z is not known"),
                                                            HasSubstr("PixelSize"), HasSubstr("voxel_x_um")));
  for (const char* bad : {"0", "-0.1", "0.0001", "101", "1e300"}) {
    pages[0].description =
        ome_text(4, 4, 2, 1, 1, "XYZCT", "<TiffData/>",
                 "PhysicalSizeX=\"" + std::string(bad) + "\" PhysicalSizeY=\"1\" PhysicalSizeZ=\"1\"");
    EXPECT_THAT(error_of([&] { read_plainly(put("b.ome.tif", tiff_of(pages))); }),
                HasSubstr("voxel size along x is"))
        << bad;
  }
  Session session;
  session.path = plain;
  session.voxel_source = "manifest m.tsv";
  for (const double bad : {0.0, -1.0, 1e9, double(NAN)}) {
    for (auto& voxel : session.voxel_um) voxel = bad;
    EXPECT_THAT(error_of([&] { read_image(session); }), HasSubstr("by manifest m.tsv")) << bad;
  }
}

TEST_F(BadInput, SamplesThatAreNoCounts) {
  auto pages = counting_pages(4, 4, 2);
  for (Page& page : pages) page.bits = 24;
  EXPECT_THAT(message("a.tif", tiff_of(pages)), HasSubstr("samples of 24 bits"));
  pages = counting_pages(4, 4, 2);
  for (Page& page : pages) page.bits = 32, page.format = 6;
  EXPECT_THAT(message("b.tif", tiff_of(pages)), HasSubstr("complex samples"));
}

TEST_F(BadInput, SlicesThatDiffer) {
  const std::string inside = "<TiffData FirstZ=\"0\" IFD=\"0\"/><TiffData FirstZ=\"1\" IFD=\"1\"/>";
  std::vector<Page> pages = {counting_pages(4, 4, 1)[0], counting_pages(4, 5, 1)[0]};
  pages[0].description = ome_text(4, 4, 2, 1, 1, "XYZCT", inside);
  EXPECT_THAT(message("a.ome.tif", tiff_of(pages)), HasSubstr("slice 2 has 4 x 5 pixels"));
}

}  // namespace
}  // namespace spinechron::test
