#include "config/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "fake_stages.hpp"

namespace spinechron {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// Fields that the sections without stages are bound to, as the program has them.
struct Host {
  double rescue_um = 1;
  SeriesConfig series;
  std::vector<Section> sections() {
    Params match;
    match.number("rescue_um", rescue_um, {0, 20}, "um", "rescue distance");
    return {{"match", "", match}, {"series", "order", series.params()}};
  }
};

Plan planned(const std::string& toml, const std::vector<std::string>& sets, Host& host) {
  std::vector<Assignment> a = parse_toml(toml, "x.toml");
  for (const std::string& s : sets) a.push_back(parse_set(s));
  return make_plan(a, fake::registry(), host.sections());
}

std::string message(const std::string& toml, const std::vector<std::string>& sets = {}) {
  Host host;
  try {
    planned(toml, sets, host);
  } catch (const UsageError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Plan, DefaultsGiveTheDefaultStages) {
  Host host;
  const Plan plan = planned("", {}, host);
  std::vector<std::string> names;
  for (const PlannedStage& s : plan.stages) names.push_back(std::string(to_text(s.kind)) + "." + s.name);
  EXPECT_THAT(names, ElementsAre("denoise.motion", "segment.ridges", "align.shafts", "detect.evidence",
                                 "match.joint"));
  ASSERT_EQ(plan.denoise.size(), 1U);
  EXPECT_TRUE(plan.segment && plan.align && plan.detect && plan.match);
}

TEST(Plan, SetsStagesAndHostKeys) {
  Host host;
  const Plan plan = planned(R"(
[denoise]
stage = ["median", "motion"]
[denoise.median]
radius_vox = 3
[segment]
stage = "ridges"
min_length_um = 7
branches = false
[match]
prior = 0.25
rescue_um = 0.5
[series]
sessions = ["day0", "day1"]
)",
                            {}, host);
  ASSERT_EQ(plan.denoise.size(), 2U);
  EXPECT_EQ(dynamic_cast<fake::Median&>(*plan.denoise[0]).radius_vox, 3);
  EXPECT_EQ(dynamic_cast<fake::Motion&>(*plan.denoise[1]).max_shift_um, 2);
  EXPECT_EQ(dynamic_cast<fake::Ridges&>(*plan.segment).min_length_um, 7);
  EXPECT_FALSE(dynamic_cast<fake::Ridges&>(*plan.segment).branches);
  EXPECT_EQ(dynamic_cast<fake::Joint&>(*plan.match).prior, 0.25);
  EXPECT_EQ(host.rescue_um, 0.5);
  EXPECT_THAT(host.series.sessions, ElementsAre("day0", "day1"));
}

TEST(Plan, SetOptionsWinOverTheFileAndTheLastOverTheFirst) {
  Host host;
  const Plan plan = planned("[segment]\nmin_length_um = 7\nbranches = true\n",
                            {"segment.min_length_um=8", "segment.min_length_um=9.5", "segment.branches=false",
                             "denoise.stage=median", "denoise.median.radius_vox=4", "series.sessions=b, a"},
                            host);
  EXPECT_EQ(dynamic_cast<fake::Ridges&>(*plan.segment).min_length_um, 9.5);
  EXPECT_FALSE(dynamic_cast<fake::Ridges&>(*plan.segment).branches);
  ASSERT_EQ(plan.denoise.size(), 1U);
  EXPECT_EQ(dynamic_cast<fake::Median&>(*plan.denoise[0]).radius_vox, 4);
  EXPECT_THAT(host.series.sessions, ElementsAre("b", "a"));
}

TEST(Plan, AnotherStageHasItsOwnKeys) {
  Host host;
  const Plan plan = planned("[segment]\nstage = \"manual\"\nfile = \"a.swc\"\n", {}, host);
  EXPECT_EQ(dynamic_cast<fake::Manual&>(*plan.segment).file, "a.swc");
  EXPECT_THAT(message("[segment]\nstage = \"manual\"\nmin_length_um = 3\n"),
              AllOf(StartsWith("x.toml line 3: [segment]"), HasSubstr("unknown key 'min_length_um'"),
                    HasSubstr("legal keys: stage, file")));
}

TEST(Plan, AnEmptyChainIsLegal) {
  Host host;
  EXPECT_TRUE(planned("[denoise]\nstage = []\n", {}, host).denoise.empty());
}

TEST(Plan, ErrorsNameFileLineKeyAndWhatIsLegal) {
  EXPECT_EQ(
      message("[segment]\n\nmin_lenght_um = 3\n"),
      "x.toml line 3: [segment]: unknown key 'min_lenght_um' (did you mean 'min_length_um'?); legal keys: "
      "stage, min_length_um, method, branches");
  EXPECT_EQ(message("[segment]\nmin_length_um = 300\n"),
            "x.toml line 2: [segment]: 'min_length_um' is a number from 0 to 100 um, not 300");
  EXPECT_EQ(message("[segment]\nmin_length_um = \"long\"\n"),
            "x.toml line 2: [segment]: 'min_length_um' is a number from 0 to 100 um, not long");
  EXPECT_EQ(message("[segment]\nmethod = \"hesian\"\n"),
            "x.toml line 2: [segment]: 'method' is one of hessian, vesselness, not 'hesian'");
  EXPECT_EQ(
      message("[segmnt]\n"),
      "x.toml line 1: unknown section 'segmnt' (did you mean 'segment'?); legal sections: denoise, segment, "
      "align, detect, match, series");
  EXPECT_THAT(message("[segment]\nstage = \"ridge\"\n"),
              AllOf(StartsWith("x.toml line 2: [segment]"), HasSubstr("did you mean 'ridges'")));
  EXPECT_THAT(message("", {"segment.min_length_um=-1"}),
              AllOf(StartsWith("--set segment.min_length_um=-1: "), HasSubstr("from 0 to 100 um")));
  EXPECT_THAT(message("", {"segment.branches=yes"}), HasSubstr("true or false, not 'yes'"));
}

TEST(Plan, ErrorsOfShape) {
  EXPECT_THAT(message("segment = 3\n"), HasSubstr("'segment' is a section: write [segment]"));
  EXPECT_THAT(message("min_um = 3\n"), HasSubstr("unknown key 'min_um' before the first section"));
  EXPECT_THAT(message("[segment.ridges]\nmin_length_um = 3\n"),
              HasSubstr("[segment] has no section 'ridges'"));
  EXPECT_THAT(message("[[segment]]\nmin_length_um = 3\n"), HasSubstr("a section in a list"));
  EXPECT_THAT(message("[segment]\nmin_length_um = 2020-01-01\n"), HasSubstr("a date or time"));
  EXPECT_THAT(message("[segment\n"), AllOf(StartsWith("x.toml line 1"), HasSubstr("not TOML")));
  EXPECT_THAT(message("[segment]\nmin_length_um = nan\n"), HasSubstr("not nan"));
}

TEST(Plan, ErrorsOfTheChain) {
  EXPECT_THAT(message("[denoise]\nradius_vox = 2\n"),
              AllOf(StartsWith("x.toml line 2"), HasSubstr("the keys of a filter stand in [denoise.NAME]")));
  EXPECT_THAT(message("[denoise.medan]\n"), AllOf(StartsWith("x.toml line 1"), HasSubstr("mean 'median'")));
  EXPECT_THAT(message("[denoise]\nstage = [\"motion\", \"motion\"]\n"), HasSubstr("twice"));
  // of a filter that is not in the chain, too
  EXPECT_THAT(message("[denoise.median]\nradius_vox = 100\n"), HasSubstr("from 0 to 9 voxel, not 100"));
}

TEST(Plan, TheFirstWrongLineIsNamed) {
  EXPECT_THAT(message("[segment]\nz = 1\na = 2\n"), StartsWith("x.toml line 2"));
}

TEST(Plan, EffectiveConfigurationGivesTheSamePlanAgain) {
  Host first, second;
  const Plan plan = planned(
      "[segment]\nmin_length_um = 0.1\nmethod=\"vesselness\"\n[series]\nchannel=\"a\\\"b\\\\\"\n", {}, first);
  const Plan again = planned(plan.effective_toml, {}, second);
  EXPECT_THAT(plan.effective_toml, AllOf(HasSubstr("min_length_um = 0.1\n"), HasSubstr("[denoise.motion]\n"),
                                         HasSubstr("stage = [\"motion\"]\n")));
  EXPECT_EQ(again.effective_toml, plan.effective_toml);
  EXPECT_EQ(again.hash, plan.hash);
  EXPECT_EQ(second.series.channel, "a\"b\\");
}

TEST(Plan, HashFollowsWhatIsInEffectOnly) {
  Host a, b, c;
  const std::string bare = planned("", {}, a).hash;
  EXPECT_EQ(bare.size(), 64U);
  EXPECT_EQ(bare, planned("# a comment\n[segment]\nmin_length_um = 5.0\n", {}, b).hash);
  EXPECT_NE(bare, planned("[segment]\nmin_length_um = 5.1\n", {}, c).hash);
}

TEST(Plan, AStageOfTheWrongKindIsRefused) {
  Registry r = fake::registry();
  r.add(fake::entry<fake::Joint>(StageKind::segment, "odd"));
  Host host;
  EXPECT_THROW(make_plan(parse_toml("[segment]\nstage=\"odd\"\n", "x"), r, host.sections()), Error);
}

}  // namespace
}  // namespace spinechron
