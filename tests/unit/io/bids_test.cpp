#include "io/bids.hpp"

#include "io/bids_name.hpp"
#include "io_fixture.hpp"

namespace spinechron::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Bids : public IoTest {
 protected:
  void image(const std::string& subject, const std::string& session, const std::string& middle,
             const std::string& extension = "_2PE.ome.tif") {
    put("sub-" + subject + "/ses-" + session + "/micr/sub-" + subject + "_ses-" + session + "_" + middle +
            extension,
        "x");
  }
  InputSet find(const FindOptions& options = {}) { return find_series(folder_.string(), options); }
  static std::vector<std::string> labels(const FoundSeries& found) {
    std::vector<std::string> result;
    for (const Session& session : found.series.sessions) result.push_back(session.label);
    return result;
  }
  static std::vector<std::string> stems(const InputSet& set) {
    std::vector<std::string> result;
    for (const FoundSeries& found : set.series) result.push_back(found.series.stem());
    return result;
  }
};

TEST_F(Bids, SeriesInNaturalOrderSessionsAsInTheExperiment) {
  for (const char* session : {"ketamine", "week10", "baseline", "week9", "stress"})
    image("2", session, "sample-A");
  image("10", "baseline", "sample-B");
  image("10", "baseline", "sample-A", "_CONF.nrrd");
  put("participants.tsv", "participant_id\tgroup\nsub-2\tketamine\nsub-10\tn/a\n");
  const InputSet set = find();
  EXPECT_THAT(stems(set), ElementsAre("sub-2_sample-A", "sub-10_sample-A", "sub-10_sample-B"));
  EXPECT_THAT(labels(set.series[0]), ElementsAre("baseline", "stress", "ketamine", "week9", "week10"));
  EXPECT_EQ(set.series[0].series.group, "ketamine");
  EXPECT_EQ(set.series[1].series.group, "");
  EXPECT_EQ(set.series[0].problem, "");
  EXPECT_THAT(set.warnings, IsEmpty());
  FindOptions options;
  options.session_order = {"stress", "baseline"};
  EXPECT_THAT(labels(find(options).series[0]),
              ElementsAre("stress", "baseline", "ketamine", "week9", "week10"));
}

TEST_F(Bids, EveryExtensionAndWhatIsLeftOut) {
  int count = 0;
  for (const char* extension :
       {".ome.tif", ".ome.tiff", ".tif", ".tiff", ".ome.btf", ".ome.zarr", ".nrrd", ".nhdr", ".mha", ".mhd"})
    image("01", "a", "sample-" + std::to_string(++count), "_2PE" + std::string(extension));
  image("01", "a", "sample-x", "_photo.tif");
  image("01", "a", "sample-x_desc-spines", "_dseg.ome.tif");
  image("01", "a", "sample-x", "_2PE.png");
  put("derivatives/other/sub-01/ses-a/micr/sub-01_ses-a_sample-y_2PE.tif", "x");
  put("sub-01/ses-a/micr/my stack.tif", "x");
  put("sub-01/ses-a/micr/sub-01_ses-a_2PE.tif", "x");
  const InputSet set = find();
  EXPECT_EQ(set.series.size(), 10U);
  EXPECT_THAT(set.warnings, ::testing::UnorderedElementsAre(HasSubstr("my stack.tif was left out"),
                                                            HasSubstr("no sample-")));
}

