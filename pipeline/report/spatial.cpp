#include "report/spatial.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <tuple>

#include "report/chance.hpp"

namespace spinechron::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kShuffles = 2000;

using Arcs = std::vector<double>;

// Sum of the distances to the nearest other one, and how many have another one.
void add_nearest(Arcs arcs, double& sum, int& n) {
  if (arcs.size() < 2) return;
  std::sort(arcs.begin(), arcs.end());
  for (size_t i = 0; i < arcs.size(); ++i) {
    const double before = i > 0 ? arcs[i] - arcs[i - 1] : std::numeric_limits<double>::infinity();
    const double after =
        i + 1 < arcs.size() ? arcs[i + 1] - arcs[i] : std::numeric_limits<double>::infinity();
    sum += std::min(before, after);
    ++n;
  }
}

double mean_nearest(const std::vector<Arcs>& of_dendrite) {
  double sum = 0;
  int n = 0;
  for (const Arcs& arcs : of_dendrite) add_nearest(arcs, sum, n);
  return n > 0 ? sum / n : kNaN;
}

double place_on(const Stretches& stretches, double part) {
  double total = 0;
  for (const auto& [from, to] : stretches) total += to - from;
  double left = part * total;
  for (const auto& [from, to] : stretches) {
    if (left <= to - from) return from + left;
    left -= to - from;
  }
  return stretches.empty() ? 0 : stretches.back().second;
}

// One dendrite's events of one kind, and where they could have been.
struct Places {
  Arcs events;
  Arcs candidates;      // of lost spines: all that were there
  Stretches stretches;  // of gained ones
};

class Random {
 public:
  size_t below(size_t n) { return static_cast<size_t>(engine_() % n); }
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }

 private:
  std::mt19937_64 engine_{7};
};

Arcs shuffled(const Places& places, EventKind kind, Random& random) {
  Arcs out;
  if (kind == EventKind::formed) {
    for (size_t i = 0; i < places.events.size(); ++i)
      out.push_back(place_on(places.stretches, random.unit()));
    return out;
  }
  Arcs from = places.candidates;
  for (size_t i = 0; i < places.events.size(); ++i) {
    std::swap(from[i], from[i + random.below(from.size() - i)]);
    out.push_back(from[i]);
  }
  return out;
}

}  // namespace

double chance_of_as_many(int n_found, const std::vector<double>& chances) {
  const std::vector<double> of_count = poisson_binomial(chances);
  return chances.empty() ? kNaN
                         : std::min(1.0, std::accumulate(of_count.begin() + n_found, of_count.end(), 0.0));
}

Table rescue_sweep_table(const SeriesResult& result) {
  Table t;
  t.columns = {
      {"dendrite_id", "Dendrite, or `all` of the series together.", "", {{"all", "every dendrite together"}}},
      {"session_from", "Earlier session of the interval.", "", {}},
      {"session_to", "Later session of the interval.", "", {}},
      {"distance_um", "How near along the dendrite, on the same side.", "um", {}},
      {"n_formed", "Spines gained.", "1", {}},
      {"n_rescued", "Of them, that near to the empty site of a spine lost in an earlier interval.", "1", {}},
      {"n_by_chance", "To expect if the gained spines stood anywhere on the dendrite.", "1", {}},
      {"p_by_chance", "Probability of as many or more by chance.", "1", {}}};
  struct Row {
    size_t from;
    int dendrite_id;
    std::vector<std::string> cells;
  };
  std::vector<Row> rows;
  for (double distance : kRescueDistances_um) {
    std::vector<double> of_all;  // chance of each formed spine of the interval
    for (const Dynamics& d : dynamics(result, events(result, distance), distance)) {
      std::vector<double> chances;
      if (d.dendrite_id != 0 && d.n_formed > 0)
        chances.assign(static_cast<size_t>(d.n_formed), std::min(1.0, d.n_rescued_by_chance / d.n_formed));
      of_all.insert(of_all.end(), chances.begin(), chances.end());
      const bool all = d.dendrite_id == 0;  // comes behind its dendrites
      rows.push_back({d.from,
                      d.dendrite_id,
                      {all ? "all" : cell(d.dendrite_id), cell(result.sessions[d.from].session.label),
                       cell(result.sessions[d.from + 1].session.label), cell(distance), cell(d.n_formed),
                       cell(d.n_rescued), cell(d.n_rescued_by_chance),
                       cell(chance_of_as_many(d.n_rescued, all ? of_all : chances))}});
      if (all) of_all.clear();
    }
  }
  // By interval, then dendrite with `all` behind them, then distance.
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    const auto key = [](const Row& r) { return std::tuple(r.from, r.dendrite_id == 0, r.dendrite_id); };
    return key(a) < key(b);
  });
  for (Row& row : rows) t.rows.push_back(std::move(row.cells));
  return t;
}

Table clustering_table(const SeriesResult& result, const std::vector<Event>& events) {
  Table t;
  t.columns = {{"session_from", "Earlier session of the interval.", "", {}},
               {"session_to", "Later session of the interval.", "", {}},
               {"event", "Which spines.", "", {{"eliminated", "lost ones"}, {"formed", "gained ones"}}},
               {"n_events", "How many of them.", "1", {}},
               {"mean_nearest_um", "Mean distance along the dendrite to the nearest other one.", "um", {}},
               {"shuffled_nearest_um", "The same with shuffled positions, mean of 2000.", "um", {}},
               {"p_clustered", "Share of shuffles with as small a mean or smaller.", "1", {}}};
  const Tracing& dendrites = result.sessions.at(result.reference).frame.dendrites;
  for (size_t from = 0; from + 1 < result.sessions.size(); ++from)
    for (EventKind kind : {EventKind::eliminated, EventKind::formed}) {
      std::vector<Places> places;
      int n_events = 0;
      for (size_t d = 0; d < dendrites.size(); ++d) {
        Places p;
        for (const Event& e : events) {
          const Track& track = result.tracks[e.track];
          if (e.from != from || track.dendrite_id != dendrites[d].id) continue;
          if (e.kind == kind) p.events.push_back(track.arc_um);
          if (e.kind != EventKind::formed) p.candidates.push_back(track.arc_um);
        }
        n_events += static_cast<int>(p.events.size());
        if (p.events.size() < 2) continue;
        p.stretches = shared_stretches(result, d, from, from + 1);
        places.push_back(std::move(p));
      }
      std::vector<Arcs> found;
      for (const Places& p : places) found.push_back(p.events);
      const double observed = mean_nearest(found);
      double sum = 0;
      int as_small = 0;
      Random random;
      for (int k = 0; k < kShuffles && !places.empty(); ++k) {
        std::vector<Arcs> one;
        for (const Places& p : places) one.push_back(shuffled(p, kind, random));
        const double m = mean_nearest(one);
        sum += m;
        as_small += m <= observed * (1 + 1e-12);
      }
      t.rows.push_back({cell(result.sessions[from].session.label),
                        cell(result.sessions[from + 1].session.label), to_text(kind), cell(n_events),
                        cell(observed), cell(places.empty() ? kNaN : sum / kShuffles),
                        cell(places.empty() ? kNaN : (as_small + 1.0) / (kShuffles + 1.0))});
    }
  return t;
}

}  // namespace spinechron::report
