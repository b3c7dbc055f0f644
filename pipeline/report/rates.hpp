#pragma once
// What became of the spines: events, fates, rescues and rates, per dendrite and over all.

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "report/intervals.hpp"

namespace spinechron::report {

enum class EventKind { stable, eliminated, formed };
const char* to_text(EventKind kind);

/// What became of one spine over one interval (from session `from` to session `from + 1`).
struct Event {
  size_t track = 0;  ///< index into the result's tracks
  size_t from = 0;
  EventKind kind = EventKind::stable;
  double p = 0.5;              ///< probability of that event
  std::optional<int> rescues;  ///< of a formed spine: spine_id of the lost spine at whose site it stands
};

/// The events of a series in the order of spine, then interval. A spine that is absent in both sessions, or
/// without a verdict in one of them, has no event there.
///
/// A formed spine is **rescued** if a spine of the same dendrite and side was eliminated in an earlier
/// interval within `rescue_um` along the dendrite, and that site stands empty when the interval begins. The
/// distance is that from where the lost spine stood last to where the new one stands first, both as their own
/// sessions show them. The lost spine may be the same track (present, absent, present: it rescues itself).
/// `rescues` names the nearest one, the lowest id among equals.
std::vector<Event> events(const SeriesResult& result, double rescue_um);

/// One letter a session: `1` present, `0` absent, `?` not assessable, joined by `-`: "1-0-1".
std::string fate(const Track& track);

/// What that amounts to, sessions without a verdict left out: "persistent" (in all), "lost", "gained",
/// "transient" (came and went), "recurrent" (came back), "unknown" (a verdict in fewer than two sessions).
const char* fate_kind(const Track& track);

/// Index of the first session that can be used: the baseline of survival and of the rates by baseline.
size_t baseline_session(const SeriesResult& result);

/// Length (um of the reference) of dendrite `d` (index) that both sessions show.
double shared_length_um(const SeriesResult& result, size_t d, size_t session_a, size_t session_b);

/// Length (um, in the session's own image) of dendrite `d` (index) that a session shows; 0 if none.
double shown_length_um(const SeriesResult& result, size_t d, size_t session);

/// A rate with its intervals.
struct Rate {
  double value = std::numeric_limits<double>::quiet_NaN();  ///< events over the denominator
  Interval exact{value,
                 value};    ///< of the called events: Clopper-Pearson, Garwood where a share is impossible
  double expected = value;  ///< events expected from their probabilities over the denominator
  Interval bayes{value, value};  ///< credible, with the events' own uncertainty (see count_posterior)
};

/// What happened on one dendrite, or on all of them, over one interval.
struct Dynamics {
  int dendrite_id = 0;  ///< 0: all
  size_t from = 0;
  double hours = std::numeric_limits<double>::quiet_NaN();
  int n_from = 0;  ///< present at the earlier session, with a verdict in both
  int n_to = 0;    ///< present at the later session, with a verdict in both
  int n_stable = 0, n_eliminated = 0, n_formed = 0, n_rescued = 0;
  double n_rescued_by_chance = 0;  ///< expected, if the formed spines stood anywhere on the shared length
  int n_not_assessable = 0;        ///< spines without a verdict in one of the two sessions
  int n_baseline = 0;              ///< present at the first session, with a verdict in both of this interval
  double length_um = 0;            ///< of dendrite that both sessions show
  double turnover_ratio = std::numeric_limits<double>::quiet_NaN();     ///< (lost + gained) / (n_from + n_to)
  double survival_fraction = std::numeric_limits<double>::quiet_NaN();  ///< of baseline spines, still there
                                                                        ///< at the later session
  int n_survival = 0;                ///< baseline spines with a verdict at the later session
  std::vector<double> p_eliminated;  ///< of every spine that may have been there before: that it is lost
  double assumed_loss = 0.5;         ///< the rate that p_eliminated started from: of the whole series
  std::vector<double> p_formed;      ///< of every site that may have been empty before: that one formed
};

/// Every dendrite over every interval, in the order of interval, then dendrite, then all (dendrite_id 0).
std::vector<Dynamics> dynamics(const SeriesResult& result, const std::vector<Event>& events,
                               double rescue_um);

/// Elimination under a denominator ("previous", "baseline", "current", "per_um").
Rate elimination_rate(const Dynamics& d, const std::string& denominator, double confidence);
/// Formation under a denominator.
Rate formation_rate(const Dynamics& d, const std::string& denominator, double confidence);

}  // namespace spinechron::report
