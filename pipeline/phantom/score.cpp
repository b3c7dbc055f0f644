#include "phantom/score.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/error.hpp"
#include "phantom/assignment.hpp"

namespace spinechron {
namespace {

constexpr double kGate = 0.8;       // um; a random site beside the shaft seldom falls this near a true spine
constexpr double kDepth = 0.35;     // weight of depth in distances
constexpr double kCrowd = 0.9;      // um
constexpr double kFar = 1e3;        // cost of a pair beyond the gate
constexpr double kUnseen = 0.3;     // extra cost of a spine that a fair judge cannot see
constexpr size_t kLeastSpines = 5;  // for an interval's rates

double distance(const Vec3& a, const Vec3& b) {
  const double x = a.x() - b.x(), y = a.y() - b.y(), z = kDepth * a.z() - kDepth * b.z();
  return std::sqrt(x * x + y * y + z * z);
}

/// One session's truth and result, and who is who.
struct SessionScore {
  std::map<std::string, const TrueSpine*> truth;    // by spine
  std::map<std::string, std::string> state;         // by spine_id
  std::vector<std::string> order;                   // spine_ids as the table has them
  std::map<std::string, const TrueSpine*> true_of;  // by spine_id, of those present
  std::map<std::string, std::string> found_of;      // by spine
  const TrueSpine* match(const std::string& id) const {
    const auto it = true_of.find(id);
    return it == true_of.end() ? nullptr : it->second;
  }
  std::string state_of(const std::string& id) const {
    const auto it = state.find(id);
    return it == state.end() ? "" : it->second;
  }
};

SessionScore match_session(const std::string& session, const std::vector<TrueSpine>& truth,
                           const std::vector<FoundSpine>& found, Tally& detection) {
  SessionScore s;
  std::vector<const TrueSpine*> real;
  std::vector<const FoundSpine*> mine;
  for (const auto& t : truth) {
    if (t.session != session) continue;
    s.truth[t.spine] = &t;
    if (t.present) real.push_back(&t);
  }
  for (const auto& f : found) {
    if (f.session != session) continue;
    if (!s.state.emplace(f.spine_id, f.state).second)
      throw Error("spine {} has two rows in session {}: a result has one row of each spine in each session",
                  f.spine_id, session);
    s.order.push_back(f.spine_id);
    if (f.state == "present") mine.push_back(&f);
  }
  Eigen::MatrixXd cost(long(real.size()), long(mine.size()));
  for (size_t i = 0; i < real.size(); ++i)
    for (size_t j = 0; j < mine.size(); ++j) {
      const double d = distance(real[i]->at, mine[j]->at);
      cost(long(i), long(j)) = d <= kGate ? d + (real[i]->visible ? 0 : kUnseen) : kFar;
    }
  for (const auto& [i, j] : cheapest_assignment(cost)) {
    if (cost(long(i), long(j)) >= kFar) continue;
    s.true_of[mine[j]->spine_id] = real[i];
    s.found_of[real[i]->spine] = mine[j]->spine_id;
  }
  for (const auto* t : real)
    if (t->visible) ++(s.found_of.contains(t->spine) ? detection.tp : detection.fn);
  detection.fp += long(mine.size() - s.true_of.size());
  return s;
}

/// Spines that changed as truth has it: there and visible in `here`, absent but inside the field in `there`.
std::set<std::string> real_events(const SessionScore& here, const SessionScore& there) {
  std::set<std::string> events;
  for (const auto& [k, t] : here.truth) {
    const auto o = there.truth.find(k);
    if (!t->visible || o == there.truth.end() || !o->second->inside || o->second->present) continue;
    const bool crowded = std::any_of(there.truth.begin(), there.truth.end(), [&](const auto& q) {
      return q.second->present && q.first != k && distance(q.second->at, o->second->at) < kCrowd;
    });
    if (!crowded) events.insert(k);
  }
  return events;
}

enum class Verdict { right, wrong, open };

/// A reported event at the true spine `t` (none: nothing is there). `other` is the session where it is
/// absent.
Verdict judge(const TrueSpine* t, const std::set<std::string>& real, const SessionScore& other) {
  if (!t) return Verdict::wrong;
  if (real.contains(t->spine)) return Verdict::right;
  const auto o = other.truth.find(t->spine);
  // It was plainly there in both; else it is doubtful in one of them, or out of the field.
  return t->visible && o != other.truth.end() && o->second->visible ? Verdict::wrong : Verdict::open;
}

void score_interval(const SessionScore& a, const SessionScore& b, const std::vector<FoundEvent>& events,
                    Score& score) {
  const auto gone = real_events(a, b), born = real_events(b, a);
  std::set<std::string> kept;
  for (const auto& [k, t] : a.truth) {
    const auto o = b.truth.find(k);
    if (o != b.truth.end() && t->visible && o->second->visible) kept.insert(k);
  }
  std::array<long, 2> counted{};
  for (int formed = 0; formed < 2; ++formed) {
    const SessionScore &now = formed ? b : a, &other = formed ? a : b;
    const auto& real = formed ? born : gone;
    std::set<std::string> hit;
    long wrong = 0;
    for (const auto& id : now.order) {
      if (now.state_of(id) != "present" || other.state_of(id) != "absent") continue;
      ++score.changed;
      const TrueSpine* t = now.match(id);
      const Verdict v = judge(t, real, other);
      if (v == Verdict::right) hit.insert(t->spine);
      wrong += v == Verdict::wrong;
    }
    (formed ? score.formed : score.eliminated) +=
        Tally{long(hit.size()), wrong, long(real.size() - hit.size())};
    counted[size_t(formed)] = long(hit.size()) + wrong;
  }
  for (const auto& k : kept) {
    const auto i = a.found_of.find(k), j = b.found_of.find(k);
    if (i == a.found_of.end() || j == b.found_of.end()) continue;
    ++score.pairs;
    score.same += i->second == j->second;
  }
  std::set<std::string> asked = kept;
  asked.insert(gone.begin(), gone.end());
  for (const auto& k : asked) {
    const auto i = a.found_of.find(k);
    const std::string state = i == a.found_of.end() ? "" : b.state_of(i->second);
    score.silent += state != "present" && state != "absent";
  }
  score.asked += long(asked.size());
  long n1 = counted[0];
  for (const auto& id : a.order) {
    if (a.state_of(id) != "present" || b.state_of(id) != "present") continue;
    ++score.stable;
    const TrueSpine* t = a.match(id);
    n1 += !t || (t->visible && kept.contains(t->spine));
  }
  const size_t n0 = gone.size() + kept.size();
  if (n0 >= kLeastSpines)
    score.rates.push_back({double(gone.size()) / double(n0), n1 ? double(counted[0]) / double(n1) : 1.0,
                           double(born.size()) / double(n0), n1 ? double(counted[1]) / double(n1) : 1.0});
  for (const auto& e : events) {
    Verdict v = Verdict::open;
    if (e.event == "eliminated") v = judge(a.match(e.spine_id), gone, b);
    if (e.event == "formed") v = judge(b.match(e.spine_id), born, a);
    if (e.event == "stable")
      if (const TrueSpine* t = a.match(e.spine_id))
        v = kept.contains(t->spine)   ? Verdict::right
            : gone.contains(t->spine) ? Verdict::wrong
                                      : Verdict::open;
    if (v != Verdict::open) score.outcomes.push_back({e.p, v == Verdict::right});
  }
}

Vec3 position(const Tsv& t, size_t row) {
  auto value = [&](const char* column) {
    return t.text(row, column) == "n/a" ? std::numeric_limits<double>::quiet_NaN() : t.number(row, column);
  };
  return {value("x_um"), value("y_um"), value("z_um")};
}

}  // namespace

double Tally::precision() const {
  return double(tp) / double(std::max(1L, tp + fp));
}
double Tally::recall() const {
  return double(tp) / double(std::max(1L, tp + fn));
}
double Tally::f1() const {
  const double p = precision(), r = recall();
  return 2 * p * r / std::max(1e-9, p + r);
}

Tally& Tally::operator+=(const Tally& o) {
  tp += o.tp;
  fp += o.fp;
  fn += o.fn;
  return *this;
}

Score& Score::operator+=(const Score& o) {
  detection += o.detection;
  eliminated += o.eliminated;
  formed += o.formed;
  same += o.same;
  pairs += o.pairs;
  silent += o.silent;
  stable += o.stable;
  changed += o.changed;
  asked += o.asked;
  rates.insert(rates.end(), o.rates.begin(), o.rates.end());
  outcomes.insert(outcomes.end(), o.outcomes.begin(), o.outcomes.end());
  return *this;
}

std::vector<TrueSpine> read_truth(const Tsv& t) {
  std::vector<TrueSpine> all;
  for (size_t i = 0; i < t.rows(); ++i)
    all.push_back({t.text(i, "session"), t.text(i, "spine"), position(t, i), t.text(i, "state") == "present",
                   t.text(i, "visible") == "1", t.text(i, "inside") == "1"});
  return all;
}

std::vector<FoundSpine> read_spines(const Tsv& t) {
  std::vector<FoundSpine> all;
  for (size_t i = 0; i < t.rows(); ++i)
    all.push_back({t.text(i, "session"), t.text(i, "spine_id"), t.text(i, "state"), position(t, i)});
  return all;
}

std::vector<FoundEvent> read_events(const Tsv& t) {
  std::vector<FoundEvent> all;
  for (size_t i = 0; i < t.rows(); ++i)
    if (t.text(i, "p_event") != "n/a")
      all.push_back({t.text(i, "spine_id"), t.text(i, "session_from"), t.text(i, "session_to"),
                     t.text(i, "event"), t.number(i, "p_event")});
  return all;
}

std::vector<std::string> sessions_of(const std::vector<TrueSpine>& truth) {
  std::vector<std::string> names;
  for (const auto& t : truth)
    if (std::find(names.begin(), names.end(), t.session) == names.end()) names.push_back(t.session);
  return names;
}

Score score_sample(const std::vector<TrueSpine>& truth, const std::vector<FoundSpine>& found,
                   const std::vector<FoundEvent>& events) {
  Score score;
  const auto names = sessions_of(truth);
  std::vector<SessionScore> sessions;
  for (const auto& s : names) sessions.push_back(match_session(s, truth, found, score.detection));
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    std::vector<FoundEvent> here;
    for (const auto& e : events)
      if (e.from == names[i] && e.to == names[i + 1]) here.push_back(e);
    score_interval(sessions[i], sessions[i + 1], here, score);
  }
  return score;
}

size_t keep_region(std::vector<FoundSpine>& found, const Tsv& region, double within_um) {
  std::map<std::string, std::vector<Vec3>> course;
  for (size_t i = 0; i < region.rows(); ++i) course[region.text(i, "session")].push_back(position(region, i));
  std::map<std::string, double> nearest;  // by spine_id
  for (const auto& f : found) {
    if (f.state != "present") continue;
    double& best = nearest.emplace(f.spine_id, std::numeric_limits<double>::infinity()).first->second;
    for (const auto& p : course[f.session]) best = std::min(best, distance(f.at, p));
  }
  std::set<std::string> keep;
  for (const auto& [id, d] : nearest)
    if (d <= within_um) keep.insert(id);
  std::erase_if(found, [&](const FoundSpine& f) { return !keep.contains(f.spine_id); });
  return nearest.size() - keep.size();
}

}  // namespace spinechron
