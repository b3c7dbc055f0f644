#include "graph/progress.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace spinechron {
namespace {

Series series_of(const std::string& subject, size_t sessions) {
  Series series;
  series.subject = subject;
  series.sample = "A";
  series.sessions.resize(sessions);
  return series;
}

TEST(Progress, GrowsFromNothingToAll) {
  Progress progress(2, 1, 3);
  EXPECT_EQ(progress.fraction(), 0);
  EXPECT_FALSE(progress.seconds_left());
  progress.started(series_of("01", 2));
  double before = 0;
  for (int step = 0; step < 2 * 5 + 3; ++step) {
    progress.stage_done({"sub-01_sample-A", {"s", "stage", 0.1}, 0});
    EXPECT_GT(progress.fraction(), before);
    before = progress.fraction();
  }
  EXPECT_DOUBLE_EQ(progress.fraction(), 0.5);
  EXPECT_TRUE(progress.seconds_left());
  progress.finished("sub-01_sample-A");
  EXPECT_DOUBLE_EQ(progress.fraction(), 0.5);
  progress.started(series_of("02", 1));
  progress.failed("sub-02_sample-A");
  EXPECT_DOUBLE_EQ(progress.fraction(), 1);
}

TEST(Progress, SaysWhatRuns) {
  Progress progress(4, 0, 1);
  EXPECT_EQ(progress.current(), "");
  progress.started(series_of("01", 1));
  progress.started(series_of("02", 1));
  progress.stage_began("sub-01_sample-A", "baseline", "segment");
  EXPECT_EQ(progress.current(), "sub-01_sample-A segment");
  const auto json = progress.to_json("running");
  EXPECT_EQ(json.at("series"), 5);
  EXPECT_EQ(json.at("done"), 1);
  EXPECT_EQ(json.at("running").size(), 2U);
  EXPECT_EQ(json.at("running")[0].at("stage"), "segment");
  progress.finished("sub-01_sample-A");
  EXPECT_EQ(progress.current(), "sub-02_sample-A read");
}

TEST(Progress, NothingToDoIsAllDone) {
  EXPECT_EQ(Progress(0, 0, 7).fraction(), 1);
}

TEST(Progress, DurationsAreShort) {
  EXPECT_EQ(duration_text(45), "45 s");
  EXPECT_EQ(duration_text(720), "12 min");
  EXPECT_EQ(duration_text(11520), "3.2 h");
}

}  // namespace
}  // namespace spinechron
