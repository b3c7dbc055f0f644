#include "config/describe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "fake_stages.hpp"

namespace spinechron {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Describe : public testing::Test {
 protected:
  SeriesConfig series;
  Registry registry = fake::registry();
  std::vector<Description> all = describe_all(registry, {{"series", "Order of sessions.", series.params()}});
};

TEST_F(Describe, TextHasEveryStageAndParameter) {
  const std::string text = describe_text(all);
  EXPECT_THAT(text,
              AllOf(HasSubstr("[denoise.median]"), HasSubstr("[segment] stage = \"ridges\", the default"),
                    HasSubstr("a number from 0 to 100 um"), HasSubstr("one of hessian, vesselness"),
                    HasSubstr("[series]"), HasSubstr("Shortest dendrite kept.")));
}

TEST_F(Describe, ASectionAStageOrBothCanBeNamed) {
  EXPECT_EQ(describe_some(all, "segment").size(), 3U);
  ASSERT_EQ(describe_some(all, "manual").size(), 2U);
  EXPECT_EQ(describe_some(all, "segment.manual").back().stage, "manual");
  EXPECT_THAT(describe_text(describe_some(all, "manual")), Not(HasSubstr("min_length_um")));
}

TEST_F(Describe, AnUnknownNameIsAnErrorWithTheNearest) {
  try {
    describe_some(all, "ridge");
    FAIL() << "no error";
  } catch (const UsageError& e) {
    EXPECT_THAT(e.what(), HasSubstr("did you mean 'ridges'?"));
  }
}

TEST_F(Describe, SchemaClosesEverySectionAndKnowsRanges) {
  const auto schema = describe_schema(all);
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["additionalProperties"], false);
  const auto& properties = schema["properties"];
  EXPECT_EQ(properties["plugins"]["type"], "array");
  const auto& median = properties["denoise"]["properties"]["median"]["properties"]["radius_vox"];
  EXPECT_EQ(median["type"], "integer");
  EXPECT_EQ(median["maximum"], 9);
  const auto& segment = properties["segment"]["oneOf"];
  ASSERT_EQ(segment.size(), 2U);
  EXPECT_EQ(segment[0]["properties"]["stage"]["const"], "manual");
  EXPECT_EQ(segment[0]["required"][0], "stage");
  EXPECT_FALSE(segment[1].contains("required")) << "the default need not be named";
  EXPECT_EQ(segment[1]["properties"]["min_length_um"]["x-unit"], "um");
  EXPECT_EQ(segment[1]["properties"]["method"]["enum"].size(), 2U);
}

TEST_F(Describe, MarkdownEscapesWhatWouldEndACell) {
  Params p;
  std::string field = "a|b";
  p.text("key", field, "this | that");
  const std::string page = describe_markdown({{"s", "", "m", "", false, p, nullptr}});
  EXPECT_THAT(page, AllOf(HasSubstr("a\\|b"), HasSubstr("This \\| that.")));
}

}  // namespace
}  // namespace spinechron
