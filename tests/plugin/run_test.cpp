// Running: good plugins do what they say, garbage ends the call with a sentence that names plugin and stage.

#include <thread>

#include "plugin/plugins.hpp"

namespace spinechron {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

struct Garbage {
  const char* fault;
  StageKind kind;
  const char* sentence;
};
class GarbageOf : public testing::TestWithParam<Garbage> {};

TEST_P(GarbageOf, EndsTheCallAndNamesPluginAndStage) {
  const auto& [fault, kind, sentence] = GetParam();
  const auto stage = stage_of(fixture(fault), kind, "fixture");
  const std::string who =
      fmt::format("plugin fixture ({}), {} stage 'fixture': ", fixture(fault), to_text(kind));
  EXPECT_THAT(message_of([&] { host::run_stage(*stage, small_scene(), Context()); }),
              AllOf(StartsWith(who), HasSubstr(sentence)));
}

constexpr auto kD = StageKind::denoise, kS = StageKind::segment, kA = StageKind::align,
               kT = StageKind::detect, kM = StageKind::match;
INSTANTIATE_TEST_SUITE_P(
    Each, GarbageOf,
    testing::Values(
        Garbage{"nan_voxel", kD, "1 of 3840 voxels of its image are not written or not finite"},
        Garbage{"unwritten_voxel", kD, "the first at column 31, row 23, slice 4"},
        Garbage{"no_gain", kD, "its gain is 0"}, Garbage{"silent_failure", kD, "failed without saying why"},
        Garbage{"unknown_code", kD, "returned 42"},
        Garbage{"cancelled_unasked", kD, "SC_CANCELLED although nobody cancelled"},
        Garbage{"failed_but_ok", kD,
                "the moon is full; wait a day (it called host->fail and yet returned SC_OK)"},
        Garbage{"plain_failure", kD, "the moon is full; wait a day"},
        Garbage{"silent_create", kD, "failed without saying why"},
        Garbage{"nan_point", kS, "dendrite 1: point 1 is nan"},
        Garbage{"outside_point", kS, "outside the image"},
        Garbage{"ids_descend", kS, "dendrite 1 comes after dendrite 2"},
        Garbage{"no_radius", kS, "its radius at point 1 is 0"},
        Garbage{"unknown_parent", kS, "names dendrite 7 as its parent"},
        Garbage{"wrong_item", kS, "handed in a candidate, which is not what this kind of stage gives"},
        Garbage{"null_item", kS, "a dendrite that is NULL"},
        Garbage{"short_item", kS, "a dendrite of 8 bytes"}, Garbage{"one_point", kS, "has 1 points"},
        Garbage{"goes_on", kS, "dendrite 1 comes after dendrite 1"},
        Garbage{"frame_missing", kA, "1 frames for 2 sessions"},
        Garbage{"frame_extra", kA, "a frame more than there are sessions (2)"},
        Garbage{"short_dendrite", kA, "dendrite 1 of a frame: it is 16 bytes and should be 56"},
        Garbage{"singular_frame", kA, "determinant 0"},
        Garbage{"arcs_unsorted", kA, "arc position 2 is 0.05 after 0.1; they must ascend"},
        Garbage{"other_dendrite", kA, "dendrite 2 stands where the first usable frame has dendrite 1"},
        Garbage{"no_reason", kA, "not usable gives no reason"}, Garbage{"nan_head", kT, "its head_um is nan"},
        Garbage{"unknown_dendrite", kT, "dendrite 99: the frame has no such dendrite"},
        Garbage{"bad_side", kT, "its side is 2"}, Garbage{"bad_class", kT, "its class is 17"},
        Garbage{"bad_p", kT, "its p is 1.5"}, Garbage{"arc_outside", kT, "the dendrite goes from 0 to"},
        Garbage{"no_measures", kT, "its measures is NULL"},
        Garbage{"short_measures", kT, "its measures: it is 8 bytes and should be 104"},
        Garbage{"tracks_unsorted", kM, "track 2 was handed in where track 1 was due"},
        Garbage{"short_site", kM, "session 1: it is 16 bytes and should be 56"},
        Garbage{"site_missing", kM, "has 1 sites for 2 sessions"}, Garbage{"bad_state", kM, "its state is 3"},
        Garbage{"nan_present", kM, "its p_present is nan"}, Garbage{"bad_event", kM, "its p_event 1 is -0.1"},
        Garbage{"no_site_reason", kM, "is not assessable and gives no reason"}),
    [](const auto& info) { return info.param.fault; });

TEST(Run, AnExceptionThatAPluginLetsOutIsAnErrorOfItsStage) {
  const auto stage = stage_of(plugin_file("throws"), kD, "fixture");
  EXPECT_THAT(message_of([&] { host::run_stage(*stage, small_scene(), Context()); }),
              AllOf(HasSubstr("plugin throws"), HasSubstr("let an exception out (oops)")));
}

TEST(Run, AFailedCallLeavesTheStageUsableForOthers) {
  const auto bad = stage_of(fixture("nan_point"), kS, "fixture");
  const auto tiny = host::make_scene("tiny", {4, 4, 1}, {0.12, 0.12, 0.75}, 1);
  EXPECT_NE(message_of([&] { host::run_stage(*bad, small_scene(), Context()); }), "");
  EXPECT_EQ(message_of([&] { host::run_stage(*bad, tiny, Context()); }), "");
}

TEST(Run, CancellingIsNotAFailure) {
  const std::atomic<bool> yes = true;
  Context context;
  context.cancelled = &yes;
  for (StageKind kind : kStageKinds)
    EXPECT_THROW(host::run_stage(*stage_of(fixture("none"), kind, "fixture"), small_scene(), context),
                 Cancelled);
}

TEST(Run, StructuresOfALaterMinorVersionAreReadAsFarAsTheyAreKnown) {
  const auto scene = small_scene(1);
  const auto segmenter = stage_of(plugin_file("later"), kS, "later");
  ASSERT_EQ(segmenter->params().all().size(), 2U);
  segmenter->params().set("share", Value(0.75));
  const Tracing t = dynamic_cast<const Segmenter&>(*segmenter).run(scene.stacks[0], Context());
  ASSERT_EQ(t.size(), 1U);
  EXPECT_NEAR(t[0].centreline.back().x(), 0.75 * scene.stacks[0].image.extent_um().x(), 0.12);
  const auto detector = stage_of(plugin_file("later"), kT, "later");
  EXPECT_EQ(dynamic_cast<const Detector&>(*detector).run(scene.stacks[0], scene.frames[0], Context()).size(),
            1U);
}

TEST(Run, DenoiseGivesTheMeanOfNeighboursWithTheParameterSet) {
  const auto stage = stage_of(fixture("none"), kD, "fixture");
  stage->params().set("weight", Value(1.0));
  Stack stack;
  stack.image = Image({3, 1, 1}, {0.1, 0.1, 1});
  stack.image.at(1, 0, 0) = 6;
  stack.noise.gain = 2.5;
  stack.motion_um = 0.3;
  const Stack out = dynamic_cast<const Denoiser&>(*stage).run(std::move(stack), Context());
  EXPECT_EQ(out.image.at(0, 0, 0), 3);
  EXPECT_EQ(out.image.at(1, 0, 0), 0);
  EXPECT_EQ(out.image.voxel_um(), Vec3(0.1, 0.1, 1));
  EXPECT_EQ(out.noise.gain, 2.5);
  EXPECT_EQ(out.motion_um, 0.3);
}

TEST(Run, PrepareBringsBadValuesToLightBeforeAnyImage) {
  const auto stage = stage_of(plugin_file("wrapped"), kD, "wrapped");
  stage->params().set_from_text("words", "a, b, c, d");
  EXPECT_THAT(message_of([&] { prepare_plugin(*stage); }),
              HasSubstr("more than three words; leave some out"));
}

TEST(Wrapper, ScalesImageAndGainAndWritesToTheLog) {
  std::vector<std::string> lines;
  Registry registry;
  load_plugin(
      plugin_file("wrapped"), registry, [&](int level, const std::string& who, const std::string& line) {
        lines.push_back(fmt::format("{} {} {}", level, who.find("wrapped") != std::string::npos, line));
      });
  const auto stage = registry.get(kD, "wrapped").make();
  stage->params().set_from_text("factor", "3");
  stage->params().set_from_text("loud", "true");
  stage->params().set_from_text("words", "one, two");
  const auto scene = small_scene(1);
  const float before = scene.stacks[0].image.at(3, 3, 3);
  Stack in{scene.stacks[0].image.clone(), scene.stacks[0].noise, scene.stacks[0].optics, 0};
  const Stack out = dynamic_cast<const Denoiser&>(*stage).run(std::move(in), Context());
  EXPECT_FLOAT_EQ(out.image.at(3, 3, 3), 3 * before);
  EXPECT_EQ(out.noise.gain, 3);
  EXPECT_THAT(lines, testing::ElementsAre("1 true two"));
}

TEST(Wrapper, EveryKindOfExceptionBecomesItsMessage) {
  const auto ending = [](const char* key, const char* value) {
    const auto stage = stage_of(plugin_file("wrapped"), kD, "wrapped");
    stage->params().set_from_text(key, value);
    return message_of([&] { host::run_stage(*stage, small_scene(), Context()); });
  };
  EXPECT_THAT(ending("fail_above", "1"), HasSubstr("the factor is above fail_above; lower it"));
  EXPECT_THAT(ending("mode", "throw"), HasSubstr("an exception that is no std::exception"));
  EXPECT_THAT(ending("mode", "cancel"), HasSubstr("SC_CANCELLED although nobody cancelled"));
}

TEST(Wrapper, CentrelinesComeBackAtEqualStepsAndBranchesKeepTheirRoot) {
  const auto stage = stage_of(plugin_file("wrapped"), kS, "wrapped");
  const auto scene = small_scene(1);
  const Tracing t = dynamic_cast<const Segmenter&>(*stage).run(scene.stacks[0], Context());
  ASSERT_EQ(t.size(), 2U);
  const auto& trunk = t[0].centreline;
  for (size_t i = 1; i < trunk.size(); ++i) EXPECT_NEAR((trunk[i] - trunk[i - 1]).norm(), 0.12, 1e-9);
  EXPECT_EQ(t[0].radius_um.size(), trunk.size());
  EXPECT_NEAR(t[0].radius_um.front(), 0.5, 1e-9);
  EXPECT_NEAR(t[0].radius_um.back(), 0.4, 1e-9);
  EXPECT_EQ(t[1].parent, 1);
  EXPECT_LT((trunk[t[1].parent_point] - t[1].centreline.front()).norm(), 0.12);
}

TEST(Wrapper, FramesCandidatesAndTracksArriveAsGiven) {
  const auto scene = small_scene(3);
  std::vector<const Stack*> stacks;
  for (const Stack& s : scene.stacks) stacks.push_back(&s);
  auto tracings = scene.tracings;
  tracings[1].clear();
  const auto aligner = stage_of(plugin_file("wrapped"), kA, "wrapped");
  const auto frames = dynamic_cast<const Aligner&>(*aligner).run(stacks, tracings, Context());
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_TRUE(frames[0].usable);
  EXPECT_EQ(frames[0].arc_from_reference[0].size(), 3U);
  EXPECT_FALSE(frames[1].usable);
  EXPECT_EQ(frames[1].reason, "no dendrite");

  const auto detector = stage_of(plugin_file("wrapped"), kT, "wrapped");
  const auto found = dynamic_cast<const Detector&>(*detector).run(scene.stacks[0], frames[0], Context());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].side, Side::right);
  EXPECT_EQ(found[0].measures.kind, SpineClass::thin);
  EXPECT_TRUE(std::isnan(found[0].measures.length_um));

  const auto matcher = stage_of(plugin_file("wrapped"), kM, "wrapped");
  const auto tracks =
      dynamic_cast<const Matcher&>(*matcher).run(stacks, frames, {found, {}, found}, Context());
  ASSERT_EQ(tracks.size(), 1U);
  EXPECT_EQ(tracks[0].sessions[0].state, State::present);
  EXPECT_EQ(tracks[0].sessions[2].state, State::absent);
  EXPECT_EQ(tracks[0].p_event, (std::vector<double>{0.8, 0.8}));
}

TEST(Run, AStageThatIsNotReentrantRunsAloneEvenBesideItsSiblings) {
  // The matcher of the wrapped plugin is not re-entrant: many threads, many instances, results as alone.
  Registry registry;
  load_plugin(plugin_file("wrapped"), registry);
  const auto scene = small_scene(3);
  const auto a = registry.get(kM, "wrapped").make(), b = registry.get(kM, "wrapped").make();
  const std::string alone = host::run_stage(*a, scene, Context());
  std::atomic<int> same = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] { same += host::run_stage(i % 2 ? *a : *b, scene, Context()) == alone; });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(same, 8);
}

}  // namespace
}  // namespace spinechron