TEST_F(Bids, SidecarsAreInherited) {
  image("01", "a", "sample-A");
  image("01", "b", "sample-A");
  image("01", "b", "sample-B");
  image("01", "b", "sample-C", "_CONF.tif");
  put("2PE.json", R"({"PixelSize": [100, 110, 1200], "PixelSizeUnits": "nm"})");
  put("sub-01/ses-b/micr/sub-01_ses-b_sample-A_2PE.json",
      R"({"PixelSize": [0.2, 0.2, 1], "PixelSizeUnits": "um"})");
  put("sub-01/sub-01_sample-B_2PE.json", R"({"PixelSize": [0.0003, 0.0003, 0.002], "PixelSizeUnits": "mm"})");
  const InputSet set = find();
  const auto& a = set.series[0].series.sessions;
  EXPECT_EQ(a[0].voxel_um[0], 0.1);
  EXPECT_EQ(a[0].voxel_um[1], 0.11);
  EXPECT_EQ(a[0].voxel_um[2], 1.2);
  EXPECT_EQ(a[0].voxel_source, "sidecar " + path("2PE.json"));
  EXPECT_EQ(a[1].voxel_um[0], 0.2);
  EXPECT_EQ(set.series[1].series.sessions[0].voxel_um[2], 2.0);
  EXPECT_FALSE(set.series[2].series.sessions[0].voxel_um[0].has_value());
  EXPECT_EQ(set.series[2].series.sessions[0].voxel_source, "");
}

TEST_F(Bids, TheLensIsInheritedAndNonsenseIsNotUsed) {
  for (const char* sample : {"A", "B", "C"}) image("01", "a", "sample-" + std::string(sample));
  put("2PE.json", R"({"NumericalAperture": 0.95})");
  const std::string stem = "sub-01/ses-a/micr/sub-01_ses-a_sample-";
  put(stem + "B_2PE.json", R"({"NumericalAperture": 0.8, "ExcitationWavelength": 1040})");
  put(stem + "C_2PE.json", R"({"NumericalAperture": "much"})");
  const InputSet set = find();
  const auto lens = [&](size_t i) { return set.series[i].series.sessions[0].lens; };
  ASSERT_TRUE(lens(0) && lens(1));
  EXPECT_EQ(lens(0)->numerical_aperture, 0.95);
  EXPECT_EQ(lens(0)->wavelength_um, 0.92);
  EXPECT_EQ(lens(1)->numerical_aperture, 0.8);
  EXPECT_EQ(lens(1)->wavelength_um, 1.04);
  EXPECT_FALSE(lens(2));
}

TEST_F(Bids, BadSidecarCostsOnlyItsSeries) {
  for (const char* sample : {"A", "B", "C", "D", "E"}) image("01", "a", "sample-" + std::string(sample));
  const std::string stem = "sub-01/ses-a/micr/sub-01_ses-a_sample-";
  put(stem + "A_2PE.json", "{\"PixelSize\": [0.1, ");
  put(stem + "B_2PE.json", R"({"PixelSize": [0.1, 0.1, 1]})");
  put(stem + "C_2PE.json", R"({"PixelSize": ["a", 0.1, 1], "PixelSizeUnits": "um"})");
  put(stem + "D_2PE.json", R"([1])");
  const InputSet set = find();
  EXPECT_THAT(set.series[0].problem, AllOf(HasSubstr("sample-A_2PE.json"), HasSubstr("not valid JSON")));
  EXPECT_THAT(set.series[1].problem, AllOf(HasSubstr("sample-B_2PE.json"), HasSubstr("PixelSizeUnits")));
  EXPECT_THAT(set.series[2].problem, HasSubstr("not a number"));
  EXPECT_THAT(set.series[3].problem, HasSubstr("not a JSON object"));
  EXPECT_EQ(set.series[4].problem, "");
}

TEST_F(Bids, TimesOrderSessions) {
  for (const char* session : {"baseline", "stress", "zero"}) image("01", session, "sample-A");
  put("sub-01/sub-01_sessions.tsv",
      "session_id\tacq_time\nses-baseline\t2020-02-28T12:00:00\nses-stress\t2020-03-01T00:30:00.000Z\nses-"
      "zero\t2020-02-28T09:00:00\n");
  const InputSet set = find();
  const auto& sessions = set.series[0].series.sessions;
  EXPECT_EQ(sessions[0].label, "zero");
  EXPECT_EQ(sessions[0].hours, 0.0);
  EXPECT_EQ(sessions[1].hours, 3.0);
  EXPECT_EQ(sessions[2].hours, 39.5);  // over the 29th of February
}

