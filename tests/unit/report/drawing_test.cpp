#include <gmock/gmock.h>
#include <png.h>

#include <algorithm>
#include <cmath>
#include <pugixml.hpp>

#include "report/figure.hpp"
#include "report/grey.hpp"
#include "report/label_stack.hpp"
#include "report/marks.hpp"
#include "report/panel.hpp"
#include "report/png_file.hpp"
#include "report/scene.hpp"
#include "report/strips.hpp"
#include "unit/report/tiny_series.hpp"

namespace spinechron::report {
namespace {

SeriesResult eventful() {
  SeriesResult r = tiny_series(3);
  r.tracks = {track(1, 3, Side::left, "111"), track(2, 6, Side::left, "100"), track(3, 9, Side::left, "101"),
              track(4, 12, Side::right, "001"), track(5, 15, Side::right, "011")};
  return r;
}

int count(const pugi::xml_document& svg, const std::string& kind) {
  return static_cast<int>(svg.select_nodes(("//g[@class='" + kind + "']").c_str()).size());
}

TEST(Figure, IsWellFormedAndHasOneArrowAnEvent) {
  const SeriesResult r = eventful();
  const auto all = events(r, 1.0);
  pugi::xml_document svg;
  ASSERT_TRUE(svg.load_string(to_svg(figure(r, all, {})).c_str()));
  EXPECT_EQ(count(svg, "arrow eliminated"), 2);
  EXPECT_EQ(count(svg, "site eliminated"), 2);
  EXPECT_EQ(count(svg, "arrow formed"), 3);
  EXPECT_EQ(count(svg, "ring rescued"), 1);
  EXPECT_EQ(svg.select_nodes("//image").size(), 3U);
  EXPECT_EQ(count(svg, "scale-bar"), 1);
}

TEST(Figure, ArrowsNameTheirSpineAndInterval) {
  const SeriesResult r = eventful();
  pugi::xml_document svg;
  ASSERT_TRUE(svg.load_string(to_svg(figure(r, events(r, 1.0), {})).c_str()));
  const auto arrow = svg.select_node("//g[@class='arrow formed'][@data-spine='5']").node();
  ASSERT_TRUE(arrow);
  EXPECT_STREQ(arrow.attribute("data-from").value(), "baseline");
  EXPECT_STREQ(arrow.attribute("data-to").value(), "stress");
}

TEST(Figure, NamesCannotBreakTheDrawing) {
  SeriesResult r = eventful();
  r.series.sample = "<script>alert('\"&')</script>";
  r.sessions[1].session.label = "\x01<&>";
  const std::string text = to_svg(figure(r, events(r, 1.0), {}));
  pugi::xml_document svg;
  ASSERT_TRUE(svg.load_string(text.c_str()));
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find('\x01'), std::string::npos);
}

TEST(Figure, AnUnusableSessionAndAbsentHeadsAreDrawnNevertheless) {
  SeriesResult r = eventful();
  r.sessions[1].frame.usable = false;
  r.sessions[1].frame.dendrites.clear();
  r.sessions[1].frame.arc_from_reference.clear();
  for (Track& t : r.tracks) {
    t.sessions[1] = Track::InSession{};
  }
  const Scene scene = figure(r, events(r, 1.0), {});
  EXPECT_FALSE(to_png(scene, 72).empty());
}

// A bold digit is at most 0.7 of the font size wide and high, and stands on the baseline.
TEST(Figure, TheNumberIsClearOfItsArrowWhicheverWayThatPoints) {
  constexpr double kSize = 5, kDigit = 0.7;
  for (int number : {7, 14, 128})
    for (int degrees = 0; degrees < 360; degrees += 15) {
      const double a = degrees * M_PI / 180;
      const Text text = number_behind({0, 0}, {std::cos(a), std::sin(a)}, number, kSize, EventKind::formed);
      const double half_width = 0.5 * kDigit * double(text.text.size()) * kSize;
      const double beside = std::max(0.0, std::abs(text.x) - half_width);
      const double away = std::max(0.0, std::abs(text.y - 0.35 * kSize) - 0.5 * kDigit * kSize);
      EXPECT_GT(std::hypot(beside, away), 0.3 * kSize) << number << " at " << degrees << " degrees";
      EXPECT_EQ(text.anchor, Text::Anchor::middle);
    }
}

TEST(Png, HasTheSizeAndStatesTheResolution) {
  Scene scene;
  scene.width = 72;
  scene.height = 36;
  const std::string png = to_png(scene, 300);
  const auto at = [&](size_t i) {
    std::uint32_t v = 0;
    for (size_t k = 0; k < 4; ++k) v = v << 8 | static_cast<unsigned char>(png[i + k]);
    return v;
  };
  EXPECT_EQ(at(16), 300U);
  EXPECT_EQ(at(20), 150U);
  EXPECT_EQ(png.substr(37, 4), "pHYs");
  EXPECT_EQ(at(41), 11811U);  // 300 dpi in pixels a metre
}

TEST(Png, KeepsEveryPixel) {
  const std::uint32_t colours[] = {0x00112233, 0x00ff0001, 0x00000000, 0x00abcdef, 0x0000ff00, 0x007f7f7f};
  const std::string png = pack_png(
      {3, 2, 12, reinterpret_cast<const std::uint8_t*>(colours), PngPixels::Kind::colour_of_32_bit, 300});
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_TRUE(png_image_begin_read_from_memory(&image, png.data(), png.size()));
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> back(PNG_IMAGE_SIZE(image));
  ASSERT_TRUE(png_image_finish_read(&image, nullptr, back.data(), 0, nullptr));
  for (size_t i = 0; i < 6; ++i)
    EXPECT_EQ(std::uint32_t{back[3 * i]} << 16 | std::uint32_t{back[3 * i + 1]} << 8 | back[3 * i + 2],
              colours[i]);
}

TEST(Grey, RunsFromBlackToWhiteAndMarksWhatIsNotShown) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(to_grey({5, 10, 20, 99, nan}, 10, 20), testing::ElementsAre(0, 0, 255, 255, kNothingGrey));
  EXPECT_EQ(to_grey({15}, 10, 20)[0], std::lround(255 * std::pow(0.5, kGamma)));
  EXPECT_EQ(to_grey({nan}, nan, nan)[0], kNothingGrey);
  EXPECT_EQ(quantile_of({3, nan, 1, 2}, 0.5), 2);
  EXPECT_TRUE(std::isnan(quantile_of({nan}, 0.5)));
}

