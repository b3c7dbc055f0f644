#include "graph/store.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "graph/failures.hpp"
#include "io/files.hpp"
#include "report/write_series.hpp"
#include "support/temp_folder.hpp"

namespace spinechron {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    series.subject = "01";
    series.sample = "A";
    for (const std::string label : {"baseline", "stress"}) {
      Session session;
      session.label = label;
      session.path = folder / (label + ".tif");
      test::write_bytes(session.path, "image of " + label);
      age(session.path);
      series.sessions.push_back(session);
    }
  }

  /// Long enough ago for its time to be trusted.
  static void age(const std::string& path) {
    const timespec then[2] = {{1'700'000'000, 0}, {1'700'000'000, 0}};
    utimensat(AT_FDCWD, path.c_str(), then, 0);
  }

  SeriesResult result() const {
    SeriesResult out;
    out.series = series;
    for (const Session& session : series.sessions) {
      SessionResult s;
      s.session = session;
      s.files = {session.path};
      if (const std::string data = session.path + ".raw"; fs::exists(data)) s.files.push_back(data);
      s.sha256 = sha256_of_files(s.files);
      out.sessions.push_back(std::move(s));
    }
    return out;
  }

  /// Two files and the mark, as a series' writer would.
  void make(const ResultStore& store, const std::string& content) const {
    const std::string staged = store.begin(series);
    test::write_bytes(report::series_file(staged, series, "_spines.tsv"), content);
    test::write_bytes(staged + "/sub-01/ses-stress/micr/sub-01_ses-stress_sample-A_dendrites.swc", content);
    store.publish(result(), {{"program", "test"}});
  }

  TempFolder folder;
  std::string out = folder / "out";
  Series series;
};

TEST_F(StoreTest, AResultIsDoneOnlyWhenItIsPublished) {
  ResultStore store(out, "v1");
  EXPECT_FALSE(store.is_done(series));
  test::write_bytes(store.begin(series) + "/sub-01/micr/sub-01_sample-A_spines.tsv", "x");
  EXPECT_FALSE(store.is_done(series));
  EXPECT_FALSE(fs::exists(out + "/sub-01")) << "a file appeared before its set was whole";
  make(store, "one");
  EXPECT_TRUE(store.is_done(series));
  EXPECT_EQ(test::bytes_of(out + "/sub-01/micr/sub-01_sample-A_spines.tsv"), "one");
}

TEST_F(StoreTest, NothingIsLeftBesideTheResults) {
  {
    ResultStore store(out, "v1");
    make(store, "one");
    store.begin(series);
  }
  std::vector<std::string> names;
  for (const auto& [name, bytes] : test::tree(out)) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("sub-01/micr/sub-01_sample-A_provenance.json",
                                 "sub-01/micr/sub-01_sample-A_spines.tsv",
                                 "sub-01/ses-stress/micr/sub-01_ses-stress_sample-A_dendrites.swc"));
  EXPECT_FALSE(fs::exists(out + "/.spinechron-tmp"));
}

TEST_F(StoreTest, AnotherMakerInputOrDescriptionMakesItAgain) {
  make(ResultStore(out, "v1"), "one");
  EXPECT_TRUE(ResultStore(out, "v1").is_done(series));
  EXPECT_FALSE(ResultStore(out, "v2").is_done(series));

  Series other = series;
  other.sessions[1].voxel_um[2] = 0.5;
  EXPECT_FALSE(ResultStore(out, "v1").is_done(other)) << "another voxel size from the sidecar";
  other = series;
  other.sessions.pop_back();
  EXPECT_FALSE(ResultStore(out, "v1").is_done(other)) << "a session less";

  // Same size, newer: the content decides.
  test::write_bytes(series.sessions[0].path, "image of baseline");
  EXPECT_TRUE(ResultStore(out, "v1").is_done(series)) << "written anew with the same bytes";
  test::write_bytes(series.sessions[0].path, "image of BASELINE");
  EXPECT_FALSE(ResultStore(out, "v1").is_done(series)) << "other bytes of the same length";
}

TEST_F(StoreTest, EveryFileOfAnImageCounts) {
  const std::string data = series.sessions[1].path + ".raw";
  test::write_bytes(data, "voxels");
  age(data);
  make(ResultStore(out, "v1"), "one");
  EXPECT_TRUE(ResultStore(out, "v1").is_done(series));
  test::write_bytes(data, "voxels");
  EXPECT_TRUE(ResultStore(out, "v1").is_done(series)) << "written anew with the same bytes";
  test::write_bytes(data, "VOXELS");
  EXPECT_FALSE(ResultStore(out, "v1").is_done(series)) << "other voxels under the same header";
  fs::remove(data);
  EXPECT_FALSE(ResultStore(out, "v1").is_done(series)) << "no voxels";
}

TEST_F(StoreTest, ImagesThatAreMovedAreTheSame) {
  test::write_bytes(series.sessions[1].path + ".raw", "voxels");
  make(ResultStore(out, "v1"), "one");
  for (Session& session : series.sessions) {
    const std::string there = folder / ("elsewhere/" + session.label + ".tif");
    test::write_bytes(there, test::bytes_of(session.path));
    session.path = there;
  }
  EXPECT_FALSE(ResultStore(out, "v1").is_done(series)) << "the voxels are missing there";
  test::write_bytes(folder / "elsewhere/stress.tif.raw", "voxels");
  EXPECT_TRUE(ResultStore(out, "v1").is_done(series));
}

