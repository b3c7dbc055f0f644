#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/labels.hpp"
#include "io/swc.hpp"
#include "report/table.hpp"
#include "report/write_group.hpp"
#include "report/write_series.hpp"
#include "unit/report/tiny_series.hpp"

namespace spinechron::report {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    path_ =
        fs::temp_directory_path() /
        ("spinechron_report_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  void TearDown() override { fs::remove_all(path_); }
  fs::path path_;
};

SeriesResult eventful(const std::string& subject = "01", const std::string& group = "saline") {
  SeriesResult r = tiny_series(3);
  r.series.subject = subject;
  r.series.group = group;
  r.tracks = {track(1, 3, Side::left, "111"), track(2, 6, Side::left, "100"), track(3, 9, Side::left, "101"),
              track(4, 12, Side::right, "001")};
  return r;
}

void write_whole(const SeriesResult& r, const ReportContext& context, const fs::path& out) {
  write_series(r, context, out);
  write_json(series_file(out, r.series, "_provenance.json").string(), provenance_json(r, context));
}

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file()) {
      std::ifstream in(file.path(), std::ios::binary);
      std::ostringstream text;
      text << in.rdbuf();
      out[fs::relative(file.path(), folder).string()] = text.str();
    }
  return out;
}

using WriteSeries = Folder;

TEST_F(WriteSeries, EveryFileOfTheInterface) {
  write_whole(eventful(), {}, path_);
  const auto files = contents(path_);
  const std::string stem = "sub-01/micr/sub-01_sample-A_";
  for (const char* name :
       {"spines.tsv", "spines.json", "events.tsv", "events.json", "dynamics.tsv", "dynamics.json",
        "dendrites.tsv", "dendrites.json", "report.html", "figure.png", "figure.svg", "provenance.json"})
    EXPECT_TRUE(files.count(stem + name)) << name;
  for (const char* session : {"baseline", "stress", "ketamine"}) {
    const std::string in =
        std::string("sub-01/ses-") + session + "/micr/sub-01_ses-" + session + "_sample-A_";
    EXPECT_TRUE(files.count(in + "dendrites.swc")) << session;
    for (const char* name : {"desc-spines_dseg.ome.tif", "desc-spines_dendrites.swc", "desc-spines_rois.zip",
                             "desc-spines_points.csv"})
      EXPECT_TRUE(files.count(in + name)) << session << ' ' << name;
  }
}

TEST_F(WriteSeries, LabelsAndTracingReadBack) {
  write_series(eventful(), {}, path_);
  const fs::path in = path_ / "sub-01/ses-stress/micr";
  const LabelStack labels =
      read_labels((in / "sub-01_ses-stress_sample-A_desc-spines_dseg.ome.tif").string());
  EXPECT_EQ(std::count(labels.labels.begin(), labels.labels.end(), 2U), 0);
  EXPECT_GT(std::count(labels.labels.begin(), labels.labels.end(), 1U), 0);
  const Tracing tracing = read_swc((in / "sub-01_ses-stress_sample-A_dendrites.swc").string());
  ASSERT_EQ(tracing.size(), 1U);
  EXPECT_NEAR(length_um(tracing[0].centreline), 20, 1e-6);
}

TEST_F(WriteSeries, EqualResultsGiveEqualBytes) {
  SeriesResult a = eventful(), b = eventful();
  a.timings = {{"baseline", "read", 0.5}};
  b.timings = {{"baseline", "read", 0.7}};
  write_series(a, {}, path_ / "a");
  write_series(b, {}, path_ / "b");
  EXPECT_EQ(contents(path_ / "a"), contents(path_ / "b"));
}

TEST_F(WriteSeries, AHostileNameStaysText) {
  SeriesResult r = eventful();
  r.series.group = "<img src=x onerror=alert(1)>";
  r.sessions[1].quality.verdict = "usable with care";
  r.sessions[1].quality.reasons = {"\"><script>alert(2)</script>"};
  r.sessions[2].session.path = "\"><svg onload=alert(3)>.tif";
  write_series(r, {}, path_);
  const std::string page = contents(path_)["sub-01/micr/sub-01_sample-A_report.html"];
  for (const char* bad : {"<img", "<script>alert", "<svg onload"})
    EXPECT_EQ(page.find(bad), std::string::npos) << bad;
  EXPECT_THAT(page, testing::HasSubstr("&lt;img src=x onerror=alert(1)&gt;"));
}

