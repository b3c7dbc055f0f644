#include "core/params.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace spinechron {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Config {
  bool flag = false;
  int count = 3;
  double size_um = 0.5;
  std::string name = "a";
  std::string mode = "fast";
  std::vector<std::string> names = {"x"};
  Params params() {
    Params p;
    p.flag("flag", flag, "a flag")
        .integer("count", count, {1, 10}, "", "how many")
        .number("size_um", size_um, {0, 2}, "um", "how large")
        .text("name", name, "a name")
        .choice("mode", mode, {"fast", "exact"}, "how")
        .list("names", names, "several");
    return p;
  }
};

std::string message(const Params& p, const std::string& key, const Value& value) {
  try {
    p.set(key, value);
  } catch (const UsageError& e) {
    return e.what();
  }
  return "no error";
}

TEST(Params, SetReachesTheFields) {
  Config c;
  const Params p = c.params();
  p.set("flag", true);
  p.set("count", std::int64_t{10});
  p.set("size_um", 0.0);
  p.set("name", std::string("b"));
  p.set("mode", std::string("exact"));
  p.set("names", std::vector<std::string>{"y", "z"});
  EXPECT_TRUE(c.flag);
  EXPECT_EQ(c.count, 10);
  EXPECT_EQ(c.size_um, 0.0);
  EXPECT_EQ(c.name, "b");
  EXPECT_EQ(c.mode, "exact");
  EXPECT_THAT(c.names, ElementsAre("y", "z"));
}

TEST(Params, AWholeNumberMayStandForANumberButNotTheOtherWayRound) {
  Config c;
  c.params().set("size_um", std::int64_t{2});
  EXPECT_EQ(c.size_um, 2.0);
  EXPECT_EQ(message(c.params(), "count", 3.0), "'count' is an integer from 1 to 10, not 3");
}

TEST(Params, OutOfRangeSaysTheRangeWithItsUnit) {
  Config c;
  EXPECT_EQ(message(c.params(), "size_um", 2.5), "'size_um' is a number from 0 to 2 um, not 2.5");
  EXPECT_EQ(message(c.params(), "count", std::int64_t{0}), "'count' is an integer from 1 to 10, not 0");
  EXPECT_EQ(c.size_um, 0.5) << "a refused value must not be assigned";
}

TEST(Params, NumbersMustBeFiniteAndFit) {
  double free = 0;
  int whole = 0;
  Params p;
  p.number("free", free, {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()},
           "1", "any");
  p.integer("whole", whole,
            {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()}, "", "any");
  EXPECT_THROW(p.set("free", std::nan("")), UsageError);
  EXPECT_THROW(p.set("free", std::numeric_limits<double>::infinity()), UsageError);
  EXPECT_THROW(p.set("whole", std::int64_t{1} << 40), UsageError);
  p.set("whole", std::int64_t{-2147483648});
  EXPECT_EQ(whole, std::numeric_limits<int>::min());
}

TEST(Params, WrongTypeUnknownChoiceAndUnknownKey) {
  Config c;
  EXPECT_EQ(message(c.params(), "flag", std::string("yes")), "'flag' is true or false, not yes");
  EXPECT_EQ(message(c.params(), "mode", std::string("slow")), "'mode' is one of fast, exact, not 'slow'");
  EXPECT_EQ(message(c.params(), "sise_um", 1.0),
            "unknown key 'sise_um' (did you mean 'size_um'?); legal keys: flag, count, size_um, name, mode, "
            "names");
  EXPECT_THAT(message(Params(), "x", 1.0), HasSubstr("there are no keys here"));
}

TEST(Params, TextIsReadAsTheTypeOfTheKey) {
  Config c;
  const Params p = c.params();
  p.set_from_text("flag", "true");
  p.set_from_text("count", "7");
  p.set_from_text("size_um", "1.25e0");
  p.set_from_text("name", "7");
  p.set_from_text("names", " u , v,");
  EXPECT_TRUE(c.flag);
  EXPECT_EQ(c.count, 7);
  EXPECT_EQ(c.size_um, 1.25);
  EXPECT_EQ(c.name, "7");
  EXPECT_THAT(c.names, ElementsAre("u", "v"));
  for (const auto& [key, text] : {std::pair{"flag", "1"},
                                  {"count", "7.5"},
                                  {"count", "7 "},
                                  {"size_um", "1,5"},
                                  {"size_um", ""},
                                  {"mode", ""}})
    EXPECT_THROW(p.set_from_text(key, text), UsageError) << key << "=" << text;
}

TEST(Params, ReadGivesWhatIsInEffectAndInitialTheDefault) {
  Config c;
  const Params p = c.params();
  p.set("size_um", 1.5);
  EXPECT_EQ(std::get<double>(p.find("size_um")->read()), 1.5);
  EXPECT_EQ(std::get<double>(p.find("size_um")->initial), 0.5);
  EXPECT_EQ(p.find("nothing"), nullptr);
}

TEST(Params, ANameDeclaredTwiceIsAnError) {
  Config c;
  Params p = c.params();
  EXPECT_THROW(p.flag("count", c.flag, "again"), Error);
}

TEST(Params, NumbersReadBackExactlyFromText) {
  EXPECT_EQ(std::stod(to_text(Value(0.1 + 0.2))), 0.1 + 0.2);
  EXPECT_EQ(to_text(Value(std::vector<std::string>{"a", "b"})), "a, b");
}

}  // namespace
}  // namespace spinechron
