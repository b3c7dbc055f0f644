#include "graph/isolate.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/error.hpp"
#include "graph/worker.hpp"

namespace spinechron {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Recorder : BatchObserver {
  std::vector<std::string> stages, ended, notes;
  void stage_done(const StageEvent& event) override { stages.push_back(event.timing.stage); }
  void finished(const Finished& finished) override {
    ended.push_back(finished.series);
    for (const auto& note : finished.notes) notes.push_back(note.session + ": " + note.text);
  }
};

std::vector<Series> make_series(size_t count) {
  std::vector<Series> out(count);
  for (size_t i = 0; i < count; ++i) {
    out[i].subject = std::to_string(i + 1);
    out[i].sample = "A";
    out[i].sessions.resize(1);
    out[i].sessions[0].label = "baseline";
  }
  return out;
}

/// A worker as a shell script; $subject is its series' subject.
IsolateOptions worker(const std::string& script) {
  IsolateOptions options;
  options.worker = {"/bin/sh", "-c",
                    "subject=$(cat | sed 's/.*\"subject\":\"\\([^\"]*\\)\".*/\\1/')\n"
                    "say() { printf '%s\\n' \"$1\"; }\n"
                    "finish() { say "
                    "'{\"says\":\"finished\",\"spines\":3,\"seconds\":1,\"peak_memory_bytes\":7,\"notes\":[["
                    "\"baseline\",\"dim\"]]}'; }\n" +
                        script};
  return options;
}

TEST(Worker, ASeriesSurvivesItsJson) {
  Series series = make_series(1)[0];
  series.group = "ketamine";
  series.sessions[0].path = "a b\"ü.tif";
  series.sessions[0].hours = 0.1;
  series.sessions[0].voxel_um[2] = 0.7;
  series.sessions[0].channel = "2";
  series.sessions[0].lens = Lens{0.8, 1.04};
  const Series back = series_from_json(nlohmann::ordered_json::parse(to_json(series).dump()));
  EXPECT_EQ(back.stem(), series.stem());
  EXPECT_EQ(back.group, "ketamine");
  EXPECT_EQ(back.sessions[0].path, series.sessions[0].path);
  EXPECT_EQ(back.sessions[0].hours, 0.1);
  EXPECT_EQ(back.sessions[0].voxel_um[0], std::nullopt);
  EXPECT_EQ(back.sessions[0].voxel_um[2], 0.7);
  EXPECT_EQ(back.sessions[0].channel, "2");
  ASSERT_TRUE(back.sessions[0].lens);
  EXPECT_EQ(back.sessions[0].lens->numerical_aperture, 0.8);
  EXPECT_EQ(back.sessions[0].lens->wavelength_um, 1.04);
  EXPECT_THROW(series_from_json({{"subject", 3}}), Error);
}

TEST(Isolate, WhatAWorkerSaysIsPassedOn) {
  Recorder recorder;
  auto options = worker(
      "say "
      "'{\"says\":\"stage\",\"session\":\"baseline\",\"stage\":\"read\",\"seconds\":0.5,\"peak_memory_"
      "bytes\":7}'; say nonsense; "
      "finish");
  options.at_once = 3;
  const BatchReport report = run_isolated(make_series(7), options, recorder);
  EXPECT_EQ(report.done, 7U);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_THAT(recorder.ended, SizeIs(7));
  EXPECT_THAT(recorder.stages, SizeIs(7));
  EXPECT_EQ(recorder.notes.front(), "baseline: dim");
}

TEST(Isolate, EveryEndOfAWorkerCostsItsOwnSeriesOnly) {
  Recorder recorder;
  auto options = worker(R"(say '{"says":"began","session":"baseline","stage":"segment"}'
    case $subject in
      1) kill -SEGV $$ ;;
      2) kill -KILL $$ ;;
      3) exit 7 ;;
      4) exec sleep 60 ;;
      5) say '{"says":"failed","session":"baseline","stage":"read","reason":"a.tif: is empty"}'; exit 1 ;;
      6) exit 0 ;;
      7) finish; kill -SEGV $$ ;;
      *) finish ;;
    esac)");
  options.timeout_s = 0.5;
  options.at_once = 2;
  const BatchReport report = run_isolated(make_series(8), options, recorder);
  EXPECT_EQ(report.done, 2U) << "a fault behind the result, as of a library that is unloaded, costs nothing";
  EXPECT_FALSE(report.cancelled);
  ASSERT_THAT(report.failures, SizeIs(6));
  EXPECT_THAT(report.failures[0].reason,
              HasSubstr("sub-1_sample-A / ses-baseline / segment: its process was ended by signal 11"));
  EXPECT_THAT(report.failures[1].reason, HasSubstr("signal 9 (Killed): most likely memory ran out"));
  EXPECT_THAT(report.failures[2].reason, HasSubstr("ended with status 7 and without a reason"));
  EXPECT_THAT(report.failures[3].reason, HasSubstr("it took longer than 0.5 s: raise --timeout"));
  EXPECT_EQ(report.failures[4].reason, "a.tif: is empty");
  EXPECT_EQ(report.failures[4].stage, "read");
  EXPECT_THAT(report.failures[5].reason, HasSubstr("without a reason")) << "status 0 alone is no result";
}

TEST(Isolate, CancellingEndsWorkersSoon) {
  Recorder recorder;
  std::atomic<bool> cancelled = false;
  auto options = worker("exec sleep 60");
  options.cancelled = &cancelled;
  std::thread soon([&] {
    std::this_thread::sleep_for(200ms);
    cancelled = true;
  });
  const auto begin = std::chrono::steady_clock::now();
  const BatchReport report = run_isolated(make_series(3), options, recorder);
  soon.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  EXPECT_TRUE(report.cancelled);
  EXPECT_THAT(report.failures, IsEmpty());
}

TEST(Isolate, AWorkerThatCannotBeStartedIsAFailure) {
  Recorder recorder;
  IsolateOptions options;
  options.worker = {"/no/such/program"};
  const BatchReport report = run_isolated(make_series(1), options, recorder);
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures[0].reason, HasSubstr("/no/such/program: cannot be started"));
}

}  // namespace
}  // namespace spinechron
