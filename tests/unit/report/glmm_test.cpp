#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <sstream>

#include "io/files.hpp"

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

// 10 animals a group, 4 dendrites of 40 spines each: 10% lost in one group, 30% in the other.
TEST(MixedModel, TheScriptFindsTheEffectThatWasMade) {
  if (output_of("Rscript -e 'library(lme4); cat(1)' 2>/dev/null").empty())
    GTEST_SKIP() << "R with lme4 (Debian: r-cran-lme4) is not here";
  std::mt19937_64 random(5);
  std::ostringstream table;
  table << "participant_id\tsample_id\tgroup\tdendrite_id\tsession_from\tsession_to\tn_from\tn_eliminated\tn_"
           "formed\n";
  for (int animal = 0; animal < 20; ++animal)
    for (int dendrite = 1; dendrite <= 4; ++dendrite)
      table << "sub-" << animal << "\tsample-A\t" << (animal < 10 ? "control" : "stress") << '\t' << dendrite
            << "\tbaseline\tstress\t40\t" << std::binomial_distribution<>(40, animal < 10 ? 0.1 : 0.3)(random)
            << "\t0\n";
  const fs::path file = fs::temp_directory_path() / "spinechron_glmm_test.tsv";
  write_file(file.string(), table.str());
  const fs::path script = fs::path(__FILE__).parent_path() / "../../../tools/stats/glmm.R";
  std::istringstream lines(
      output_of("Rscript '" + script.string() + "' '" + file.string() + "' elimination 2>&1"));
  fs::remove(file);
  double effect = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.find("\tgroupstress\t") != std::string::npos)
      effect = std::stod(line.substr(line.find("\tgroupstress\t") + 13));
  const double made = std::log(0.3 / 0.7) - std::log(0.1 / 0.9);
  EXPECT_NEAR(effect, made, 0.35);
}

}  // namespace
}  // namespace spinechron::report
