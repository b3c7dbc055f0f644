// Loading: where files are looked for, what is wrong with them, how long they stay.

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/version.hpp"
#include "plugin/plugins.hpp"

namespace spinechron {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string loading(const std::string& file) {
  return message_of([&] {
    Registry registry;
    load_plugin(file, registry);
  });
}

bool is_mapped(const std::string& file) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find(file) != std::string::npos) return true;
  return false;
}

class TemporaryFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "spinechron_load_test_" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    unsetenv(host::kPathVariable);
    std::filesystem::current_path("/");
    std::filesystem::remove_all(folder_);
  }
  std::string folder_;
};

TEST(Load, PutsAllFiveKindsBesideTheBuiltInOnes) {
  Registry registry;
  load_plugin(fixture("none"), registry);
  for (StageKind kind : kStageKinds) {
    const StageEntry& entry = registry.get(kind, "fixture");
    EXPECT_EQ(entry.origin, fixture("none"));
    EXPECT_FALSE(entry.meaning.empty());
  }
}

TEST(Load, ParametersCheckAndDescribeThemselvesAsBuiltInOnes) {
  const auto stage = stage_of(fixture("none"), StageKind::denoise, "fixture");
  const Params params = stage->params();
  ASSERT_EQ(params.all().size(), 6U);
  EXPECT_EQ(params.find("weight")->legal(), "a number from 0 to 1");
  EXPECT_EQ(params.find("rounds")->type_name(), "integer");
  EXPECT_EQ(params.find("verbose")->type_name(), "boolean");
  EXPECT_EQ(params.find("mode")->legal(), "one of fast, slow");
  EXPECT_EQ(to_text(params.find("title")->initial), "a title");
  EXPECT_EQ(std::get<std::vector<std::string>>(params.find("labels")->read()).size(), 2U);
  EXPECT_THAT(message_of([&] { params.set("weight", Value(1.5)); }),
              HasSubstr("'weight' is a number from 0 to 1"));
  EXPECT_THAT(message_of([&] { params.set("wieght", Value(0.5)); }), HasSubstr("unknown key 'wieght'"));
  params.set_from_text("weight", "0.25");
  EXPECT_EQ(std::get<double>(params.find("weight")->read()), 0.25);
}

struct LoadFault {
  const char* fault;
  const char* sentence;
};
class LoadFaults : public testing::TestWithParam<LoadFault> {};

TEST_P(LoadFaults, GiveOneFullSentenceThatNamesTheFile) {
  const std::string file = fixture(GetParam().fault);
  EXPECT_THAT(loading(file), AllOf(StartsWith(file + ": "), HasSubstr(GetParam().sentence)));
}

INSTANTIATE_TEST_SUITE_P(
    Each, LoadFaults,
    testing::Values(
        LoadFault{"no_entry", "no function 'spinechron_plugin_entry'"},
        LoadFault{"null_descriptor", "gave no descriptor"},
        LoadFault{"older_major", "built for plugin ABI 0.0, and this spinechron has 1.0; build it again"},
        LoadFault{"newer_major",
                  "built for plugin ABI 2.0, and this spinechron has 1.0; take a newer spinechron"},
        LoadFault{"newer_minor",
                  "built for plugin ABI 1.9, and this spinechron has 1.0; take a newer spinechron"},
        LoadFault{"short_plugin", "the plugin's descriptor is 24 bytes"},
        LoadFault{"short_stage", "the descriptor of stage 1 is 32 bytes"},
        LoadFault{"short_param", "row 2 of its parameters is 8 bytes"},
        LoadFault{"no_stages", "lists 0 stages"},
        LoadFault{"null_stage", "the descriptor of stage 2 is missing"},
        LoadFault{"unknown_kind", "unknown kind 9"},
        LoadFault{"bad_name", "has the name 'No Spaces'; use a-z"},
        LoadFault{"no_meaning", "denoise stage 'fixture' has no meaning"},
        LoadFault{"two_functions", "denoise stage 'fixture' has a function 'segment'"},
        LoadFault{"no_function", "detect stage 'fixture' lacks a function 'detect'"},
        LoadFault{"stage_twice", "denoise stage 'fixture' is there twice"},
        LoadFault{"param_twice", "parameter 'weight' is declared twice"},
        LoadFault{"default_outside", "parameter 'weight' has the default 3, outside its own range 0 to 1"},
        LoadFault{"no_unit", "parameter 'weight' has no unit"},
        LoadFault{"unknown_type", "parameter 'weight' has the unknown type 12"},
        LoadFault{"default_no_choice", "the default 'medium', which is none of its choices"},
        LoadFault{"range_reversed", "parameter 'weight' has the range 2 to 1"},
        LoadFault{"params_without_create", "has parameters but no function 'create'"}),
    [](const auto& info) { return info.param.fault; });