TEST(Text, IsCutBetweenCharactersWhereItHasNoRoom) {
  EXPECT_EQ(fitted("ketamine", 10, 100), "ketamine");
  EXPECT_EQ(fitted("ketamine", 10, 29), "keta\u2026");
  EXPECT_EQ(fitted("\u00b5\u00b5\u00b5\u00b5\u00b5\u00b5", 10, 17), "\u00b5\u00b5\u2026");
}

TEST(Base64, AsInItsStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Panel, ShowsTheSameTissueAtTheSamePixelOfAMovedSession) {
  SeriesResult r = tiny_series(2);
  // The second session sees everything 3 um to the right and 2 um down; the registration knows of 2.5 and 2
  // um, the dendrite's correspondence of the rest.
  SessionResult& moved = r.sessions[1];
  moved.image = Image({96, 64, 9}, Vec3(0.25, 0.25, 1.0), 1.0F);
  for (size_t x = 20; x < 96; ++x)
    for (size_t y = 38; y <= 42; ++y) moved.image.at(x, y, 4) = 100.0F;
  moved.image.at(52, 48, 4) = 500.0F;          // at (13, 12) um
  r.sessions[0].image.at(40, 40, 4) = 500.0F;  // at (10, 10) um: the same place
  moved.frame.reference_from_session.shift_um = Vec3(-2.5, -2, 0);
  for (Vec3& p : moved.frame.dendrites[0].centreline) p += Vec3(3, 2, 0);
  const PanelGrid grid = panel_grid(r, 5);
  const auto a = Projector(r, grid, 2.5).session(0), b = Projector(r, grid, 2.5).session(1);
  const auto brightest = [](const std::vector<float>& v) {
    return std::max_element(
               v.begin(), v.end(),
               [](float x, float y) { return (std::isnan(x) ? -1 : x) < (std::isnan(y) ? -1 : y); }) -
           v.begin();
  };
  EXPECT_EQ(brightest(a), brightest(b));
}

TEST(Panel, LeavesOutWhatLiesAboveAndBelowTheDendrite) {
  SeriesResult r = tiny_series(1);
  r.sessions[0].image.at(40, 40, 8) = 900.0F;  // 4 um below the dendrite
  const PanelGrid grid = panel_grid(r, 5);
  const auto panel = Projector(r, grid, 2.5).session(0);
  EXPECT_LE(*std::max_element(panel.begin(), panel.end()), 100.0F);
}

