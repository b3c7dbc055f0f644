#include "core/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/nearest.hpp"
#include "core/version.hpp"

namespace spinechron {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

StageEntry entry(StageKind kind, const std::string& name, const std::string& origin = "built-in") {
  return {kind, name, "does nothing", origin, [] { return std::unique_ptr<Stage>(); }};
}

TEST(Registry, FindsByKindAndName) {
  Registry r;
  r.add(entry(StageKind::segment, "a"));
  r.add(entry(StageKind::detect, "a", "b.so"));
  EXPECT_EQ(r.get(StageKind::detect, "a").origin, "b.so");
  EXPECT_EQ(r.find(StageKind::match, "a"), nullptr);
}

TEST(Registry, ADuplicateNamesBothOrigins) {
  Registry r;
  r.add(entry(StageKind::segment, "a"));
  try {
    r.add(entry(StageKind::segment, "a", "b.so"));
    FAIL() << "no error";
  } catch (const UsageError& e) {
    EXPECT_THAT(e.what(), AllOf(HasSubstr("built-in"), HasSubstr("b.so"), HasSubstr("segment stage 'a'")));
  }
}

TEST(Registry, AnUnknownNameListsTheLegalOnes) {
  Registry r;
  r.add(entry(StageKind::segment, "ridges"));
  r.add(entry(StageKind::segment, "manual"));
  r.add(entry(StageKind::detect, "other"));
  try {
    r.get(StageKind::segment, "rigdes");
    FAIL() << "no error";
  } catch (const UsageError& e) {
    EXPECT_STREQ(e.what(),
                 "there is no segment stage 'rigdes' (did you mean 'ridges'?); there are: manual, ridges");
  }
}

TEST(Registry, AllIsInTheOrderOfTheDataThenOfTheName) {
  Registry r;
  r.add(entry(StageKind::match, "m"));
  r.add(entry(StageKind::detect, "d"));
  r.add(entry(StageKind::align, "z"));
  r.add(entry(StageKind::align, "a"));
  r.add(entry(StageKind::denoise, "n"));
  std::vector<std::string> names;
  for (const StageEntry* e : r.all()) names.push_back(e->name);
  EXPECT_THAT(names, ElementsAre("n", "a", "z", "d", "m"));
}

TEST(Nearest, SuggestsWhatIsNearAndNothingElse) {
  const std::vector<std::string> names = {"segment", "denoise", "match"};
  EXPECT_EQ(did_you_mean("segmnet", names), " (did you mean 'segment'?)");
  EXPECT_EQ(did_you_mean("denoize", names), " (did you mean 'denoise'?)");
  EXPECT_EQ(did_you_mean("xyz", names), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'a'), names), "");
  EXPECT_EQ(did_you_mean("", {}), "");
}

TEST(Error, ContextGrowsOutwardAndTheKindIsKept) {
  const auto nested = [](auto thrown) {
    return [thrown] { with_context("outer", [&] { with_context("inner", [&] { throw thrown; }); }); };
  };
  try {
    nested(Error("what"))();
    FAIL() << "no error";
  } catch (const UsageError&) {
    FAIL() << "an Error became a UsageError";
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "outer: inner: what");
  }
  EXPECT_THROW(nested(UsageError("x"))(), UsageError);
  EXPECT_THROW(nested(Cancelled())(), Cancelled);
  EXPECT_THROW(nested(std::runtime_error("x"))(), Error);
  EXPECT_EQ(with_context("c", [] { return 3; }), 3);
}

TEST(Error, OutOfMemorySaysWhatToDo) {
  try {
    with_context("stage", []() -> int { throw std::bad_alloc(); });
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), AllOf(HasSubstr("stage: out of memory"), HasSubstr("--jobs")));
  }
}

TEST(Version, NamesWhatTheBuildFound) {
  const BuildInfo& b = build_info();
  for (const std::string& text : {b.version, b.commit, b.compiler, b.itk, b.opencv, b.tbb, b.plugin_abi})
    EXPECT_FALSE(text.empty());
  EXPECT_EQ(b.version.find_first_not_of("0123456789."), std::string::npos) << b.version;
}

}  // namespace
}  // namespace spinechron
