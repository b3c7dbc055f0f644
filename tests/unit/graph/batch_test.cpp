#include "graph/batch.hpp"

#include <gmock/gmock.h>

#include <map>
#include <mutex>
#include <set>

#include "graph/memory.hpp"
#include "support/fake_stages.hpp"

namespace spinechron {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Size3 kSize{16, 8, 4};

/// `count` series of `sessions` sessions each; the path of a session is its value: "10", "11", ...
std::vector<Series> make_series(size_t count, size_t sessions = 3) {
  std::vector<Series> out;
  for (size_t i = 0; i < count; ++i) {
    Series series;
    series.subject = fmt::format("{:02}", i + 1);
    series.sample = "A";
    for (size_t s = 0; s < sessions; ++s) {
      Session session;
      session.label = std::vector<std::string>{"baseline", "stress", "ketamine", "late"}.at(s);
      session.path = std::to_string(10 * (i + 1) + s);
      series.sessions.push_back(session);
    }
    out.push_back(series);
  }
  return out;
}

struct Recorder : BatchObserver {
  std::vector<std::string> begun, ended;
  std::map<std::string, std::vector<std::string>>
      stages;  ///< of each series, in the order in which they ended
  std::vector<Failure> failures;
  void started(const Series& series) override { begun.push_back(series.stem()); }
  void stage_done(const StageEvent& event) override {
    stages[event.series].push_back(event.timing.session + ":" + event.timing.stage);
  }
  void finished(const Finished& finished) override { ended.push_back(finished.series); }
  void failed(const Failure& failure) override { failures.push_back(failure); }
};

class BatchTest : public ::testing::Test {
 protected:
  BatchTest() {
    plan.denoise.push_back(std::make_unique<test::FakeDenoiser>());
    auto segmenter = std::make_unique<test::FakeSegmenter>();
    segment = segmenter.get();
    plan.segment = std::move(segmenter);
    plan.align = std::make_unique<test::FakeAligner>();
    plan.detect = std::make_unique<test::FakeDetector>();
    plan.match = std::make_unique<test::FakeMatcher>();
    ends.voxels = [](const Session&) { return kSize.count(); };
    ends.read = [](const Session& session) {
      RawStack raw;
      raw.counts = Image(kSize, {0.1, 0.1, 0.5}, std::stof(session.path));
      raw.sha256 = "hash of " + session.path;
      return raw;
    };
    ends.calibrate = [](RawStack raw, const Context&) {
      Stack stack;
      stack.image = std::move(raw.counts);
      return stack;
    };
    ends.write = [this](const SeriesResult& result) {
      const std::lock_guard lock(mutex);
      std::string text;
      for (const SessionResult& s : result.sessions)
        text += fmt::format("{} {} {} {};", s.session.label, s.sha256, s.image.at(0, 0, 0),
                            s.frame.usable ? "usable" : "not usable");
      for (const Track& t : result.tracks)
        for (const Track::InSession& s : t.sessions)
          text += fmt::format("{}@{}={} ", t.spine_id, t.arc_um, s.measures.brightness);
      written[result.series.stem()] = text;
    };
    options.jobs = 2;
    options.memory_bytes = 1 << 30;
  }

  BatchReport run(const std::vector<Series>& series) {
    return run_batch(series, plan, ends, options, recorder);
  }

