#include <gtest/gtest.h>

#include <algorithm>

#include "evidence/evidence.hpp"
#include "match/joint.hpp"
#include "match/link.hpp"
#include "support/bright_dendrite.hpp"

namespace spinechron {
namespace {

using testing::Scene;

Candidate candidate(const Scene& scene, const testing::Head& h) {
  Candidate c;
  c.dendrite_id = 1;
  c.arc_um = h.arc_um;
  c.side = h.off_um > 0 ? Side::left : Side::right;
  c.measures.head_um = scene.head(h);
  c.measures.brightness = h.peak;
  c.measures.snr = 15;
  c.p = 0.9;
  return c;
}

/// Sessions of one scene whose heads differ; what a perfect detector would find in each.
struct Sessions {
  std::vector<Stack> stacks;
  std::vector<Frame> frames;
  std::vector<std::vector<Candidate>> candidates;

  explicit Sessions(const std::vector<std::vector<testing::Head>>& heads) {
    for (size_t s = 0; s < heads.size(); ++s) {
      Scene scene;
      scene.heads = heads[s];
      stacks.push_back(scene.stack(unsigned(s) + 1));
      frames.push_back(testing::frame_of(scene));
      measure_evidence(stacks.back(), frames.back());
      candidates.emplace_back();
      for (const auto& h : heads[s]) candidates.back().push_back(candidate(scene, h));
    }
  }
  std::vector<Track> match() const {
    std::vector<const Stack*> pointers;
    for (const Stack& s : stacks) pointers.push_back(&s);
    return match_jointly(pointers, frames, candidates, MatchConfig{}, Context{});
  }
};

std::string fate(const Track& t) {
  std::string out;
  for (const auto& s : t.sessions)
    out += s.state == State::present ? '1' : s.state == State::absent ? '0' : '?';
  return out;
}

const testing::Head kStays{8.0, 1.2, 0.3}, kGoes{14.0, -1.3, 0.35}, kComes{20.0, 1.4, 0.4},
    kReturns{26.0, -1.2, 0.35};

TEST(Match, EverySiteIsFollowedThroughAllSessions) {
  const auto tracks = Sessions({{kStays, kGoes, kReturns}, {kStays}, {kStays, kComes, kReturns}}).match();
  ASSERT_EQ(tracks.size(), 4u);
  EXPECT_EQ(fate(tracks[0]), "111");
  EXPECT_EQ(fate(tracks[1]), "100");
  EXPECT_EQ(fate(tracks[2]), "001");
  EXPECT_EQ(fate(tracks[3]), "101");
  for (const Track& t : tracks)
    for (double p : t.p_event) EXPECT_GT(p, 0.8);
}

// A detector's miss is not a loss: the image is read at the site.
TEST(Match, ASpineTheDetectorMissedIsStillThere) {
  Sessions s({{kStays, kGoes}, {kStays, kGoes}, {kStays, kGoes}});
  s.candidates[1].clear();
  for (const Track& t : s.match()) EXPECT_EQ(fate(t), "111");
}

// Where one session cannot part two heads, those that can decide how many there are.
TEST(Match, TwoSpinesThatOneSessionShowsSideBySideAreTwoInAll) {
  const testing::Head left{15.0, 1.3, 0.4}, right{15.6, 1.3, 0.4};
  Sessions s({{kStays, left, right}, {kStays, left, right}, {kStays, left, right}});
  s.candidates[1].pop_back();
  s.candidates[1].back() = candidate(Scene{}, {15.3, 1.3, 0.4});
  const auto tracks = s.match();
  ASSERT_EQ(tracks.size(), 3u);
  for (const Track& t : tracks) EXPECT_EQ(fate(t), "111");
}

// What looks like no spine is no sighting, however near it stands.
TEST(Match, APeakThatIsNoSpineDoesNotTakeASpinesPlace) {
  Sessions s({{kStays}, {kStays}});
  Scene scene;
  Candidate junk = candidate(scene, {8.3, 1.2, 0.05});
  junk.p = 0.01;
  s.candidates[0][0].measures.head_um = scene.head({8.5, 1.2, 0.3});  // off by a registration's error
  s.candidates[0][0].arc_um = 8.5;
  s.candidates[1].push_back(junk);
  const auto tracks = s.match();
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(fate(tracks[0]), "11");
  EXPECT_EQ(tracks[0].sessions[1].measures.head_um, s.candidates[1][0].measures.head_um);
}

// The law: the order in which candidates arrive does not matter.
TEST(Match, PermutedInputGivesTheSameTracks) {
  Sessions s({{kStays, kGoes, kReturns}, {kStays, kComes}, {kStays, kComes, kReturns}});
  const auto first = s.match();
  for (auto& c : s.candidates) std::reverse(c.begin(), c.end());
  const auto second = s.match();
  ASSERT_EQ(first.size(), second.size());
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(fate(first[i]), fate(second[i]));
    EXPECT_EQ(first[i].arc_um, second[i].arc_um);
    EXPECT_EQ(first[i].p_event, second[i].p_event);
  }
}

// The law: backwards in time, what was lost has formed, and nothing else changes.
TEST(Match, TimeReversedSwapsLossAndGain) {
  const testing::Head dim{32.0, 1.2, 0.09};  // cannot be told in every session
  Sessions s({{kStays, kGoes, kReturns, dim}, {kStays, dim}, {kStays, kComes, kReturns}});
  const auto ahead = s.match();
  std::reverse(s.stacks.begin(), s.stacks.end());
  std::reverse(s.frames.begin(), s.frames.end());
  std::reverse(s.candidates.begin(), s.candidates.end());
  const auto back = s.match();
  ASSERT_EQ(ahead.size(), back.size());
  for (size_t i = 0; i < ahead.size(); ++i) {
    std::string fate_back = fate(back[i]);
    std::reverse(fate_back.begin(), fate_back.end());
    EXPECT_EQ(fate(ahead[i]), fate_back);
    EXPECT_EQ(ahead[i].arc_um, back[i].arc_um);
    for (size_t k = 0; k < 3; ++k)
      EXPECT_NEAR(ahead[i].sessions[k].p_present, back[i].sessions[2 - k].p_present, 1e-9);
    for (size_t k = 0; k < 2; ++k) EXPECT_NEAR(ahead[i].p_event[k], back[i].p_event[1 - k], 1e-9);
  }
}

TEST(Match, OutsideTheFieldIsNotAbsent) {
  Sessions s({{kStays, kGoes}, {kStays, kGoes}});
  for (double& arc : s.frames[1].arc_from_reference[0])
    if (arc > 11) arc = std::nan("");
  s.candidates[1].resize(1);
  const auto tracks = s.match();
  ASSERT_EQ(tracks.size(), 2u);
  EXPECT_EQ(fate(tracks[1]), "1?");
  EXPECT_EQ(tracks[1].sessions[1].reason, "outside the field");
}

TEST(Match, AnUnusableSessionIsNotAssessableAsAWholeAndSaysWhy) {
  Sessions s({{kStays}, {kStays}});
  s.frames[1] = Frame{};
  s.frames[1].usable = false;
  s.frames[1].reason = "other tissue";
  s.candidates[1].clear();
  const auto tracks = s.match();
  ASSERT_EQ(tracks.size(), 1u);
  EXPECT_EQ(fate(tracks[0]), "1?");
  EXPECT_EQ(tracks[0].sessions[1].reason, "other tissue");
}

TEST(Match, ASingleSessionGivesSpinesAndNoEvents) {
  const auto tracks = Sessions({{kStays, kGoes}}).match();
  ASSERT_EQ(tracks.size(), 2u);
  for (const Track& t : tracks) EXPECT_TRUE(t.p_event.empty());
}

TEST(Link, AWiderRegistrationErrorWidensTheGate) {
  const auto sight = [](size_t session, double arc, double error) {
    Sighting s;
    s.session = session;
    s.ref_arc_um = arc;
    s.arc_error_um = error;
    s.strength = 10;
    return s;
  };
  EXPECT_EQ(link({sight(0, 10.0, 0.0), sight(1, 11.2, 0.0)}, 0.6).size(), 2u);
  EXPECT_EQ(link({sight(0, 10.0, 0.5), sight(1, 11.2, 0.5)}, 0.6).size(), 1u);
  EXPECT_EQ(link({sight(0, 10.0, 0.0), sight(0, 10.1, 0.0)}, 0.6).size(), 2u);  // one session: two spines
}

}  // namespace
}  // namespace spinechron
