#include "report/exports.hpp"

#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <sstream>

#include "io/files.hpp"
#include "unit/report/tiny_series.hpp"

namespace spinechron::report {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// 1 stays; 2 is lost; 3 stands where 2 stood; 4 forms elsewhere and goes; 5 has no verdict at first.
SeriesResult every_event() {
  SeriesResult r = tiny_series(4);
  r.tracks = {track(1, 3, Side::left, "1111"), track(2, 6, Side::left, "1000"),
              track(3, 6.4, Side::left, "0011"), track(4, 12, Side::right, "0010"),
              track(5, 15, Side::right, "?111")};
  return r;
}

std::vector<std::string> marks(size_t session) {
  const SeriesResult r = every_event();
  std::vector<std::string> out;
  for (size_t t = 0; t < r.tracks.size(); ++t) out.push_back(mark_of(r, events(r, 1.0), t, session).text);
  return out;
}

TEST(Exports, EveryEventIsSaidWhereItIsSeen) {
  EXPECT_THAT(marks(0), ElementsAre("present", "present eliminated", "absent", "absent", "not_assessable"));
  EXPECT_THAT(marks(1), ElementsAre("present", "absent eliminated", "absent", "absent", "present"));
  EXPECT_THAT(marks(2),
              ElementsAre("present", "absent", "present rescued", "present formed eliminated", "present"));
  EXPECT_THAT(marks(3), ElementsAre("present", "absent", "present", "absent eliminated", "present"));
}

TEST(Exports, PointsAreInVoxels) {
  SeriesResult r = every_event();
  r.tracks[1].sessions[2].measures.head_um = Vec3::Constant(SpineMeasures::kNaN);
  std::istringstream lines(points_csv(r, events(r, 1.0), 2));
  std::vector<std::string> all;
  for (std::string line; std::getline(lines, line);) all.push_back(line);
  ASSERT_EQ(all.size(), 1U + 4U);
  EXPECT_EQ(all[0], "index,axis-0,axis-1,axis-2,spine_id,dendrite_id,what,p_present");
  // The head is at 8.4, 7, 4 um; voxels are 0.25, 0.25, 1 um.
  EXPECT_EQ(all[2], "1,4,28,33.6,3,1,present rescued,0.9");
}

TEST(Exports, SpinesAreTypedNodesOfTheTracing) {
  const SeriesResult r = every_event();
  const std::string text = to_swc(r.sessions[2].frame.dendrites, swc_spines(r, 2));
  EXPECT_THAT(text, HasSubstr("# type 7: spines"));
  const SwcFile back = parse_swc_spines("a.swc", text);
  ASSERT_EQ(back.dendrites.size(), 1U);
  EXPECT_EQ(back.dendrites[0].centreline, r.sessions[2].frame.dendrites[0].centreline);
  ASSERT_EQ(back.spines.size(), 4U);  // 1, 3, 4, 5 are present
  EXPECT_EQ(back.spines[1].id, 3);
  EXPECT_EQ(back.spines[1].dendrite_id, 1);
  EXPECT_EQ(back.spines[1].head_um, r.tracks[2].sessions[2].measures.head_um);
  EXPECT_EQ(back.spines[1].base_um, r.tracks[2].sessions[2].measures.base_um);
  EXPECT_DOUBLE_EQ(back.spines[1].head_radius_um, 0.25);
  EXPECT_DOUBLE_EQ(back.spines[1].neck_radius_um, 0.1);
  // The base hangs on the nearest node of the dendrite: 6.4 um from its beginning, nodes every 0.1 um.
  EXPECT_THAT(text, HasSubstr("# spine 3\n204 7 8.4 7.6 4 0.1 65\n205 7 8.4 7 4 0.25 204\n"));
}

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), n);
  pclose(pipe);
  return out;
}

// The real ROI Manager opens the set, on a virtual screen.
TEST(Exports, ImageJOpensTheRoiSet) {
  if (output_of("command -v imagej").empty() || output_of("command -v xvfb-run").empty())
    GTEST_SKIP() << "imagej or xvfb-run (Debian: imagej, xvfb, xauth) is not here";
  const fs::path folder = fs::temp_directory_path() / "spinechron_imagej_test";
  fs::remove_all(folder);
  SeriesResult r = every_event();
  r.tracks[3].sessions[2].measures.head_um.z() = 100;  // beyond the stack: its last slice
  write_file((folder / "rois.zip").string(), roi_set(r, events(r, 1.0), 2));
  write_file((folder / "look.ijm").string(),
             "newImage(\"x\", \"8-bit black\", 96, 64, 9);\n"
             "roiManager(\"open\", \"" +
                 (folder / "rois.zip").string() +
                 "\");\n"
                 "for (i = 0; i < roiManager(\"count\"); i++) {\n"
                 "  roiManager(\"select\", i);\n"
                 "  Roi.getFloatBounds(x, y, w, h);\n"
                 "  print(\"ROI \" + Roi.getName + \"|\" + Roi.getType + \"|\" + Roi.getStrokeColor + \"|\" "
                 "+ x + \"|\" "
                 "+ y + \"|\" + w + \"|\" + h + \"|\" + getSliceNumber());\n}\n");
  const std::string said = output_of("HOME='" + folder.string() + "' timeout 120 xvfb-run -a imagej -b '" +
                                     (folder / "look.ijm").string() + "' 2>&1");
  fs::remove_all(folder);
  std::vector<std::string> rois;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("ROI ", 0) == 0) rois.push_back(line.substr(4));
  // Heads of 0.5 um are 2 pixels; a head at 33.6, 28 voxels has its centre at 34.1, 28.5 of ImageJ's.
  EXPECT_THAT(rois, ElementsAre("0001 present|oval|#34c759|19.5|27.5|2|2|5",
                                "0002 absent|oval|#8e8e93|31.5|27.5|2|2|5",
                                "0003 present rescued|oval|#ffd60a|33.1|27.5|2|2|5",
                                "0004 present formed eliminated|oval|#2f9bff|55.5|35.5|2|2|9",
                                "0005 present|oval|#34c759|67.5|35.5|2|2|5"))
      << said;
}

TEST(Exports, EqualResultsGiveEqualArchives) {
  const SeriesResult r = every_event();
  EXPECT_EQ(roi_set(r, events(r, 1.0), 1), roi_set(r, events(r, 1.0), 1));
  SeriesResult none = tiny_series(2);
  EXPECT_EQ(roi_set(none, {}, 0).substr(0, 4), "PK\5\6");
}

}  // namespace
}  // namespace spinechron::report