TEST_F(TemporaryFolder, AFileThatIsNoLibraryIsNamed) {
  const std::string file = folder_ + "/text.so";
  std::ofstream(file) << "not a library\n";
  EXPECT_THAT(loading(file), AllOf(StartsWith(file), HasSubstr("no library that can be loaded")));
  EXPECT_THAT(loading(folder_ + "/absent.so"), HasSubstr("there is no such plugin file"));
  EXPECT_THAT(loading(folder_ + "/"), HasSubstr("there is no such plugin file"));
}

TEST(Load, ADuplicateNameLeavesTheRegistryAsItWas) {
  Registry registry;
  load_plugin(fixture("none"), registry);
  const size_t before = registry.all().size();
  const std::string error = message_of([&] { load_plugin(fixture("nan_voxel"), registry); });
  EXPECT_THAT(error, AllOf(HasSubstr("denoise stage 'fixture'"), HasSubstr(fixture("none")),
                           HasSubstr(fixture("nan_voxel")), HasSubstr("already there")));
  EXPECT_EQ(registry.all().size(), before);
}

TEST(Load, TheLibraryStaysAsLongAsAStageLivesAndNoLonger) {
  const std::string file = fixture("plain_failure");
  std::unique_ptr<Stage> stage;
  {
    Registry registry;
    load_plugin(file, registry);
    stage = registry.get(StageKind::denoise, "fixture").make();
  }
  EXPECT_TRUE(is_mapped(file));
  EXPECT_THAT(message_of([&] { host::run_stage(*stage, small_scene(), Context()); }),
              HasSubstr("the moon is full"));
  stage.reset();
  EXPECT_FALSE(is_mapped(file));
}

TEST(Load, ACppPluginIsUnloadedToo) {
  const std::string file = plugin_file("wrapped");
  {
    const auto stage = stage_of(file, StageKind::match, "wrapped");
    EXPECT_TRUE(is_mapped(file));
  }
  EXPECT_FALSE(is_mapped(file));
}

TEST_F(TemporaryFolder, BareNamesAreSearchedInThePathOnly) {
  setenv(host::kPathVariable, (folder_ + ":" + PLUGINS).c_str(), 1);
  EXPECT_EQ(host::find_plugin("wrapped"), plugin_file("wrapped"));
  EXPECT_EQ(host::find_plugin("wrapped.so"), plugin_file("wrapped"));
  EXPECT_THAT(message_of([] { host::find_plugin("nothing"); }), HasSubstr("'nothing' is in no folder of"));
}

TEST_F(TemporaryFolder, TheWorkingDirectoryIsNeverSearched) {
  std::filesystem::copy_file(plugin_file("wrapped"), folder_ + "/here.so");
  std::filesystem::current_path(folder_);
  unsetenv(host::kPathVariable);
  EXPECT_THAT(message_of([] { host::find_plugin("here.so"); }), HasSubstr("or name the file as ./here.so"));
  for (const char* path : {"", ":", "::"}) {
    setenv(host::kPathVariable, path, 1);
    EXPECT_NE(message_of([] { host::find_plugin("here.so"); }), "") << path;
  }
  setenv(host::kPathVariable, ".", 1);
  EXPECT_THAT(message_of([] { host::find_plugin("here.so"); }), HasSubstr("relative folder '.'"));
  EXPECT_EQ(host::find_plugin("./here.so"), std::filesystem::current_path().string() + "/here.so");
}

TEST(Load, TheVersionThatTheProgramPrintsIsTheHeaders) {
  EXPECT_EQ(build_info().plugin_abi,
            std::to_string(SPINECHRON_ABI_MAJOR) + "." + std::to_string(SPINECHRON_ABI_MINOR));
}

}  // namespace
}  // namespace spinechron
