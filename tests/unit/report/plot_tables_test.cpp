#include "report/plot_tables.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "report/methods.hpp"
#include "report/study_plots.hpp"
#include "report/tables.hpp"
#include "unit/report/tiny_series.hpp"

namespace spinechron::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::vector<std::string>> rows_with(const Table& t, const std::string& column,
                                                const std::string& value) {
  std::vector<std::vector<std::string>> out;
  for (const auto& row : t.rows)
    if (row[t.find(column).value()] == value) out.push_back(row);
  return out;
}

double number(const Table& t, const std::vector<std::string>& row, const std::string& column) {
  const std::string& text = row[t.find(column).value()];
  return text == "n/a" ? std::nan("") : std::stod(text);
}

SeriesResult three_sessions() {
  SeriesResult r = tiny_series(3);
  r.tracks = {track(1, 3, Side::left, "111"), track(2, 6, Side::left, "100"), track(3, 9, Side::left, "101"),
              track(4, 12, Side::right, "1??"), track(5, 15, Side::right, "001")};
  return r;
}

TEST(SurvivalPoints, AreOfTheFirstSessionsSpinesThatCanBeJudged) {
  const SeriesResult r = three_sessions();
  const Table t = survival_points(r, dynamics(r, events(r, 1), 1), 0.95);
  const auto all = rows_with(t, "kind", "all");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(number(t, all[0], "survival"), 1);
  EXPECT_EQ(number(t, all[0], "spines"), 4);
  EXPECT_NEAR(number(t, all[1], "survival"), 1.0 / 3, 1e-12);
  EXPECT_NEAR(number(t, all[2], "survival"), 2.0 / 3, 1e-12);
  EXPECT_EQ(number(t, all[2], "spines"), 3);
  EXPECT_LT(number(t, all[1], "low"), 1.0 / 3);
}

TEST(RatePoints, OfEveryDendriteAndOfAll) {
  const SeriesResult r = three_sessions();
  const Table t = rate_points(r, dynamics(r, events(r, 1), 1), {});
  const auto lost = rows_with(t, "event", "eliminated");
  ASSERT_EQ(lost.size(), 4U);  // two intervals, the dendrite and all
  EXPECT_NEAR(number(t, lost[0], "rate"), 2.0 / 3, 1e-12);
  EXPECT_EQ(rows_with(t, "dendrite", "all").size(), 4U);
}

TEST(FateCounts, TheMostFrequentFirstAndAllOfThem) {
  SeriesResult r = three_sessions();
  r.tracks.push_back(track(6, 1, Side::left, "111"));
  const Table t = fate_counts(r);
  EXPECT_EQ(t.rows.front()[0], "1-1-1");
  double share = 0;
  for (const auto& row : t.rows) share += number(t, row, "share");
  EXPECT_NEAR(share, 1, 1e-12);
}

TEST(DensityPoints, AddUpToTheSpines) {
  SeriesResult r = tiny_series(1);
  for (int i = 0; i < 10; ++i) r.tracks.push_back(track(i + 1, 1 + 2 * i, Side::left, "1"));
  const Table t = density_points(r, {});
  double mean = 0;
  for (const auto& row : t.rows) mean += number(t, row, "density") / static_cast<double>(t.rows.size());
  EXPECT_NEAR(mean, 0.5, 0.03);  // 10 spines on 20 um, ends included
}

TEST(DensityPoints, NoneWhereTheSessionShowsNothing) {
  SeriesResult r = tiny_series(2);
  r.tracks = {track(1, 3, Side::left, "11")};
  std::vector<double>& arc = r.sessions[1].frame.arc_from_reference[0];
  for (size_t i = arc.size() / 2; i < arc.size(); ++i) arc[i] = std::nan("");
  const Table t = density_points(r, {});
  const auto hidden = rows_with(t, "session", "stress");
  EXPECT_TRUE(std::isnan(number(t, hidden.back(), "density")));
  EXPECT_FALSE(std::isnan(number(t, rows_with(t, "session", "baseline").back(), "density")));
}

TEST(StudySurvival, IsOfAnimalsAndTheMeanOfTheirGroup) {
  Table spines;
  for (const char* name : {"participant_id", "sample_id", "group", "spine_id", "session", "state"})
    spines.columns.push_back({name, "", "", {}});
  const auto add = [&](const std::string& animal, const std::string& spine, const std::string& second) {
    spines.rows.push_back({animal, "sample-A", "saline", spine, "a", "present"});
    spines.rows.push_back({animal, "sample-A", "saline", spine, "b", second});
  };
  add("sub-01", "1", "present");
  add("sub-01", "2", "absent");
  add("sub-01", "3", "not_assessable");
  add("sub-02", "1", "present");
  const Table t = study_survival(spines, {{"a", 0}, {"b", 24}, {"b", 26}}, 0.95);
  const auto mean = rows_with(t, "kind", "mean");
  ASSERT_EQ(mean.size(), 2U);
  EXPECT_NEAR(number(t, mean[1], "survival"), 0.75, 1e-12);
  EXPECT_NEAR(number(t, mean[1], "hours"), 25, 1e-12);
  const Table f = study_fates(spines);
  EXPECT_EQ(f.rows.front()[0], "1-1");
  EXPECT_NEAR(number(f, f.rows.front(), "share"), 0.5, 1e-12);
}