TEST_F(WriteSeries, ThePageAsksForNothingFromOutside) {
  write_series(eventful(), {}, path_);
  std::string page = contents(path_)["sub-01/micr/sub-01_sample-A_report.html"];
  const std::string name = "http://www.w3.org/";  // begins names of XML, not addresses
  for (size_t at; (at = page.find(name)) != std::string::npos;) page.erase(at, name.size());
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
}

TEST_F(WriteSeries, ASingleSession) {
  SeriesResult r = tiny_series(1);
  r.tracks = {track(1, 5, Side::left, "1")};
  write_series(r, {}, path_);
  EXPECT_THAT(contents(path_)["sub-01/micr/sub-01_sample-A_report.html"], testing::HasSubstr("1 spines"));
}

TEST_F(WriteSeries, PageAndProvenanceNameWhatMayBeBoutons) {
  SeriesResult r = tiny_series();
  r.tracks = {track(1, 5, Side::left, "111"), track(2, 9, Side::right, "111")};
  write_series(r, {}, path_);
  const auto page = [this] { return contents(path_)["sub-01/micr/sub-01_sample-A_report.html"]; };
  EXPECT_THAT(page(), testing::Not(testing::HasSubstr("id=\"boutons\"")));
  EXPECT_EQ(provenance_json(r, {})["series"]["perhaps_boutons"].dump(), "[]");
  for (Track::InSession& in : r.tracks[1].sessions) in.measures.runs_on = 0.3;
  write_series(r, {}, path_);
  EXPECT_THAT(page(), testing::HasSubstr("id=\"boutons\""));
  EXPECT_EQ(provenance_json(r, {})["series"]["perhaps_boutons"].dump(), "[2]");
}

TEST_F(WriteSeries, ProvenanceNamesInputsAndConfiguration) {
  SeriesResult r = eventful();
  r.sessions[0].sha256 = "abc";
  ReportContext context;
  context.configuration_sha256 = "def";
  context.settings = {{"match", "rescue_um", "1", "um", "how near"}};
  context.plugins = {{"/lib/onnx.so", "123"}};
  context.files = {{"/nets/spines.onnx", "456"}, {"/nets/spines.toml", "789"}};
  const auto json = provenance_json(r, context);
  EXPECT_EQ(json["sessions"][0]["sha256"], "abc");
  EXPECT_EQ(json["configuration"]["sha256"], "def");
  EXPECT_EQ(json["configuration"]["settings"]["match"]["rescue_um"], "1");
  EXPECT_EQ(json["configuration"]["plugins"].dump(), R"([{"path":"/lib/onnx.so","sha256":"123"}])");
  EXPECT_EQ(json["configuration"]["files"][1]["path"], "/nets/spines.toml");
  EXPECT_EQ(json["configuration"]["files"][1]["sha256"], "789");
  EXPECT_EQ(json["series"]["group"], "saline");
  EXPECT_EQ(json["sessions"][1]["registration"]["reference_from_session"].size(), 3U);
}

using WriteGroup = Folder;

TEST_F(WriteGroup, JoinsAllSeriesAndCountsThem) {
  write_whole(eventful("02", "ketamine"), {}, path_);
  write_whole(eventful("01", "saline"), {}, path_);
  write_series(eventful("03"), {}, path_);  // not complete: no provenance
  EXPECT_EQ(write_group(path_), 2U);
  const auto files = contents(path_);
  EXPECT_THAT(files.at("dynamics.tsv"),
              testing::StartsWith("participant_id\tsample_id\tgroup\tdendrite_id\t"));
  EXPECT_THAT(files.at("spines.tsv"),
              testing::HasSubstr("\nsub-02\tsample-A\tketamine\t1\tbaseline\tpresent"));
  EXPECT_LT(files.at("spines.tsv").find("sub-01"), files.at("spines.tsv").find("sub-02"));
  EXPECT_EQ(files.at("spines.tsv").find("sub-03"), std::string::npos);
  const auto summary = nlohmann::json::parse(files.at("summary.json"));
  EXPECT_EQ(summary["n_series"], 2);
  EXPECT_EQ(summary["series"][0]["intervals"][0]["n_eliminated"], 2);
  EXPECT_EQ(summary["series"][0]["intervals"][1]["n_formed"], 2);
  EXPECT_EQ(nlohmann::json::parse(files.at("dataset_description.json"))["DatasetType"], "derivative");
  EXPECT_THAT(files.at("report.html"), testing::HasSubstr("sub-01/micr/sub-01_sample-A_report.html"));
  const Table rescue = read_table(path_ / "group_rescue.tsv");
  ASSERT_EQ(rescue.rows.size(), 2U * 2U * 9U);  // groups x intervals x distances
  // The second interval of the first group: spine 3 comes back at its site, 4 stands on the other side.
  EXPECT_THAT(std::vector<std::string>(rescue.rows[9].begin(), rescue.rows[9].begin() + 7),
              testing::ElementsAre("saline", "stress", "ketamine", "0.25", "1", "2", "1"));
}