TEST_F(Bids, TimesThatAreMissingOrWrong) {
  for (const char* session : {"stress", "baseline"}) image("01", session, "sample-A");
  image("02", "baseline", "sample-A");
  put("sub-01/sub-01_sessions.tsv",
      "session_id\tacq_time\nses-baseline\t2020-02-28T12:00:00\nses-stress\tn/a\n");
  InputSet set = find();
  EXPECT_THAT(labels(set.series[0]), ElementsAre("baseline", "stress"));
  EXPECT_EQ(set.series[0].series.sessions[0].hours, std::nullopt);
  EXPECT_THAT(set.warnings, ElementsAre(HasSubstr("only 1 of its 2 sessions have a time")));
  put("sub-01/sub-01_sessions.tsv", "session_id\tacq_time\nses-baseline\tyesterday\n");
  set = find();
  EXPECT_THAT(set.series[0].problem,
              HasSubstr("sub-01_sessions.tsv, line 2, column acq_time: \"yesterday\""));
  EXPECT_EQ(set.series[1].problem, "");
}

TEST_F(Bids, RepeatedSessionIsAProblemOfItsSeriesOnly) {
  image("01", "a", "sample-A_run-1");
  image("01", "a", "sample-A_run-2");
  image("01", "a", "sample-B");
  const InputSet set = find();
  EXPECT_THAT(set.series[0].problem,
              AllOf(HasSubstr("session a is there twice"), HasSubstr("run-1"), HasSubstr("run-2")));
  EXPECT_EQ(set.series[1].problem, "");
}

TEST_F(Bids, NameThatContradictsItsFolder) {
  put("sub-01/ses-a/micr/sub-02_ses-a_sample-A_2PE.tif", "x");
  EXPECT_THAT(find().series[0].problem, HasSubstr("another subject or session than its folder"));
}

TEST_F(Bids, WithoutSessionFolders) {
  put("sub-01/micr/sub-01_sample-A_2PE.tif", "x");
  const InputSet set = find();
  EXPECT_THAT(labels(set.series[0]), ElementsAre("1"));
  EXPECT_EQ(set.series[0].problem, "");
}

TEST_F(Bids, SelectionByLabel) {
  for (const char* subject : {"01", "02"})
    for (const char* sample : {"A", "B"}) image(subject, "a", "sample-" + std::string(sample));
  FindOptions options;
  options.participants = {"sub-02"};
  options.samples = {"B"};
  EXPECT_THAT(stems(find(options)), ElementsAre("sub-02_sample-B"));
  options.participants = {"03"};
  EXPECT_THAT(error_of([&] { find(options); }), HasSubstr("holds no sub-03; there is 01, 02"));
}

TEST_F(Bids, NothingToAnalyse) {
  EXPECT_THROW(find(), UsageError);
  EXPECT_THROW(find_series(path("none")), UsageError);
  EXPECT_THROW(find_series(put("a.txt", "")), UsageError);
  put("sub-01/anat/x.nii", "");
  EXPECT_THAT(error_of([&] { find(); }), HasSubstr("holds no image"));
  image("01", "a", "sample-A");
  put("participants.tsv", "participant_id\tgroup\nsub-01\n");
  EXPECT_THAT(error_of([&] { find(); }), HasSubstr("participants.tsv, line 2"));
}

TEST_F(Bids, SamplesWithoutImageAreNamed) {
  image("01", "a", "sample-A");
  put("samples.tsv",
      "sample_id\tparticipant_id\tsample_type\nsample-A\tsub-01\ttissue\nsample-B\tsub-01\ttissue\n");
  EXPECT_THAT(find().warnings, ElementsAre(HasSubstr("names sample B of subject 01")));
}