  Plan plan;
  test::FakeSegmenter* segment;
  Ends ends;
  BatchOptions options;
  Recorder recorder;
  std::mutex mutex;
  std::map<std::string, std::string> written;
};

TEST_F(BatchTest, EverySeriesGoesThroughAllStagesInOrder) {
  const BatchReport report = run(make_series(5));
  EXPECT_EQ(report.done, 5U);
  EXPECT_FALSE(report.cancelled);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_THAT(recorder.ended, SizeIs(5));
  const auto& stages = recorder.stages["sub-03_sample-A"];
  const auto place = [&](const std::string& name) {
    return std::find(stages.begin(), stages.end(), name) - stages.begin();
  };
  for (const std::string session : {"baseline", "stress", "ketamine"}) {
    EXPECT_LT(place(session + ":read"), place(session + ":calibrate"));
    EXPECT_LT(place(session + ":calibrate"), place(session + ":denoise"));
    EXPECT_LT(place(session + ":denoise"), place(session + ":segment"));
    EXPECT_LT(place(session + ":segment"), place(":align"));
    EXPECT_LT(place(":align"), place(session + ":detect"));
    EXPECT_LT(place(session + ":detect"), place(":match"));
  }
  EXPECT_LT(place(":match"), place(":write"));
  EXPECT_EQ(place(":write") + 1, static_cast<std::ptrdiff_t>(stages.size()));
  // Read as 30, 31, 32; the filter adds one; the sessions stay in order.
  EXPECT_THAT(written["sub-03_sample-A"],
              HasSubstr("baseline hash of 30 31 usable;stress hash of 31 32 usable;ketamine hash of 32 33"));
  EXPECT_THAT(written["sub-03_sample-A"], HasSubstr("=31 "));
}

TEST_F(BatchTest, ResultsDoNotDependOnThreads) {
  const auto series = make_series(12);
  options.jobs = 1;
  run(series);
  const auto alone = written;
  for (int jobs : {2, 3, 8}) {
    written.clear();
    options.jobs = jobs;
    run(series);
    EXPECT_EQ(written, alone) << "with " << jobs << " jobs";
  }
}

TEST_F(BatchTest, ASingleSessionGoesThrough) {
  EXPECT_EQ(run(make_series(1, 1)).done, 1U);
  EXPECT_THAT(written["sub-01_sample-A"], HasSubstr("baseline hash of 10"));
}

TEST_F(BatchTest, AnEmptyBatchIsDone) {
  const BatchReport report = run({});
  EXPECT_EQ(report.done, 0U);
  EXPECT_FALSE(report.cancelled);
}

TEST_F(BatchTest, AnErrorEndsItsOwnSeriesAndSaysWhere) {
  segment->before = [](const Stack& stack, const Context&) {
    if (stack.image.at(0, 0, 0) == 22) throw Error("the image is upside down: turn it");
  };
  const BatchReport report = run(make_series(4));
  EXPECT_EQ(report.done, 3U);
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures[0].stem(), "sub-02_sample-A");
  EXPECT_EQ(report.failures[0].session, "stress");
  EXPECT_EQ(report.failures[0].stage, "segment");
  EXPECT_EQ(report.failures[0].reason,
            "sub-02_sample-A / ses-stress / segment: the image is upside down: turn it");
  EXPECT_EQ(written.count("sub-02_sample-A"), 0U);
  EXPECT_EQ(written.size(), 3U);
}

TEST_F(BatchTest, OfSeveralFailuresTheFirstSessionsIsNamed) {
  segment->before = [](const Stack& stack, const Context&) {
    // The later sessions fail sooner.
    if (stack.image.at(0, 0, 0) == 11) std::this_thread::sleep_for(20ms);
    throw Error("no");
  };
  for (int repeat = 0; repeat < 5; ++repeat) {
    const BatchReport report = run(make_series(1));
    ASSERT_THAT(report.failures, SizeIs(1));
    EXPECT_EQ(report.failures[0].session, "baseline");
  }
}

TEST_F(BatchTest, WhateverIsThrownIsContained) {
  ends.write = [](const SeriesResult& result) {
    if (result.series.subject == "01") throw std::bad_alloc();
    if (result.series.subject == "02") throw 7;
    if (result.series.subject == "03") throw std::out_of_range("vector");
  };
  const BatchReport report = run(make_series(4));
  EXPECT_EQ(report.done, 1U);
  ASSERT_THAT(report.failures, SizeIs(3));
  EXPECT_THAT(report.failures[0].reason, HasSubstr("sub-01_sample-A / write: out of memory: lower --jobs"));
  EXPECT_THAT(report.failures[1].reason,
              HasSubstr("sub-02_sample-A / write: the stage failed without a reason"));
  EXPECT_THAT(report.failures[2].reason, HasSubstr("sub-03_sample-A / write: vector"));
}

TEST_F(BatchTest, NoDendriteInAnySessionIsAnErrorButOneEmptySessionIsNot) {
  plan.denoise.clear();
  auto series = make_series(2);
  for (Session& session : series[0].sessions) session.path = "0";
  series[1].sessions[1].path = "0";
  const BatchReport report = run(series);
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures[0].reason, HasSubstr("sub-01_sample-A / segment: no dendrite was found"));
  EXPECT_THAT(written["sub-02_sample-A"], HasSubstr("stress hash of 0 0 not usable"));
}

TEST_F(BatchTest, AStageThatGivesTooFewFramesIsAnError) {
  struct Short : Aligner {
    Params params() override { return {}; }
    std::vector<Frame> run(const std::vector<const Stack*>&, const std::vector<Tracing>&,
                           const Context&) const override {
      return std::vector<Frame>(1);
    }
  };
  plan.align = std::make_unique<Short>();
  const BatchReport report = run(make_series(1));
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_THAT(report.failures[0].reason, HasSubstr("align: the stage gave 1 frames for 3 sessions"));
}

TEST_F(BatchTest, BytesInFlightStayInTheBudget) {
  const std::uint64_t need = estimated_need_bytes(3 * kSize.count(), kSize.count(), 3);
  options.jobs = 8;
  options.memory_bytes = 2 * need + need / 2;
  std::atomic<int> images = 0, most = 0;
  ends.read = [&, read = ends.read](const Session& session) {
    const int now = ++images;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(1ms);
    return read(session);
  };
  ends.write = [&](const SeriesResult& result) { images -= static_cast<int>(result.sessions.size()); };
  const BatchReport report = run(make_series(20));
  EXPECT_EQ(report.done, 20U);
  EXPECT_EQ(report.most_in_flight, 2U);
  EXPECT_LE(report.most_bytes_in_flight, options.memory_bytes);
  EXPECT_LE(most, 6) << "images of more than two series were held at once";
}