TEST_F(WriteGroup, AnotherNetworkIsAnotherConfiguration) {
  ReportContext context;
  context.files = {{"/nets/spines.onnx", "456"}};
  write_whole(eventful("01"), context, path_);
  write_whole(eventful("02"), context, path_);
  const std::string warning = "not all made with the same configuration";
  write_group(path_);
  EXPECT_THAT(contents(path_).at("report.html"), testing::Not(testing::HasSubstr(warning)));
  context.files[0].sha256 = "789";
  write_whole(eventful("02"), context, path_);
  write_group(path_);
  EXPECT_THAT(contents(path_).at("report.html"), testing::HasSubstr(warning));
}

TEST_F(WriteGroup, WithoutSeriesTheTablesHaveTheirHeaders) {
  EXPECT_EQ(write_group(path_), 0U);
  const auto files = contents(path_);
  EXPECT_EQ(files.at("dynamics.tsv").substr(0, 15), "participant_id\t");
  EXPECT_EQ(std::count(files.at("group.tsv").begin(), files.at("group.tsv").end(), '\n'), 1);
}

TEST_F(WriteGroup, BehaviourIsCorrelatedWithFormation) {
  for (int i = 1; i <= 4; ++i) {
    SeriesResult r = eventful("0" + std::to_string(i), i < 3 ? "saline" : "ketamine");
    for (int k = 0; k < i; ++k) r.tracks.push_back(track(10 + k, 14 + k, Side::right, "001"));
    write_whole(r, {}, path_);
  }
  write_file((path_ / "behaviour.tsv").string(),
             "animal\thours\tscore\n01\t24\t1\nsub-02\t24\t2\nsub-03\t24\t3\nsub-04\t24\tn/a\n");
  GroupOptions options;
  options.behaviour = path_ / "behaviour.tsv";
  write_group(path_, options);
  const Table t = read_table(path_ / "group_behaviour.tsv");
  ASSERT_EQ(t.rows.size(), 2U * 3U);  // intervals x (all, saline, ketamine)
  const std::vector<std::string>& all = t.rows[3];
  EXPECT_THAT(std::vector<std::string>(all.begin(), all.begin() + 5),
              testing::ElementsAre("all", "stress", "ketamine", "24", "3"));
  EXPECT_NEAR(std::stod(all[5]), 1.0, 1e-9);  // one more formed spine an animal

  write_file((path_ / "behaviour.tsv").string(), "animal\thours\tscore\nX\t24\t1\n");
  try {
    write_group(path_, options);
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("behaviour.tsv, column animal"));
  }
}

TEST_F(WriteGroup, CountsForAMixedModelAndAWideTable) {
  write_whole(eventful("01", "a \"group\", named oddly"), {}, path_);
  write_whole(eventful("02", "ketamine"), {}, path_);
  write_group(path_);
  const Table counts = read_table(path_ / "group_counts.tsv");
  ASSERT_EQ(counts.rows.size(), 2U * 2U * 2U);  // animals x intervals x (lost, gained)
  EXPECT_THAT(counts.rows[0], testing::ElementsAre("sub-01", "sample-A", "1", "a \"group\", named oddly",
                                                   "baseline", "stress", "48", "elimination", "2", "1"));
  // Two gained where one was: a share of spines before cannot say more than all.
  EXPECT_THAT(counts.rows[3], testing::ElementsAre("sub-01", "sample-A", "1", "a \"group\", named oddly",
                                                   "stress", "ketamine", "48", "formation", "1", "0"));
  const std::string wide = contents(path_).at("group_wide.csv");
  EXPECT_THAT(wide, testing::StartsWith("animal,group,\"elimination from baseline to stress\","
                                        "\"elimination from stress to ketamine\",\"formation from"));
  EXPECT_THAT(wide,
              testing::HasSubstr("\n\"sub-01\",\"a \"\"group\"\", named oddly\",0.6666666666666666,0,"));
  EXPECT_EQ(std::count(wide.begin(), wide.end(), '\n'), 3);
}

TEST_F(WriteGroup, AnUnreadableProvenanceIsNamed) {
  write_whole(eventful(), {}, path_);
  write_file(series_file(path_, eventful().series, "_provenance.json").string(), "{");
  try {
    write_group(path_);
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), testing::HasSubstr("sub-01_sample-A_provenance.json"));
  }
}

}  // namespace
}  // namespace spinechron::report