TEST(MethodsText, NamesTheStagesThatWereUsed) {
  MethodsFacts facts;
  facts.stacks = "2 sessions";
  facts.n_sessions = 2;
  facts.settings = {{"denoise", "stage", "[\"motion\", \"mine\"]", "", ""},
                    {"detect", "stage", "\"net\"", "", ""},
                    {"align", "stage", "\"shafts\"", "", ""}};
  const std::string text = analysis_text(facts);
  EXPECT_THAT(text, HasSubstr("motion between neighbouring slices was undone"));
  EXPECT_THAT(text, HasSubstr("the filter 'mine' was applied"));
  EXPECT_THAT(text, HasSubstr("by the plugin stage 'net'"));
  EXPECT_THAT(text, HasSubstr("shafts only"));
  facts.settings = {{"denoise", "stage", "[]", "", ""}};
  EXPECT_THAT(analysis_text(facts), HasSubstr("No filter was applied"));
}

TEST(MethodsText, SpeaksOfTestsOnlyWhereThereWereSome) {
  MethodsFacts facts;
  facts.stacks = "2 fields of view in 1 animal";
  facts.n_sessions = 2;
  EXPECT_THAT(study_methods_text(facts, {}, 0.95), Not(HasSubstr("permutation of whole animals")));
  GroupStatistics statistics;
  statistics.comparisons.push_back({});
  statistics.comparisons.back().contrast = Contrast::between_groups;
  statistics.comparisons.back().test.p = 0.5;
  EXPECT_THAT(study_methods_text(facts, statistics, 0.95), HasSubstr("permutation of whole animals"));
}

TEST(SeriesQuality, SaysWhyInPlainWords) {
  SeriesResult r = tiny_series();
  r.tracks = {track(1, 5, Side::left, "111"), track(2, 9, Side::right, "110")};
  EXPECT_EQ(series_quality_text(r), "usable");
  r.tracks[1].sessions[2].state = State::not_assessable;  // one of six
  EXPECT_EQ(series_quality_text(r), "usable with care: 17% of the spines' states are without a verdict.");
  r.sessions[2].quality.verdict = "not usable";  // it counts no more
  EXPECT_EQ(series_quality_text(r), "usable with care: Session ketamine is not usable.");
  r.sessions[0].quality.verdict = "not usable";
  EXPECT_EQ(series_quality_text(r),
            "not usable: Session baseline is not usable. Session ketamine is not usable.");
}

// An axon's bouton runs on wherever it is seen; what one session alone says, or not all of them, is no flag.
TEST(SeriesQuality, CountsWhatMayBeBoutons) {
  SeriesResult r = tiny_series();
  r.tracks = {track(1, 5, Side::left, "110"), track(2, 9, Side::right, "111"),
              track(3, 15, Side::left, "100")};
  r.tracks[0].sessions[0].measures.runs_on = 0.3;
  r.tracks[0].sessions[1].measures.runs_on = 0.2;
  r.tracks[1].sessions[0].measures.runs_on = 0.3;
  r.tracks[1].sessions[1].measures.runs_on = 0.3;
  r.tracks[1].sessions[2].measures.runs_on = 0.05;
  r.tracks[2].sessions[0].measures.runs_on = 0.4;
  EXPECT_TRUE(perhaps_bouton(r.tracks[0]));
  EXPECT_FALSE(perhaps_bouton(r.tracks[1]));
  EXPECT_FALSE(perhaps_bouton(r.tracks[2]));
  EXPECT_EQ(series_quality_text(r),
            "usable: 1 spine touches something that runs on: perhaps a bouton of an axon.");
  const Table fates = fates_table(r, {});
  const size_t flag = fates.find("perhaps_bouton").value();
  EXPECT_EQ(fates.rows[0][flag] + fates.rows[1][flag] + fates.rows[2][flag], "100");
  r.tracks[1].sessions[2].measures.runs_on = 0.2;
  EXPECT_EQ(series_quality_text(r),
            "usable: 2 spines touch something that runs on: perhaps boutons of an axon.");
}

}  // namespace
}  // namespace spinechron::report