TEST_F(BatchTest, FewSeriesAreInFlightHoweverLargeTheBudget) {
  EXPECT_LE(run(make_series(30)).most_in_flight, 2U);
}

TEST_F(BatchTest, ASeriesAboveTheBudgetIsRefusedAndTheOthersGoOn) {
  ends.voxels = [](const Session& session) {
    return session.path == "21" ? std::uint64_t{1} << 40 : kSize.count();
  };
  const BatchReport report = run(make_series(3));
  EXPECT_EQ(report.done, 2U);
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures[0].stem(), "sub-02_sample-A");
  EXPECT_THAT(report.failures[0].reason, HasSubstr("may be used: raise --memory"));
}

TEST_F(BatchTest, AMissingFileIsFoundBeforeItsSeriesBegins) {
  ends.voxels = [](const Session& session) -> std::uint64_t {
    if (session.path == "12") throw Error("12.tif: there is no such file");
    return kSize.count();
  };
  const BatchReport report = run(make_series(2));
  ASSERT_THAT(report.failures, SizeIs(1));
  EXPECT_EQ(report.failures[0].reason,
            "sub-01_sample-A / ses-ketamine / read: 12.tif: there is no such file");
  EXPECT_THAT(recorder.begun, ElementsAre("sub-02_sample-A"));
}

TEST_F(BatchTest, CancellingEndsSoonAndLeavesNoFailure) {
  std::atomic<bool> cancelled = false;
  options.cancelled = &cancelled;
  std::atomic<int> begun = 0;
  segment->before = [&](const Stack&, const Context& context) {
    if (++begun == 3) cancelled = true;
    for (int i = 0; i < 2000; ++i) {
      context.check_cancelled();
      std::this_thread::sleep_for(1ms);
      if (begun < 3) return;
    }
  };
  const auto begin = std::chrono::steady_clock::now();
  const BatchReport report = run(make_series(30));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  EXPECT_TRUE(report.cancelled);
  EXPECT_LT(report.done, 30U);
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_EQ(written.size(), report.done);
}

/// Says when the second series is read, and lets a step of the first one wait for it.
struct SecondSeries {
  std::atomic<bool> read = false;
  void see(const Session& session) {
    if (session.path == "20") read = true;
  }
  void wait() const {
    // On a busy machine a worker takes seconds to come over from the batch before.
    for (int i = 0; i < 60000 && !read; ++i) std::this_thread::sleep_for(1ms);
    if (!read) throw Error("the second series was not read meanwhile");
  }
};

TEST_F(BatchTest, TheNextSeriesIsReadWhileOneIsWritten) {
  SecondSeries second;
  options.jobs = 2;
  ends.read = [&, read = ends.read](const Session& session) { return second.see(session), read(session); };
  ends.write = [&](const SeriesResult&) { second.wait(); };
  EXPECT_THAT(run(make_series(2)).failures, IsEmpty());
}

TEST_F(BatchTest, WithMoreThreadsThanSessionsTheNextSeriesIsReadWhileOneIsMatched) {
  struct Waiting : test::FakeMatcher {
    const SecondSeries& second;
    explicit Waiting(const SecondSeries& s) : second(s) {}
    std::vector<Track> run(const std::vector<const Stack*>& stacks, const std::vector<Frame>& frames,
                           const std::vector<std::vector<Candidate>>& candidates,
                           const Context& context) const override {
      second.wait();
      return FakeMatcher::run(stacks, frames, candidates, context);
    }
  };
  SecondSeries second;
  options.jobs = 4;
  ends.read = [&, read = ends.read](const Session& session) { return second.see(session), read(session); };
  plan.match = std::make_unique<Waiting>(second);
  EXPECT_THAT(run(make_series(2)).failures, IsEmpty());
}

TEST_F(BatchTest, WithTwoThreadsNoSeriesIsAlignedWhileAnotherIsWritten) {
  // Both are what needs the most memory.
  static std::atomic<int> most, now;
  most = now = 0;
  struct Enter {
    Enter() {
      const int here = ++now;
      for (int seen = most; here > seen && !most.compare_exchange_weak(seen, here);) {
      }
      std::this_thread::sleep_for(2ms);
    }
    ~Enter() { --now; }
  };
  struct Aligner : test::FakeAligner {
    std::vector<Frame> run(const std::vector<const Stack*>& stacks, const std::vector<Tracing>& tracings,
                           const Context& context) const override {
      const Enter enter;
      return FakeAligner::run(stacks, tracings, context);
    }
  };
  options.jobs = 2;
  plan.align = std::make_unique<Aligner>();
  ends.write = [&](const SeriesResult&) { const Enter enter; };
  EXPECT_EQ(run(make_series(10)).done, 10U);
  EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace spinechron
