// Every harness, fed with the kept corpus and thousands of mutations of it: always the same ones, so that a
// finding is found again. tests/fuzz/fuzz.py looks for new ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#define LLVMFuzzerTestOneInput fuzz_tiff
#include "fuzz/fuzz_tiff.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_itk
#include "fuzz/fuzz_itk.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_ome_xml
#include "fuzz/fuzz_ome_xml.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_scanimage
#include "fuzz/fuzz_scanimage.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_sidecar
#include "fuzz/fuzz_sidecar.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_manifest
#include "fuzz/fuzz_manifest.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_table
#include "fuzz/fuzz_table.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_swc
#include "fuzz/fuzz_swc.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_toml
#include "fuzz/fuzz_toml.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_results
#include "fuzz/fuzz_results.cpp"
#undef LLVMFuzzerTestOneInput

namespace spinechron::fuzz {
namespace {

struct Harness {
  const char* name;  ///< of its folder in tests/fuzz/corpus
  int (*one_input)(const std::uint8_t*, std::size_t);
  int mutations;

  int operator()(const std::string& bytes) const {
    return one_input(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
};

void PrintTo(const Harness& harness, std::ostream* out) {
  *out << harness.name;
}

std::vector<std::string> corpus_of(const std::string& name) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SPINECHRON_CORPUS "/" + name))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> inputs;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return inputs;
}

std::string mutated(std::string bytes, std::mt19937& random) {
  // by hand, since the distributions of the standard library differ from one implementation to the next
  const auto below = [&](size_t limit) { return limit == 0 ? 0 : size_t(random()) % limit; };
  static const char* const pieces[] = {
      "0", "-1", "99999999999999999999", "\t", "\n", "<", "\"", "nan", "1e308", "[", "n/a"};
  for (size_t round = 1 + below(4); round > 0 && !bytes.empty(); --round) {
    const size_t at = below(bytes.size());
    switch (below(7)) {
      case 0:
        bytes[at] = char(random());
        break;
      case 1:
        bytes[at] = char(bytes[at] ^ (1 << below(8)));
        break;
      case 2:
        bytes.erase(at, 1 + below(8));
        break;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(16)));
        break;
      case 4:
        bytes.insert(at, pieces[below(std::size(pieces))]);
        break;
      case 5:
        for (size_t i = at; i < std::min(bytes.size(), at + 4); ++i) bytes[i] = char(below(2) ? 0xFF : 0);
        break;
      default:
        if (below(8) == 0) bytes.resize(at);
    }
  }
  return bytes;
}

class Corpus : public ::testing::TestWithParam<Harness> {};

TEST_P(Corpus, IsReadOrRefused) {
  const Harness& harness = GetParam();
  const std::vector<std::string> inputs = corpus_of(harness.name);
  ASSERT_FALSE(inputs.empty());
  for (const std::string& input : inputs) ASSERT_EQ(harness(input), 0);
  std::mt19937 random(1);
  for (int i = 0; i < harness.mutations; ++i)
    ASSERT_EQ(harness(mutated(inputs[size_t(i) % inputs.size()], random)), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Fuzz, Corpus,
    ::testing::Values(Harness{"tiff", fuzz_tiff, 2400}, Harness{"itk", fuzz_itk, 1500},
                      Harness{"ome_xml", fuzz_ome_xml, 4000}, Harness{"scanimage", fuzz_scanimage, 4000},
                      Harness{"sidecar", fuzz_sidecar, 4000}, Harness{"manifest", fuzz_manifest, 4000},
                      Harness{"table", fuzz_table, 4000}, Harness{"swc", fuzz_swc, 4000},
                      Harness{"toml", fuzz_toml, 4000}, Harness{"results", fuzz_results, 300}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace spinechron::fuzz
