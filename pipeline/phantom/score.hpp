#pragma once
// One sample's result against its truth: what was found, what became of it, and whether it kept its identity.
//
// Rules. A reported spine is the true one within 0.8 um (depth counted 0.35) in the cheapest one-to-one
// assignment, where spines that a fair judge can see go first. Spines that he cannot see (visible = 0) are
// neither right nor wrong. An event counts if it is visible where the spine is present, inside the field
// where it is absent, and not within 0.9 um of another spine there (a loss beside a neighbour cannot be told
// from a shift of that neighbour). A re-formed spine may continue the lost one's identity.

#include <array>
#include <map>
#include <string>
#include <vector>

#include "core/geometry.hpp"
#include "phantom/tsv.hpp"

namespace spinechron {

struct TrueSpine {
  std::string session, spine;
  Vec3 at = Vec3::Zero();  ///< head, um
  bool present = false, visible = false, inside = false;
};

struct FoundSpine {
  std::string session, spine_id, state;
  Vec3 at = Vec3::Zero();  ///< NaN where the table has none
};

struct FoundEvent {
  std::string spine_id, from, to, event;
  double p = 0;
};

/// True positives, false positives, false negatives.
struct Tally {
  long tp = 0, fp = 0, fn = 0;
  double precision() const;
  double recall() const;
  double f1() const;
  Tally& operator+=(const Tally& o);
};

/// A stated probability and whether it came true.
struct Outcome {
  double p = 0;
  bool right = false;
};

struct Score {
  Tally detection, eliminated, formed;
  long same = 0, pairs = 0;      ///< of stable spines found in both sessions: those with one id
  long silent = 0, asked = 0;    ///< of spines to be judged over an interval: those without a verdict
  long stable = 0, changed = 0;  ///< verdicts over intervals, whether or not the truth can judge them
  /// An interval each (with at least five spines to judge): elimination rate true and found, formation rate
  /// true and found.
  std::vector<std::array<double, 4>> rates;
  std::vector<Outcome> outcomes;  ///< of events that truth can judge
  Score& operator+=(const Score& o);
};

std::vector<TrueSpine> read_truth(const Tsv& table);
std::vector<FoundSpine> read_spines(const Tsv& table);
std::vector<FoundEvent> read_events(const Tsv& table);

/// Sessions in the order in which the truth names them.
std::vector<std::string> sessions_of(const std::vector<TrueSpine>& truth);

/// Error if a spine has two rows in one session.
Score score_sample(const std::vector<TrueSpine>& truth, const std::vector<FoundSpine>& found,
                   const std::vector<FoundEvent>& events);

/// Only spines that in some session lie, when present, within `within_um` (depth counted 0.35) of a point of
/// the annotated course in that session; rows of all others are taken away. Returns how many spines were.
size_t keep_region(std::vector<FoundSpine>& found, const Tsv& region, double within_um);

}  // namespace spinechron
