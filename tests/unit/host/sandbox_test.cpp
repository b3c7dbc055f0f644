#include "host/sandbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <stdexcept>
#include <thread>

namespace spinechron::host {
namespace {

using Kind = Outcome::Kind;
using testing::HasSubstr;

TEST(Sandbox, BringsHomeWhatTheWorkSays) {
  const Outcome o = in_child(10, [] { return Outcome{Kind::fine, "two\nlines"}; });
  EXPECT_EQ(o.kind, Kind::fine);
  EXPECT_EQ(o.text, "two\nlines");
  EXPECT_EQ(in_child(10, [] { return Outcome{Kind::skipped, "why"}; }).kind, Kind::skipped);
}

TEST(Sandbox, LongReportsArriveWhole) {
  const std::string text(300000, 'x');
  EXPECT_EQ(in_child(10, [&] { return Outcome{Kind::wrong, text}; }).text, text);
}

TEST(Sandbox, NothingThatHappensInsideReachesTheCaller) {
  int mine = 1;
  in_child(10, [&] {
    mine = 2;
    return Outcome{};
  });
  EXPECT_EQ(mine, 1);
  EXPECT_THAT(in_child(10, []() -> Outcome { throw std::runtime_error("broken"); }).text,
              HasSubstr("broken"));
  EXPECT_THAT(in_child(10, []() -> Outcome { std::abort(); }).text, HasSubstr("aborted"));
  EXPECT_THAT(in_child(10, []() -> Outcome { _Exit(7); }).text, HasSubstr("exit status 7"));
}

TEST(Sandbox, AHangIsEnded) {
  const Outcome o = in_child(0.2, []() -> Outcome {
    for (;;) std::this_thread::yield();
  });
  EXPECT_EQ(o.kind, Kind::wrong);
  EXPECT_THAT(o.text, HasSubstr("did not come back within 0.2 s"));
}

TEST(Sandbox, StandardOutputIsNoticed) {
  const Outcome o = in_child(10, [] {
    std::printf("hello\n");
    return Outcome{};
  });
  EXPECT_EQ(o.kind, Kind::wrong);
  EXPECT_THAT(o.text, HasSubstr("standard output"));
}

TEST(GuardedMemory, CanBeFilledToTheLastByteAndNoFurther) {
  for (const auto flush : {GuardedMemory::Flush::begin, GuardedMemory::Flush::end}) {
    const auto touch = [&](std::ptrdiff_t at, bool read_only = false) {
      return in_child(10, [&] {
        GuardedMemory memory(4096 + 12, flush, "the thing");
        if (read_only) memory.make_read_only();
        static_cast<volatile char*>(memory.data())[at] = 1;
        return Outcome{};
      });
    };
    EXPECT_EQ(touch(0).kind, Kind::fine);
    EXPECT_EQ(touch(4096 + 11).kind, Kind::fine);
    EXPECT_THAT(touch(8, true).text, HasSubstr("it wrote to the thing, which it may only read"));
    if (flush == GuardedMemory::Flush::end)
      EXPECT_THAT(touch(4096 + 12).text, HasSubstr("touched memory behind the thing"));
    else
      EXPECT_THAT(touch(-1).text, HasSubstr("touched memory before the thing"));
  }
}

}  // namespace
}  // namespace spinechron::host