TEST_F(Bids, Manifest) {
  const std::string manifest =
      put("m/list.tsv",
          "subject\tsample\tsession\tpath\tgroup\thours\tchannel\tvoxel_x_um\tvoxel_y_um\tvoxel_z_um\n"
          "sub-01\tA\tlate\t../b.tif\tk\t50\tGFP\t0.1\t0.1\t1\n"
          "01\tsample-A\tses-early\t/abs/a.tif\tk\t2.5\tn/a\tn/a\tn/a\tn/a\n");
  FindOptions options;
  options.channel = "3";
  const InputSet set = find_series(manifest, options);
  ASSERT_EQ(set.series.size(), 1U);
  const Series& series = set.series[0].series;
  EXPECT_EQ(set.series[0].problem, "");
  EXPECT_EQ(series.group, "k");
  EXPECT_THAT(labels(set.series[0]), ElementsAre("early", "late"));
  EXPECT_EQ(series.sessions[0].path, "/abs/a.tif");
  EXPECT_EQ(series.sessions[0].channel, "3");
  EXPECT_EQ(series.sessions[0].hours, 0.0);
  EXPECT_EQ(series.sessions[0].voxel_source, "");
  EXPECT_EQ(series.sessions[1].path, path("b.tif"));
  EXPECT_EQ(series.sessions[1].channel, "GFP");
  EXPECT_EQ(series.sessions[1].hours, 47.5);
  EXPECT_EQ(series.sessions[1].voxel_um[2], 1.0);
  EXPECT_EQ(series.sessions[1].voxel_source, "manifest " + manifest);
}

TEST_F(Bids, ManifestErrors) {
  const auto message = [&](const std::string& text) {
    return error_of([&] { find_series(put("m.tsv", text)); });
  };
  const std::string head = "subject\tsample\tsession\tpath\tvoxel_x_um\n";
  EXPECT_THAT(message("subject\tsample\tpath\n"), HasSubstr("no column session"));
  EXPECT_THAT(message(head), HasSubstr("lists no image"));
  EXPECT_THAT(message(head + "01\tA\ta\n"), HasSubstr("line 2: has 3 cells"));
  EXPECT_THAT(message(head + "01\tA\tn/a\tx.tif\t1\n"), HasSubstr("m.tsv, line 2, column session: is empty"));
  EXPECT_THAT(message(head + "../x\tA\ta\tx.tif\t1\n"),
              HasSubstr("line 2, column subject: \"../x\" is not a label"));
  const InputSet set =
      find_series(put("m.tsv", head + "01\tA\ta\tx.tif\tlarge\n01\tB\ta\tx.tif\t1\n02\tA\ta\tx."
                                      "tif\t1\n02\tA\ta\ty.tif\t1\n02\tC\ta\tn/a\t1\n"));
  EXPECT_THAT(set.series[0].problem,
              HasSubstr("m.tsv, line 2, column voxel_x_um: \"large\" is not a number"));
  EXPECT_EQ(set.series[1].problem, "");
  EXPECT_THAT(set.series[2].problem, HasSubstr("session a is there twice"));
  EXPECT_THAT(set.series[3].problem, HasSubstr("line 6, column path: is empty"));
}

TEST(NaturalOrder, NumbersCount) {
  EXPECT_TRUE(natural_less("ses2", "ses10"));
  EXPECT_FALSE(natural_less("ses10", "ses2"));
  EXPECT_TRUE(natural_less("01", "1"));
  EXPECT_FALSE(natural_less("1", "01"));
  EXPECT_TRUE(natural_less("a", "a1"));
  EXPECT_FALSE(natural_less("a", "a"));
}

TEST(BidsNames, AreTakenApart) {
  const auto name = io_detail::parse_bids_name("sub-01_ses-a_sample-A_chunk-2_2PE.ome.tif");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->entity("chunk"), "2");
  EXPECT_EQ(name->suffix, "2PE");
  EXPECT_EQ(name->extension, ".ome.tif");
  for (const char* bad :
       {"", ".tif", "a", "sub-_2PE.tif", "sub-1_sub-2_x.tif", "sub-01_2P-E.tif", "a b.tif", "-1_x.tif"})
    EXPECT_FALSE(io_detail::parse_bids_name(bad).has_value()) << bad;
}

}  // namespace
}  // namespace spinechron::test