TEST(Strips, OneForEveryEventOnOneSheet) {
  const SeriesResult r = eventful();
  const auto all = events(r, 1.0);
  const auto sheet = montage(r, event_strips(r, all, {}), {});
  ASSERT_TRUE(sheet.has_value());
  pugi::xml_document svg;
  ASSERT_TRUE(svg.load_string(to_svg(*sheet).c_str()));
  EXPECT_EQ(svg.select_nodes("//image").size(), 5U * 3U * 2U);  // events x sessions x (plane, projection)
  SeriesResult quiet = tiny_series(3);
  quiet.tracks = {track(1, 3, Side::left, "111")};
  EXPECT_FALSE(montage(quiet, event_strips(quiet, events(quiet, 1.0), {}), {}).has_value());
}

TEST(Strips, StraightenedHasOneRowASession) {
  const SeriesResult r = eventful();
  const auto scene = straightened(r, events(r, 1.0), {});
  ASSERT_TRUE(scene.has_value());
  pugi::xml_document svg;
  ASSERT_TRUE(svg.load_string(to_svg(*scene).c_str()));
  EXPECT_EQ(svg.select_nodes("//image").size(), 3U);
  EXPECT_EQ(count(svg, "strip-arrow eliminated"), 2);
  EXPECT_EQ(count(svg, "strip-arrow formed"), 3);
}

// Stretched contrast would draw a dendrite that is lost as a band of noise.
TEST(Strips, ALostDendriteIsLeftEmptyAndSaidToBe) {
  SeriesResult r = eventful();
  const auto words = [&] {
    std::vector<std::string> found;
    std::vector<bool> empty;
    const auto scene = straightened(r, events(r, 1.0), {});
    for (const auto& thing : scene->things) {
      if (const auto* text = std::get_if<Text>(&thing))
        if (text->text.find("session") != std::string::npos) found.push_back(text->text);
      if (const auto* picture = std::get_if<Picture>(&thing))
        empty.push_back(std::all_of(picture->raster->grey.begin(), picture->raster->grey.end(),
                                    [](auto v) { return v == kNothingGrey; }));
    }
    found.push_back(testing::PrintToString(empty));
    return found;
  };
  EXPECT_THAT(words(), testing::ElementsAre("{ false, false, false }"));
  r.sessions[1].frame.dendrites[0].snr = kLeastShaftSnr - 0.1;
  EXPECT_THAT(words(), testing::ElementsAre("not seen in this session", "{ false, true, false }"));
  r.sessions[1].frame.dendrites[0].snr = 0;  // not measured, as by a plugin: the picture tells
  EXPECT_THAT(words(), testing::ElementsAre("{ false, false, false }"));
  r.sessions[1].frame.arc_from_reference[0].assign(201, NAN);
  EXPECT_THAT(words(), testing::ElementsAre("not seen in this session", "{ false, true, false }"));
  r.sessions[1].frame.usable = false;
  EXPECT_THAT(words(), testing::ElementsAre("session not usable", "{ false, true, false }"));
}

std::uint32_t label_at(const SparseLabels& s, size_t x, size_t y, size_t z) {
  for (const auto& [voxel, label] : s.voxels)
    if (voxel == (z * s.size.y + y) * s.size.x + x) return label;
  return 0;
}

TEST(LabelStack, HeadNeckAndNothingWhereAbsent) {
  SeriesResult r = tiny_series(2);
  r.tracks = {track(7, 5, Side::left, "10")};
  const SparseLabels present = label_stack(r, 0), absent = label_stack(r, 1);
  EXPECT_EQ(label_at(present, 28, 28, 4), 7U);  // head at (7, 7, 4) um
  EXPECT_EQ(label_at(present, 28, 30, 4), 7U);  // base at (7, 7.6, 4) um
  EXPECT_EQ(label_at(present, 28, 34, 4), 0U);
  EXPECT_TRUE(absent.voxels.empty());
}

TEST(LabelStack, AContestedVoxelBelongsToTheNearerHead) {
  SeriesResult r = tiny_series(1);
  r.tracks = {track(1, 5, Side::left, "1"), track(2, 5.5, Side::left, "1")};
  for (Track& t : r.tracks) t.sessions[0].measures.head_diameter_um = 1.5;
  const SparseLabels s = label_stack(r, 0);
  EXPECT_EQ(label_at(s, 28, 28, 4), 1U);
  EXPECT_EQ(label_at(s, 30, 28, 4), 2U);
}

}  // namespace
}  // namespace spinechron::report
