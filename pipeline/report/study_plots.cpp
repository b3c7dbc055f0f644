#include "report/study_plots.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace spinechron::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string group_name(const std::string& group) {
  return group.empty() || group == "n/a" ? "all animals" : group;
}

// One spine over all sessions of its series.
struct History {
  std::string animal, group;
  std::vector<std::string> sessions, states;
};

// The spines of the study; their rows stand together, in the order of sessions.
std::vector<History> histories(const Table& spines) {
  const auto column = [&](const char* name) { return spines.find(name).value(); };
  const size_t animal = column("participant_id"), sample = column("sample_id"), group = column("group"),
               spine = column("spine_id"), session = column("session"), state = column("state");
  std::vector<History> out;
  const std::vector<std::string>* before = nullptr;
  for (const auto& row : spines.rows) {
    if (!before || (*before)[animal] != row[animal] || (*before)[sample] != row[sample] ||
        (*before)[spine] != row[spine])
      out.push_back({row[animal], group_name(row[group]), {}, {}});
    out.back().sessions.push_back(row[session]);
    out.back().states.push_back(row[state]);
    before = &row;
  }
  return out;
}

}  // namespace

Table study_survival(const Table& spines, const std::vector<std::pair<std::string, double>>& times,
                     double confidence) {
  Table t;
  t.columns = {
      {"name", "The animal, or its group's mean.", "", {}},
      {"kind", "part: one animal; mean: over the group's animals.", "", {}},
      {"group", "Treatment.", "", {}},
      {"session", "Label of the session.", "", {}},
      {"hours", "Mean time of the session.", "h", {}},
      {"spines", "Spines of the first session with a verdict in this one; animals of a mean.", "1", {}},
      {"survival", "Share of them that is still there.", "1", {}},
      {"low", "Lower end of the mean's interval.", "1", {}},
      {"high", "Upper end of the mean's interval.", "1", {}}};
  struct Count {
    int there = 0, judged = 0;
  };
  std::vector<std::string> order;  // of the sessions
  std::map<std::string, std::map<std::string, std::map<std::string, Count>>>
      counts;  // group, animal, session
  for (const History& h : histories(spines)) {
    for (size_t s = 0; s < h.sessions.size(); ++s) {
      if (std::find(order.begin(), order.end(), h.sessions[s]) == order.end()) order.push_back(h.sessions[s]);
      if (h.states.front() != "present" || h.states[s] == "not_assessable") continue;
      Count& c = counts[h.group][h.animal][h.sessions[s]];
      ++c.judged;
      c.there += h.states[s] == "present";
    }
  }
  const auto hours = [&](const std::string& session) {
    double sum = 0;
    int n = 0;
    for (const auto& [label, hour] : times)
      if (label == session) {
        sum += hour;
        ++n;
      }
    return n ? sum / n : kNaN;
  };
  for (const auto& [group, animals] : counts) {
    std::map<std::string, std::vector<double>> values;  // of the animals, by session
    for (const auto& [animal, of_session] : animals)
      for (const std::string& session : order)
        if (const auto at = of_session.find(session); at != of_session.end()) {
          const double share = static_cast<double>(at->second.there) / at->second.judged;
          values[session].push_back(share);
          t.rows.push_back({cell(animal), "part", cell(group), cell(session), cell(hours(session)),
                            cell(at->second.judged), cell(share), "n/a", "n/a"});
        }
    for (const std::string& session : order)
      if (const auto at = values.find(session); at != values.end()) {
        const Interval interval = bootstrap_mean(at->second, confidence);
        t.rows.push_back({"mean of " + cell(group), "mean", cell(group), cell(session), cell(hours(session)),
                          cell(static_cast<int>(at->second.size())), cell(mean(at->second)),
                          cell(std::clamp(interval.low, 0.0, 1.0)),
                          cell(std::clamp(interval.high, 0.0, 1.0))});
      }
  }
  return t;
}

Table study_fates(const Table& spines) {
  std::map<std::string, std::map<std::string, int>> counts;  // fate, group
  std::map<std::string, int> of_group, of_fate;
  for (const History& h : histories(spines)) {
    std::string fate;
    for (const std::string& state : h.states)
      fate += (fate.empty() ? "" : "-") + std::string(state == "present"  ? "1"
                                                      : state == "absent" ? "0"
                                                                          : "?");
    ++counts[fate][h.group];
    ++of_group[h.group];
    ++of_fate[fate];
  }
  std::vector<std::pair<std::string, int>> order(of_fate.begin(), of_fate.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  Table t;
  t.columns = {{"fate", "One letter a session: 1 present, 0 absent, ? not assessable.", "", {}},
               {"group", "Treatment.", "", {}},
               {"spines", "Spines with that fate.", "1", {}},
               {"share", "Of all spines of the group.", "1", {}}};
  for (const auto& [fate, total] : order)
    for (const auto& [group, n] : of_group) {
      const int some = counts[fate][group];
      t.rows.push_back({fate, cell(group), cell(some), cell(static_cast<double>(some) / n)});
    }
  return t;
}

Table animal_points(const GroupStatistics& statistics, const std::string& measure) {
  Table t;
  t.columns = {{"measure", "What is measured.", "", {}},
               {"group", "Treatment.", "", {}},
               {"interval", "Two consecutive sessions, or one session.", "", {}},
               {"kind", "animal: one animal; mean: over the group's animals.", "", {}},
               {"animal", "The animal.", "", {}},
               {"number", "Of the animal in its group, from 0; how many animals a mean has.", "1", {}},
               {"value", "Its value.", "", {}},
               {"low", "Lower end of the mean's interval.", "", {}},
               {"high", "Upper end of the mean's interval.", "", {}}};
  for (const GroupEstimate& e : statistics.estimates) {
    if (e.measure != measure) continue;
    const std::string group = cell(group_name(e.group)),
                      interval = cell(e.from.empty() ? e.to : e.from + " \u2192 " + e.to);
    for (size_t i = 0; i < e.animals.size(); ++i)
      t.rows.push_back({measure, group, interval, "animal", cell(e.animals[i]), cell(static_cast<int>(i)),
                        cell(e.of_animal[i]), "n/a", "n/a"});
    if (!e.animals.empty())
      t.rows.push_back({measure, group, interval, "mean", "n/a", cell(static_cast<int>(e.animals.size())),
                        cell(mean(e.of_animal)), cell(e.interval.low < 0 ? 0.0 : e.interval.low),
                        cell(e.interval.high)});
  }
  return t;
}

}  // namespace spinechron::report
