#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <sstream>

#include "report/group_statistics.hpp"
#include "report/study.hpp"

namespace spinechron::report {
namespace {

namespace fs = std::filesystem;

std::string output_of(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), n);
  return pclose(pipe) == 0 ? out : "";
}

// The terms of the model for a table of counts: name -> (estimate, standard error). Skips the test without R.
std::map<std::string, std::pair<double, double>> fitted(const Table& counts, const std::string& event) {
  const fs::path file = fs::temp_directory_path() / ("spinechron_glmm_" + event + ".tsv");
  counts.write(file);
  const fs::path script = fs::path(SPINECHRON_SOURCE) / "tools/stats/glmm.R";
  std::istringstream lines(output_of("Rscript '" + script.string() + "' '" + file.string() + "' " + event));
  fs::remove(file);
  fs::remove(fs::path(file).replace_extension(".json"));
  std::map<std::string, std::pair<double, double>> out;
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    std::istringstream cells(line);
    std::string name, term;
    std::getline(cells, name, '\t');
    std::getline(cells, term, '\t');
    cells >> out[term].first >> out[term].second;
  }
  return out;
}

bool have_lme4() {
  return !output_of("Rscript -e 'library(lme4); cat(1)' 2>/dev/null").empty();
}

// 10 animals a group, 4 dendrites of 40 spines each, two intervals: 10% lost, but 30% in the second interval
// of one group.
TEST(MixedModel, TheScriptFindsTheEffectThatWasMade) {
  if (!have_lme4()) GTEST_SKIP() << "R with lme4 (Debian: r-cran-lme4) is not here";
  std::mt19937_64 random(5);
  Study study;
  for (int animal = 0; animal < 20; ++animal)
    for (int dendrite = 1; dendrite <= 4; ++dendrite)
      for (const bool later : {false, true}) {
        Observation o;
        o.animal = "sub-" + std::to_string(animal);
        o.sample = "sample-A";
        o.dendrite = std::to_string(dendrite);
        o.group = animal < 10 ? "control" : "stress";
        o.from = later ? "stress" : "baseline";
        o.to = later ? "ketamine" : "stress";
        o.measure = "elimination";
        o.n_before = 40;
        o.events = std::binomial_distribution<>(40, later && animal >= 10 ? 0.3 : 0.1)(random);
        study.observations.push_back(o);
      }
  auto terms = fitted(counts_table(study), "elimination");
  const double made = std::log(0.3 / 0.7) - std::log(0.1 / 0.9);
  ASSERT_TRUE(terms.count("groupstress:intervalstress->ketamine"));
  EXPECT_NEAR(terms["groupstress:intervalstress->ketamine"].first, made, 0.5);
  EXPECT_NEAR(terms["groupstress"].first, 0, 0.4);
  EXPECT_NEAR(terms["(Intercept)"].first, std::log(0.1 / 0.9), 0.3);
}

// The published counts of saline and ketamine: formation rises after ketamine beyond what it does after
// saline.
TEST(MixedModel, KetamineOnFormationInPublishedCounts) {
  const char* shared = std::getenv("SPINECHRON_SHARED");
  const fs::path file = fs::path(shared ? shared : SPINECHRON_SHARED) / "data" / "kwan2016" / "dendrites.tsv";
  if (!fs::exists(file)) GTEST_SKIP() << "the published counts are not there (" << file << ")";
  if (!have_lme4()) GTEST_SKIP() << "R with lme4 (Debian: r-cran-lme4) is not here";
  auto terms = fitted(counts_table(read_study_table(file)), "formation");
  // log odds; the animals are few: its standard error is 0.11
  ASSERT_TRUE(terms.count("groupketamine:interval-1->1"));
  EXPECT_NEAR(terms["groupketamine:interval-1->1"].first, 0.154, 0.01);
}

}  // namespace
}  // namespace spinechron::report
