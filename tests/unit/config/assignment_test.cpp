#include "config/assignment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "config/toml_text.hpp"
#include "core/error.hpp"

namespace spinechron {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Assignment, SetOptionIsPartedAtTheLastDotBeforeTheFirstEquals) {
  const Assignment a = parse_set("denoise.median.note=a.b=c");
  EXPECT_EQ(a.section, "denoise.median");
  EXPECT_EQ(a.key, "note");
  EXPECT_EQ(std::get<std::string>(a.value), "a.b=c");
  EXPECT_TRUE(a.from_text);
}

TEST(Assignment, SetOptionWithoutItsPartsIsRefused) {
  for (const char* wrong : {"", "=", "segment", "segment.min_um", "min_um=3", ".min_um=3", "segment.=3"})
    EXPECT_THROW(parse_set(wrong), UsageError) << wrong;
}

TEST(Assignment, LinesAndTypesAreKept) {
  const auto all = parse_toml("a = 1\n\n[s]\nb = 2.5\nc = \"t\"\nd = true\ne = [\"x\", \"y\"]\n", "f");
  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[0].where, "f line 1");
  EXPECT_TRUE(all[1].key.empty());
  EXPECT_EQ(all[1].section, "s");
  EXPECT_EQ(std::get<double>(all[2].value), 2.5);
  EXPECT_EQ(std::get<std::string>(all[3].value), "t");
  EXPECT_EQ(std::get<bool>(all[4].value), true);
  EXPECT_THAT(std::get<std::vector<std::string>>(all[5].value), ElementsAre("x", "y"));
  EXPECT_EQ(all[5].where, "f line 7");
}

TEST(Assignment, PluginsAreRelativeToTheFilesFolder) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "spinechron_config_test";
  fs::create_directories(folder / "sub");
  const fs::path file = folder / "sub" / "p.toml";
  std::ofstream(file) << "plugins = [\"../a.so\", \"/lib/b.so\", \"bare\"]\n";
  EXPECT_THAT(plugins_of(read_toml(file.string())),
              ElementsAre((folder / "a.so").string(), "/lib/b.so", "bare"));
  fs::remove_all(folder);
}

TEST(Assignment, AFileThatIsNotThereOrAFolderIsRefused) {
  EXPECT_THROW(read_toml("/nonexistent/x.toml"), UsageError);
  EXPECT_THROW(read_toml(testing::TempDir()), UsageError);
}

TEST(Assignment, AnEmptyFileIsAConfigurationThatSaysNothing) {
  const std::string file = testing::TempDir() + "/spinechron_empty.toml";
  std::ofstream(file).close();
  EXPECT_TRUE(read_toml(file).empty());
  std::filesystem::remove(file);
}

TEST(TomlText, Sha256OfAKnownText) {
  EXPECT_EQ(sha256_of_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(TomlText, ValuesReadBackExactly) {
  for (const double x : {0.1, 1.0 / 3.0, 1e-300, 123456789.0}) {
    const auto all = parse_toml("[s]\nx = " + toml_of(Value(x)) + "\n", "f");
    const Value& v = all.back().value;
    const double back = std::holds_alternative<double>(v) ? std::get<double>(v)
                                                          : static_cast<double>(std::get<std::int64_t>(v));
    EXPECT_EQ(back, x);
  }
  const std::string odd = "quote \" backslash \\ tab \t newline \n umlaut \xc3\xbc";
  EXPECT_EQ(std::get<std::string>(parse_toml("[s]\nx = " + toml_of(Value(odd)) + "\n", "f").back().value),
            odd);
}

}  // namespace
}  // namespace spinechron