TEST_F(StoreTest, AnInputThatChangedDuringTheRunIsComparedByItsContent) {
  ResultStore store(out, "v1");
  SeriesResult made = result();
  store.begin(series);
  test::write_bytes(report::series_file(store.begin(series), series, "_spines.tsv"), "one");
  // Read before, changed after, published in the end: what is there now is not what was read.
  test::write_bytes(series.sessions[1].path, "image of STRESS");
  store.publish(made, nlohmann::ordered_json::object());
  EXPECT_FALSE(store.is_done(series));
}

TEST_F(StoreTest, ADamagedOrMissingFileMakesItAgain) {
  const std::string swc = out + "/sub-01/ses-stress/micr/sub-01_ses-stress_sample-A_dendrites.swc";
  const std::string mark = out + "/sub-01/micr/sub-01_sample-A_provenance.json";
  for (const std::string& what : {swc, mark}) {
    ResultStore store(out, "v1");
    make(store, "one");
    ASSERT_TRUE(store.is_done(series));
    test::write_bytes(what, test::bytes_of(what).substr(0, 2));
    EXPECT_FALSE(store.is_done(series)) << what << " was cut";
    make(store, "one");
    fs::remove(what);
    EXPECT_FALSE(store.is_done(series)) << what << " was removed";
  }
}

TEST_F(StoreTest, ANewSetReplacesTheOldOneWhole) {
  ResultStore store(out, "v1");
  make(store, "one");
  const std::string other = out + "/sub-01/micr/sub-01_sample-AB_spines.tsv";
  test::write_bytes(other, "another sample");
  series.sessions.pop_back();
  const std::string staged = store.begin(series);
  test::write_bytes(report::series_file(staged, series, "_spines.tsv"), "two");
  store.publish(result(), nlohmann::ordered_json::object());
  EXPECT_TRUE(store.is_done(series));
  EXPECT_FALSE(fs::exists(out + "/sub-01/ses-stress/micr/sub-01_ses-stress_sample-A_dendrites.swc"));
  EXPECT_EQ(test::bytes_of(other), "another sample");
}

TEST_F(StoreTest, StagingOfADeadProcessIsRemovedThatOfALivingOneIsNot) {
  fs::create_directories(out + "/.spinechron-tmp/host-1/sub-09_sample-A");
  test::write_bytes(out + "/.spinechron-tmp/host-1.lock", "");
  const FileLock alive = FileLock::wait(
      (fs::create_directories(out + "/.spinechron-tmp/host-2"), out + "/.spinechron-tmp/host-2.lock"));
  { ResultStore store(out, "v1"); }
  EXPECT_FALSE(fs::exists(out + "/.spinechron-tmp/host-1"));
  EXPECT_FALSE(fs::exists(out + "/.spinechron-tmp/host-1.lock"));
  EXPECT_TRUE(fs::exists(out + "/.spinechron-tmp/host-2"));
}

TEST_F(StoreTest, FilesInTheMakingOfADeadProcessAreRemoved) {
  test::write_bytes(out + "/.report.html.4000000.0.tmp", "half");
  test::write_bytes(out + fmt::format("/.report.html.{}.0.tmp", getpid()), "alive");
  test::write_bytes(out + "/.hidden", "the user's");
  ResultStore store(out, "v1");
  EXPECT_FALSE(fs::exists(out + "/.report.html.4000000.0.tmp"));
  EXPECT_TRUE(fs::exists(out + fmt::format("/.report.html.{}.0.tmp", getpid())));
  EXPECT_TRUE(fs::exists(out + "/.hidden"));
}

TEST_F(StoreTest, AFolderThatCannotBeMadeIsAUsageError) {
  test::write_bytes(folder / "file", "");
  EXPECT_THROW(ResultStore(folder / "file/out", "v1"), UsageError);
  EXPECT_THROW(ResultStore(folder / "file", "v1"), UsageError);
}

TEST_F(StoreTest, FailuresAreJoinedOverCalls) {
  ResultStore store(out, "v1");
  const auto failure = [](const std::string& subject, const std::string& why) {
    return Failure{subject, "A", "stress", "segment", why};
  };
  write_failures(store, {failure("10", "x"), failure("2", "y\tz")}, {}, true);
  const std::string whole = test::bytes_of(out + "/failures.tsv");
  EXPECT_EQ(whole,
            "participant_id\tsample_id\tsession\tstage\treason\n"
            "sub-2\tsample-A\tstress\tsegment\ty z\nsub-10\tsample-A\tstress\tsegment\tx\n");
  EXPECT_EQ(read_failures(out).at(0).stem(), "sub-2_sample-A");

  // Two calls, each for its own series, leave the same.
  write_failures(store, {}, {}, true);
  EXPECT_THAT(read_failures(out), IsEmpty());
  EXPECT_THAT(test::bytes_of(out + "/failures.tsv"), HasSubstr("participant_id"));
  write_failures(store, {failure("10", "x")}, {"sub-10_sample-A"}, false);
  write_failures(store, {failure("2", "y\tz")}, {"sub-2_sample-A", "sub-3_sample-A"}, false);
  EXPECT_EQ(test::bytes_of(out + "/failures.tsv"), whole);
  // What is mended disappears.
  write_failures(store, {}, {"sub-10_sample-A"}, false);
  EXPECT_EQ(read_failures(out).size(), 1U);
  EXPECT_FALSE(fs::exists(out + "/.failures.lock"));
}

}  // namespace
}  // namespace spinechron
