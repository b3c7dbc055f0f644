// The conformance run: good plugins pass, and each of its checks fails on a plugin that is bad in just that
// way.

#include <sstream>

#include "host/check_plugin.hpp"
#include "plugin/plugins.hpp"

namespace spinechron {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Report {
  int status;
  std::string text;
};
Report check(const std::string& file, CheckOptions options = {}) {
  std::ostringstream out;
  const int status = check_plugin(file, out, options);
  return {status, out.str()};
}

TEST(CheckPlugin, AGoodCPluginPassesEveryCheck) {
  const Report r = check(fixture("none"));
  EXPECT_EQ(r.status, 0) << r.text;
  EXPECT_EQ(r.text, "plugin fixture 1.2: 5 stages, 35 checks done: nothing is wrong\n");
}

TEST(CheckPlugin, AGoodCppPluginPassesEveryCheck) {
  const Report r = check(plugin_file("wrapped"));
  EXPECT_EQ(r.status, 0) << r.text;
  EXPECT_THAT(r.text, HasSubstr("nothing is wrong"));
}

struct Bad {
  const char* fault;
  const char* sentence;
};
class CheckPluginFinds : public testing::TestWithParam<Bad> {};

TEST_P(CheckPluginFinds, ItAndSaysSo) {
  CheckOptions options;
  options.timeout_s = std::string(GetParam().fault) == "hangs" ? 0.3 : 60;
  const Report r = check(fixture(GetParam().fault), options);
  EXPECT_EQ(r.status, 2);
  EXPECT_THAT(r.text, AllOf(HasSubstr(fixture(GetParam().fault)), HasSubstr(GetParam().sentence),
                            Not(HasSubstr("nothing is wrong"))));
}

INSTANTIATE_TEST_SUITE_P(
    Each, CheckPluginFinds,
    testing::Values(Bad{"newer_major", "plugin ABI 2.0"},
                    Bad{"no_entry", "no function 'spinechron_plugin_entry'"},
                    Bad{"dies_at_low_end", "denoise stage 'fixture': parameters: it crashed"},
                    Bad{"silent_create", "failed without saying why"},
                    Bad{"nan_voxel", "inputs: on a tiny image (1 x 1 x 1): 1 of 1 voxels"},
                    Bad{"plain_failure", "inputs: on an ordinary image (64 x 48 x 9): the moon is full"},
                    Bad{"tracks_unsorted", "match stage 'fixture': inputs: on"},
                    Bad{"other_each_time", "equal output: it gave another result the second time"},
                    Bad{"racy", "threads: it says it is re-entrant"},
                    Bad{"never_asks", "cancelling: it never asked host->cancelled"},
                    Bad{"asks_once", "cancelling: it went on for"},
                    Bad{"fails_when_cancelled", "cancelling: it was cancelled at work and returned 1"},
                    Bad{"ignores_cancel", "cancelling: it was cancelled and returned 0; return SC_CANCELLED"},
                    Bad{"ignores_refusal", "refused results: a result was refused and it returned SC_OK"},
                    Bad{"goes_on", "refused results: it went on handing in results"},
                    Bad{"writes_behind", "memory: it touched memory behind the output image"},
                    Bad{"writes_before", "memory: it touched memory before the output image"},
                    Bad{"writes_input", "memory: it wrote to the input image, which it may only read"},
                    Bad{"writes_frame", "memory: it changed the dendrites, frames or candidates"},
                    Bad{"crashes", "inputs: it crashed"}, Bad{"aborts", "inputs: it aborted the process"},
                    Bad{"hangs", "inputs: it did not come back within 0.3 s"},
                    Bad{"prints", "it wrote to standard output"}),
    [](const auto& info) { return info.param.fault; });

TEST(CheckPlugin, AStageThatNeedsAFileIsNamedAndNotCalledWrong) {
  const Report r = check(fixture("wants_model"));
  EXPECT_EQ(r.status, 0) << r.text;
  EXPECT_THAT(r.text, AllOf(HasSubstr("denoise stage 'fixture': not tried further"),
                            HasSubstr("to name a model"), HasSubstr("1 stages not tried")));
}

TEST(CheckPlugin, SettingsReachTheStage) {
  CheckOptions options;
  options.settings = {{"denoise.fail_above", "1"}};
  const Report r = check(plugin_file("wrapped"), options);
  EXPECT_EQ(r.status, 2);
  EXPECT_THAT(r.text, HasSubstr("the factor is above fail_above"));
}

TEST(CheckPlugin, AMissingFileIsOneSentence) {
  EXPECT_THAT(check("/nowhere/x.so").text, HasSubstr("there is no such plugin file"));
}

}  // namespace
}  // namespace spinechron
