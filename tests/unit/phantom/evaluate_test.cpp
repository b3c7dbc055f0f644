#include "phantom/evaluate.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.hpp"
#include "phantom/assignment.hpp"
#include "phantom/random.hpp"

namespace spinechron {
namespace {

namespace fs = std::filesystem;

TrueSpine real(const char* session, const char* spine, double x, bool present = true, bool visible = true) {
  return {session, spine, Vec3(x, 5, 5), present, visible && present, true};
}
FoundSpine mine(const char* session, const char* id, double x, const char* state = "present") {
  return {session, id, state, Vec3(x, 5, 5)};
}

TEST(Assignment, IsTheBestOfAllPermutations) {
  Random random(1, "assignment");
  for (int trial = 0; trial < 50; ++trial) {
    const size_t n = 1 + random.index(5), m = n + random.index(3);
    Eigen::MatrixXd cost(n, m);
    for (long i = 0; i < cost.rows(); ++i)
      for (long j = 0; j < cost.cols(); ++j) cost(i, j) = random.uniform(-1, 5);
    std::vector<size_t> order(m);
    for (size_t j = 0; j < m; ++j) order[j] = j;
    double best = 1e9;
    do {
      double sum = 0;
      for (size_t i = 0; i < n; ++i) sum += cost(long(i), long(order[i]));
      best = std::min(best, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    for (const bool turned : {false, true}) {
      const Eigen::MatrixXd c = turned ? Eigen::MatrixXd(cost.transpose()) : cost;
      double sum = 0;
      const auto pairs = cheapest_assignment(c);
      EXPECT_EQ(pairs.size(), n);
      for (const auto& [i, j] : pairs) sum += c(long(i), long(j));
      EXPECT_NEAR(sum, best, 1e-12);
    }
  }
}

TEST(Assignment, OfNothingIsNothing) {
  EXPECT_TRUE(cheapest_assignment(Eigen::MatrixXd(0, 3)).empty());
}

TEST(Score, PerfectResultHasNoFault) {
  const std::vector<TrueSpine> truth = {real("a", "1", 10),        real("a", "2", 20),
                                        real("a", "3", 30, false), real("b", "1", 10),
                                        real("b", "2", 20, false), real("b", "3", 30)};
  const std::vector<FoundSpine> found = {mine("a", "7", 10.2),         mine("a", "8", 20),
                                         mine("a", "9", 30, "absent"), mine("b", "7", 10.1),
                                         mine("b", "8", 20, "absent"), mine("b", "9", 30)};
  const Score s = score_sample(
      truth, found,
      {{"7", "a", "b", "stable", 0.9}, {"8", "a", "b", "eliminated", 0.8}, {"9", "a", "b", "formed", 0.7}});
  EXPECT_EQ(s.detection.f1(), 1);
  EXPECT_EQ(s.eliminated.tp, 1);
  EXPECT_EQ(s.formed.tp, 1);
  EXPECT_EQ(s.same, 1);
  EXPECT_EQ(s.silent, 0);
  EXPECT_EQ(s.asked, 2);
  ASSERT_EQ(s.outcomes.size(), 3U);
  for (const auto& o : s.outcomes) EXPECT_TRUE(o.right);
}

TEST(Score, EveryFaultIsCountedOnce) {
  const std::vector<TrueSpine> truth = {real("a", "1", 10),
                                        real("a", "2", 20),
                                        real("a", "4", 40),
                                        real("a", "5", 50),
                                        real("a", "6", 60, true, false),
                                        real("b", "1", 10),
                                        real("b", "2", 20),
                                        real("b", "4", 40, false),
                                        real("b", "5", 50),
                                        real("b", "6", 60)};
  const std::vector<FoundSpine> found = {
      mine("a", "11", 10), mine("b", "11", 10, "absent"),          // false elimination; missed in b
      mine("a", "12", 20), mine("b", "13", 20),                    // identity switch
      mine("a", "14", 40), mine("b", "14", 40, "not_assessable"),  // missed elimination, no verdict
      mine("a", "16", 60), mine("b", "16", 60),                    // doubtful in a: neither right nor wrong
      mine("a", "17", 70), mine("b", "17", 70, "absent")};         // nothing is there; spine 5 is missed
  const Score s = score_sample(truth, found, {});
  EXPECT_EQ(s.detection.tp, 3 + 2);
  EXPECT_EQ(s.detection.fn, 1 + 2);
  EXPECT_EQ(s.detection.fp, 1);
  EXPECT_EQ(s.eliminated.tp, 0);
  EXPECT_EQ(s.eliminated.fp, 2);
  EXPECT_EQ(s.eliminated.fn, 1);
  EXPECT_EQ(s.formed.fp, 0);
  EXPECT_EQ(s.pairs, 1);
  EXPECT_EQ(s.same, 0);
  EXPECT_EQ(s.asked, 4);
  EXPECT_EQ(s.silent, 3);  // 12 has no row in b, 14 no verdict, 5 was not found
}

TEST(Score, ALossBesideANeighbourDoesNotCount) {
  const std::vector<TrueSpine> truth = {real("a", "1", 10), real("a", "2", 10.8, false),
                                        real("b", "1", 10, false), real("b", "2", 10.8)};
  const Score s = score_sample(truth, {mine("a", "1", 10), mine("b", "1", 10.8)}, {});
  EXPECT_EQ(s.eliminated.fn, 0);
  EXPECT_EQ(s.formed.fn, 0);
}

TEST(Score, TwoRowsOfOneSpineAreAnError) {
  EXPECT_THROW(score_sample({real("a", "1", 10)}, {mine("a", "1", 10), mine("a", "1", 12)}, {}), Error);
}

TEST(Calibration, IsZeroForHonestAndLargeForBoastfulFigures) {
  std::vector<Outcome> honest, boastful;
  for (int i = 0; i < 100; ++i) {
    honest.push_back({0.75, i % 4 != 0});
    boastful.push_back({0.99, i % 2 == 0});
  }
  EXPECT_NEAR(calibrate(honest).expected_error, 0, 1e-12);
  EXPECT_NEAR(calibrate(boastful).expected_error, 0.49, 1e-12);
  EXPECT_EQ(calibrate(boastful).bins.size(), 1U);
  EXPECT_EQ(calibrate({}).n, 0);
  EXPECT_EQ(calibrate({{1.0, true}}).bins[0].high, 1.0);
}

class Judges : public testing::Test {
 protected:
  void SetUp() override {
    const char* variable = std::getenv("SPINECHRON_SHARED");
    shared_ = variable ? variable : SPINECHRON_SHARED;
    folder_ = fs::temp_directory_path() / ("spinechron_judges_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// A result with every fault a result can have, made from the truth by a fixed rule.
  void write_faulty(const std::string& stem) const {
    const Tsv truth = Tsv::read((shared_ / "data/rr30a/truth" / (stem + "_truth.tsv")).string());
    const auto rows = read_truth(truth);
    const auto sessions = sessions_of(rows);
    std::ofstream out(folder_ / (stem + "_spines.tsv"));
    out << "spine_id\tsession\tstate\tx_um\ty_um\tz_um\n";
    for (const auto& r : rows) {
      const int k = std::stoi(r.spine);
      const int s = int(std::find(sessions.begin(), sessions.end(), r.session) - sessions.begin());
      if (k % 9 == 4) continue;
      const char* state = r.present ? "present" : "absent";
      if ((k + s) % 11 == 0) state = "absent";
      if ((k + 2 * s) % 13 == 0) state = "not_assessable";
      if ((k + 3 * s) % 19 == 0) state = "present";
      out << (k % 17 == 5 && s == 2 ? k + 50001 : k + 1) << '\t' << r.session << '\t' << state << '\t'
          << r.at.x() + 0.13 * (k % 7 - 3) << '\t' << r.at.y() + 0.11 * (k % 5 - 2) << '\t'
          << r.at.z() + 0.3 * (k % 3 - 1) << '\n';
    }
    for (int k = 0; k < 15; ++k)
      for (size_t s = 0; s < sessions.size(); ++s)
        out << 90000 + k << '\t' << sessions[s] << '\t' << ((k + int(s)) % 3 ? "present" : "absent") << '\t'
            << 3 + 7.1 * k << '\t' << 5 + 2.3 * k << '\t' << 8 + k << '\n';
  }

  fs::path shared_, folder_;
};

TEST_F(Judges, OutsideJudgeSaysTheSameOnRealTruth) {
  const fs::path judge = shared_ / "bench/score_region.py", truth = shared_ / "data/rr30a/truth";
  if (!fs::exists(judge) || !fs::exists(truth))
    GTEST_SKIP() << "no outside judge in " << shared_
                 << ": set SPINECHRON_SHARED to the folder that has bench/ and data/";
  write_faulty("sub-01_sample-A");
  write_faulty("sub-01_sample-B");
  const fs::path said = folder_ / "said.json";
  const std::string call = "/usr/bin/python3 '" + judge.string() + "' '" + truth.string() + "' '" +
                           folder_.string() + "' > '" + said.string() + "' 2>/dev/null";
  if (std::system(call.c_str()) != 0)
    GTEST_SKIP() << "the outside judge does not run: it needs Debian's python3-numpy and python3-scipy";
  std::ifstream in(said);
  const auto theirs = nlohmann::json::parse(in);
  const auto ours = nlohmann::json::parse(to_json(evaluate(truth.string(), folder_.string())));
  EXPECT_GT(ours["detection"]["fp"], 0);
  EXPECT_GT(ours["eliminated"]["fp"], 0);
  for (const auto& [key, value] : theirs.items()) EXPECT_EQ(ours[key], value) << key;
}

TEST_F(Judges, ASampleWithoutResultCountsAsNothingFound) {
  const fs::path truth = folder_ / "truth", out = folder_ / "out";
  fs::create_directories(truth);
  fs::create_directories(out);
  std::ofstream(truth / "sub-01_sample-A_truth.tsv")
      << "session\tspine\tstate\tx_um\ty_um\tz_um\tvisible\tinside\na\t1\tpresent\t1\t2\t3\t1\t1\n";
  const Evaluation e = evaluate(truth.string(), out.string());
  EXPECT_EQ(e.missing, std::vector<std::string>{"sub-01_sample-A"});
  EXPECT_EQ(e.score.detection.fn, 1);
  EXPECT_FALSE(e.calibration);
  EXPECT_NE(to_table(e).find("no result found"), std::string::npos);
}

TEST_F(Judges, WrongFoldersAndTablesAreNamed) {
  EXPECT_THROW(evaluate((folder_ / "none").string(), folder_.string()), UsageError);
  EXPECT_THROW(evaluate(folder_.string(), folder_.string()), UsageError);  // no truth in it
  const fs::path bad = folder_ / "x_truth.tsv";
  std::ofstream(bad) << "session\tspine\nonly\n";
  EXPECT_THROW(evaluate(folder_.string(), folder_.string()), Error);
  std::ofstream(bad)
      << "session\tspine\tstate\tx_um\ty_um\tz_um\tvisible\tinside\na\t1\tpresent\tfar\t2\t3\t1\t1\n";
  try {
    evaluate(folder_.string(), folder_.string());
    FAIL() << "a word was taken for a number";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("column x_um"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace spinechron
