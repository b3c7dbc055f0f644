#include "io/files.hpp"
#include "io/labels.hpp"
#include "io/swc.hpp"
#include "io_fixture.hpp"

namespace spinechron::test {
namespace {

using ::testing::HasSubstr;

class Written : public IoTest {};

Tracing two_dendrites() {
  Tracing tracing(2);
  tracing[0].id = 2;
  tracing[0].centreline = {{0, 0, 0}, {0.1, 0.2, 0.3}, {1, 1, 1.0 / 3}};
  tracing[0].radius_um = {0.5, 0.25, 0.125};
  tracing[1].id = 5;
  tracing[1].centreline = {{2, 2, 2}, {3, 3, 3}};
  tracing[1].radius_um = {0.1, 0.2};
  tracing[1].parent = 2;
  tracing[1].parent_point = 1;
  return tracing;
}

TEST_F(Written, SwcAsThePaperSays) {
  EXPECT_EQ(to_swc(two_dendrites()),
            "# um; id type x y z radius parent\n# dendrite 2\n1 3 0 0 0 0.5 -1\n2 3 0.1 0.2 0.3 0.25 1\n"
            "3 3 1 1 0.3333333333333333 0.125 2\n# dendrite 5\n4 3 2 2 2 0.1 2\n5 3 3 3 3 0.2 4\n");
}

TEST_F(Written, SwcReadsBackExactly) {
  // a child that hangs on the last point of the dendrite before is told apart by the comment
  for (const size_t parent_point : {0U, 1U, 2U}) {
    Tracing tracing = two_dendrites();
    tracing[1].parent_point = parent_point;
    write_swc(path("a.swc"), tracing);
    const Tracing back = read_swc(path("a.swc"));
    ASSERT_EQ(back.size(), 2U);
    for (size_t d = 0; d < 2; ++d) {
      EXPECT_EQ(back[d].id, tracing[d].id);
      EXPECT_EQ(back[d].centreline, tracing[d].centreline);
      EXPECT_EQ(back[d].radius_um, tracing[d].radius_um);
      EXPECT_EQ(back[d].parent, tracing[d].parent);
      EXPECT_EQ(back[d].parent_point, tracing[d].parent_point);
    }
  }
  EXPECT_TRUE(parse_swc("e.swc", to_swc({})).empty());
}

TEST_F(Written, SwcOfOthers) {
  const Tracing tracing =
      parse_swc("a.swc", " 1 1 0 0 0 5 -1\r\n2 3 1 0 0 1 1\n\n10 3 5 5 5 1 1\n11 3 6 5 5 1 10\n");
  ASSERT_EQ(tracing.size(), 2U);
  EXPECT_EQ(tracing[0].centreline.size(), 2U);
  EXPECT_EQ(tracing[1].parent, 1);
  EXPECT_EQ(tracing[1].parent_point, 0U);
  EXPECT_THAT(error_of([] { parse_swc("a.swc", "1 3 0 0 0 1 -1\n1 3 0 0 0 1 -1\n"); }),
              HasSubstr("a.swc, line 2: node 1 comes twice"));
  EXPECT_THAT(error_of([] { parse_swc("a.swc", "1 3 0 0 0 1 9\n"); }), HasSubstr("hangs on node 9"));
  EXPECT_THAT(error_of([] { parse_swc("a.swc", "# x\n1 3 0 0 0 1\n"); }), HasSubstr("a.swc, line 2"));
  EXPECT_THAT(error_of([] { parse_swc("a.swc", "1 3 0 nan 0 1 -1\n"); }), HasSubstr("is not a node"));
}

TEST_F(Written, LabelsReadBack) {
  LabelStack stack{std::vector<std::uint32_t>(size_t(300) * 200 * 3), {300, 200, 3}, {0.12, 0.13, 1.5}};
  for (size_t i = 0; i < stack.labels.size(); ++i)
    stack.labels[i] = std::uint32_t(i % 70 == 0 ? i % 60000 : 0);
  for (const std::uint32_t largest : {65535U, 65536U, 4000000000U}) {
    stack.labels.back() = largest;
    write_labels(path("l.ome.tif"), stack);
    const std::string bytes = read_file(path("l.ome.tif"));
    const LabelStack back = read_labels(path("l.ome.tif"));
    EXPECT_EQ(back.labels, stack.labels);
    EXPECT_EQ(back.size, stack.size);
    EXPECT_EQ(back.voxel_um, stack.voxel_um);
    EXPECT_NE(bytes.find(largest > 65535 ? "Type=\"uint32\"" : "Type=\"uint16\""), std::string::npos);
    write_labels(path("m.ome.tif"), stack);
    EXPECT_EQ(read_file(path("m.ome.tif")), bytes);
    SparseLabels sparse{{}, stack.size, stack.voxel_um};
    for (size_t i = 0; i < stack.labels.size(); ++i)
      if (stack.labels[i]) sparse.voxels.emplace_back(i, stack.labels[i]);
    write_labels(path("s.ome.tif"), sparse);
    EXPECT_EQ(read_file(path("s.ome.tif")), bytes);
    sparse.voxels.emplace_back(stack.size.count(), 1);
    EXPECT_THAT(error_of([&] { write_labels(path("s.ome.tif"), sparse); }), HasSubstr("beyond the stack"));
  }
  stack.labels.pop_back();
  EXPECT_THAT(error_of([&] { write_labels(path("n.ome.tif"), stack); }), HasSubstr("labels for"));
}

TEST_F(Written, EmptyLabelsAndSinglePlane) {
  write_labels(path("l.ome.tif"), {std::vector<std::uint32_t>(12), {4, 3, 1}, {1, 1, 1}});
  EXPECT_EQ(read_labels(path("l.ome.tif")).labels, std::vector<std::uint32_t>(12));
  EXPECT_THAT(error_of([&] { read_labels(put("p.tif", tiff_of(counting_pages(2, 2, 2)))); }),
              HasSubstr("not an OME-TIFF"));
}

TEST_F(Written, CountsAreRoundedAndCut) {
  Image image({3, 2, 2}, Vec3(0.1, 0.1, 1));
  const float values[] = {-5, 0.4F, 0.6F, 65534.6F, 70000, 12};
  for (size_t i = 0; i < 12; ++i) image.data()[i] = values[i % 6];
  write_ome_tiff(path("a.ome.tif"), image);
  const RawStack stack = read_plainly(path("a.ome.tif"));
  EXPECT_EQ(stack.counts.size(), image.size());
  EXPECT_EQ(stack.counts.voxel_um(), image.voxel_um());
  const float expected[] = {0, 0, 1, 65535, 65535, 12};
  for (size_t i = 0; i < 12; ++i) EXPECT_EQ(stack.counts.data()[i], expected[i % 6]);
}

TEST_F(Written, UnwritablePlaceLeavesNothing) {
  put("file", "");
  EXPECT_THAT(error_of([&] {
                write_ome_tiff(path("file/a.ome.tif"), Image({2, 2, 2}, Vec3::Ones()));
              }),
              HasSubstr("file/a.ome.tif"));
  EXPECT_THAT(error_of([&] { write_ome_tiff(path("a.ome.tif"), Image()); }), HasSubstr("cannot be written"));
  EXPECT_FALSE(std::filesystem::exists(path("a.ome.tif")));
}

}  // namespace
}  // namespace spinechron::test
