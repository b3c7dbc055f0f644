#include "report/rates.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/frame_arc.hpp"
#include "report/chance.hpp"

namespace spinechron::report {
namespace {

bool present(const Track& t, size_t s) {
  return t.sessions[s].state == State::present;
}
bool absent(const Track& t, size_t s) {
  return t.sessions[s].state == State::absent;
}
bool judged(const Track& t, size_t s) {
  return t.sessions[s].state != State::not_assessable;
}

// Where a spine stands along the dendrite in one session, in the reference's arc. Sessions are measured
// apart: one place of a track may hold a spine, lose it, and hold another one half a micrometre farther on.
double arc_in_session(const SeriesResult& result, const Track& track, size_t s) {
  const Frame& frame = result.sessions[s].frame;
  const Vec3& head = track.sessions[s].measures.head_um;
  for (size_t d = 0; frame.usable && !head.hasNaN() && d < frame.dendrites.size(); ++d) {
    if (frame.dendrites[d].id != track.dendrite_id || frame.dendrites[d].centreline.empty() ||
        d >= frame.arc_from_reference.size())
      continue;
    const double arc = reference_arc(frame, d, nearest_arc(frame, d, head));
    if (!std::isnan(arc)) return arc;
  }
  return track.arc_um;
}

// The site of a lost spine that stands empty.
struct LostSite {
  size_t track;
  double arc_um;  // where the spine stood last
};

// Lost sites that stand empty at session `from`: eliminated before, and nobody has taken the place since.
// `taken_by[k]` are the tracks that rescued track k.
std::vector<LostSite> empty_lost_sites(const SeriesResult& result, size_t from,
                                       const std::map<size_t, std::vector<size_t>>& taken_by) {
  const std::vector<Track>& tracks = result.tracks;
  std::vector<LostSite> out;
  for (size_t k = 0; k < tracks.size(); ++k) {
    if (!absent(tracks[k], from)) continue;
    std::optional<size_t> lost_after;
    for (size_t s = 0; s + 1 <= from; ++s)
      if (present(tracks[k], s) && absent(tracks[k], s + 1)) lost_after = s;
    const auto takers = taken_by.find(k);
    const bool taken =
        takers != taken_by.end() && std::any_of(takers->second.begin(), takers->second.end(),
                                                [&](size_t taker) { return present(tracks[taker], from); });
    if (lost_after && !taken) out.push_back({k, arc_in_session(result, tracks[k], *lost_after)});
  }
  return out;
}

struct Rescues {
  std::vector<std::vector<LostSite>> empty_sites;       // of every interval
  std::map<std::pair<size_t, size_t>, size_t> rescued;  // (track, interval) -> lost track
};

Rescues find_rescues(const SeriesResult& result, double rescue_um) {
  const std::vector<Track>& tracks = result.tracks;
  Rescues out;
  std::map<size_t, std::vector<size_t>> taken_by;
  for (size_t from = 0; from + 1 < result.sessions.size(); ++from) {
    const std::vector<LostSite> sites = empty_lost_sites(result, from, taken_by);
    for (size_t t = 0; t < tracks.size(); ++t) {
      if (!absent(tracks[t], from) || !present(tracks[t], from + 1)) continue;
      const double arc = arc_in_session(result, tracks[t], from + 1);
      double nearest = std::numeric_limits<double>::infinity();
      for (const LostSite& site : sites) {
        const Track& lost = tracks[site.track];
        const double distance = std::abs(site.arc_um - arc);
        if (lost.dendrite_id != tracks[t].dendrite_id || lost.side != tracks[t].side ||
            distance > rescue_um || distance >= nearest)
          continue;
        nearest = distance;
        out.rescued[{t, from}] = site.track;
      }
      if (const auto hit = out.rescued.find({t, from}); hit != out.rescued.end())
        taken_by[hit->second].push_back(t);
    }
    out.empty_sites.push_back(sites);
  }
  return out;
}

double probability_of_loss(const Track& t, size_t from) {
  if (absent(t, from + 1)) return t.p_event[from];
  return std::min(1 - t.p_event[from], t.sessions[from].p_present * (1 - t.sessions[from + 1].p_present));
}

double probability_of_formation(const Track& t, size_t from) {
  if (present(t, from + 1)) return t.p_event[from];
  return (1 - t.sessions[from].p_present) * t.sessions[from + 1].p_present;
}

void count(const Track& t, size_t from, size_t baseline, Dynamics& d) {
  if (present(t, baseline) && judged(t, from + 1)) ++d.n_survival;
  if (!judged(t, from) || !judged(t, from + 1)) {
    ++d.n_not_assessable;
    return;
  }
  const bool before = present(t, from), after = present(t, from + 1);
  d.n_from += before;
  d.n_to += after;
  d.n_stable += before && after;
  d.n_eliminated += before && !after;
  d.n_formed += !before && after;
  d.n_baseline += present(t, baseline);
  if (before)
    d.p_eliminated.push_back(std::clamp(probability_of_loss(t, from), 0.0, 1.0));
  else
    d.p_formed.push_back(std::clamp(probability_of_formation(t, from), 0.0, 1.0));
}

void finish(Dynamics& d, int survivors) {
  if (d.n_from + d.n_to > 0)
    d.turnover_ratio = static_cast<double>(d.n_eliminated + d.n_formed) / (d.n_from + d.n_to);
  if (d.n_survival > 0) d.survival_fraction = static_cast<double>(survivors) / d.n_survival;
}

// `weight[k]` is the probability of k events, each of which has its own in `p`.
Rate rate(int n_events, const std::vector<double>& p, const std::vector<double>& weight, const Dynamics& d,
          const std::string& denominator, double confidence) {
  Rate r;
  const double expected = std::accumulate(p.begin(), p.end(), 0.0);
  if (denominator == "per_um") {
    if (!(d.length_um > 0)) return r;
    r.value = n_events / d.length_um;
    r.expected = expected / d.length_um;
    r.exact = garwood(n_events, d.length_um, confidence);
    r.bayes = gamma_mixture(weight, d.length_um, confidence);
    return r;
  }
  const int n = denominator == "baseline" ? d.n_baseline : denominator == "current" ? d.n_to : d.n_from;
  if (n <= 0) return r;
  r.value = static_cast<double>(n_events) / n;
  r.expected = expected / n;
  r.exact = n_events <= n ? clopper_pearson(n_events, n, confidence) : garwood(n_events, n, confidence);
  r.bayes = n_events <= n ? beta_mixture(weight, n, confidence) : gamma_mixture(weight, n, confidence);
  return r;
}

}  // namespace

const char* to_text(EventKind kind) {
  switch (kind) {
    case EventKind::stable:
      return "stable";
    case EventKind::eliminated:
      return "eliminated";
    case EventKind::formed:
      break;
  }
  return "formed";
}

std::vector<Event> events(const SeriesResult& result, double rescue_um) {
  const Rescues rescues = find_rescues(result, rescue_um);
  std::vector<Event> out;
  for (size_t t = 0; t < result.tracks.size(); ++t) {
    const Track& track = result.tracks[t];
    for (size_t from = 0; from + 1 < track.sessions.size(); ++from) {
      if (!judged(track, from) || !judged(track, from + 1)) continue;
      const bool before = present(track, from), after = present(track, from + 1);
      if (!before && !after) continue;
      Event e{t, from, before ? (after ? EventKind::stable : EventKind::eliminated) : EventKind::formed,
              track.p_event[from], std::nullopt};
      if (const auto hit = rescues.rescued.find({t, from}); hit != rescues.rescued.end())
        e.rescues = result.tracks[hit->second].spine_id;
      out.push_back(e);
    }
  }
  return out;
}

std::string fate(const Track& track) {
  std::string out;
  for (const Track::InSession& s : track.sessions) {
    if (!out.empty()) out += '-';
    out += s.state == State::present ? '1' : s.state == State::absent ? '0' : '?';
  }
  return out;
}

const char* fate_kind(const Track& track) {
  int changes = 0, judged_sessions = 0;
  bool first = false, last = false;
  for (const Track::InSession& s : track.sessions) {
    if (s.state == State::not_assessable) continue;
    const bool here = s.state == State::present;
    if (judged_sessions++ == 0)
      first = here;
    else
      changes += here != last;
    last = here;
  }
  if (judged_sessions < 2) return "unknown";
  if (changes == 0) return "persistent";
  if (changes == 1) return first ? "lost" : "gained";
  return first || changes > 2 ? "recurrent" : "transient";
}

size_t baseline_session(const SeriesResult& result) {
  for (size_t s = 0; s < result.sessions.size(); ++s)
    if (result.sessions[s].frame.usable) return s;
  return 0;
}

double shared_length_um(const SeriesResult& result, size_t d, size_t session_a, size_t session_b) {
  double length = 0;
  for (const auto& [from, to] : shared_stretches(result, d, session_a, session_b)) length += to - from;
  return length;
}

double shown_length_um(const SeriesResult& result, size_t d, size_t session) {
  const std::vector<double>& arc = result.sessions[session].frame.arc_from_reference.at(d);
  double length = 0;
  for (size_t i = 1; i < arc.size(); ++i)
    if (!std::isnan(arc[i]) && !std::isnan(arc[i - 1])) length += arc[i] - arc[i - 1];
  return length;
}

std::vector<Dynamics> dynamics(const SeriesResult& result, const std::vector<Event>& events,
                               double rescue_um) {
  const size_t baseline = baseline_session(result);
  const Rescues rescues = find_rescues(result, rescue_um);
  const Tracing& dendrites = result.sessions.at(result.reference).frame.dendrites;
  std::vector<Dynamics> out;
  for (size_t from = 0; from + 1 < result.sessions.size(); ++from) {
    const Session& a = result.sessions[from].session;
    const Session& b = result.sessions[from + 1].session;
    Dynamics all;
    all.from = from;
    if (a.hours && b.hours) all.hours = *b.hours - *a.hours;
    int all_survivors = 0;
    for (size_t i = 0; i < dendrites.size(); ++i) {
      Dynamics d;
      d.dendrite_id = dendrites[i].id;
      d.from = from;
      d.hours = all.hours;
      const Stretches stretches = shared_stretches(result, i, from, from + 1);
      for (const auto& [start, end] : stretches) d.length_um += end - start;
      int survivors = 0;
      for (const Track& t : result.tracks) {
        if (t.dendrite_id != d.dendrite_id) continue;
        count(t, from, baseline, d);
        survivors += present(t, baseline) && present(t, from + 1);
      }
      for (const Event& e : events)
        d.n_rescued += e.from == from && e.rescues && result.tracks[e.track].dendrite_id == d.dendrite_id;
      std::vector<Site> lost;
      for (const LostSite& site : rescues.empty_sites[from])
        if (result.tracks[site.track].dendrite_id == d.dendrite_id)
          lost.push_back({site.arc_um, result.tracks[site.track].side});
      d.n_rescued_by_chance = d.n_formed * chance_of_rescue(stretches, lost, rescue_um);
      finish(d, survivors);
      all.n_from += d.n_from;
      all.n_to += d.n_to;
      all.n_stable += d.n_stable;
      all.n_eliminated += d.n_eliminated;
      all.n_formed += d.n_formed;
      all.n_rescued += d.n_rescued;
      all.n_rescued_by_chance += d.n_rescued_by_chance;
      all.n_not_assessable += d.n_not_assessable;
      all.n_baseline += d.n_baseline;
      all.n_survival += d.n_survival;
      all.length_um += d.length_um;
      all.p_eliminated.insert(all.p_eliminated.end(), d.p_eliminated.begin(), d.p_eliminated.end());
      all.p_formed.insert(all.p_formed.end(), d.p_formed.begin(), d.p_formed.end());
      all_survivors += survivors;
      out.push_back(std::move(d));
    }
    finish(all, all_survivors);
    out.push_back(std::move(all));
  }
  // The joint verdict learns one rate of loss from all sessions; half a spine lost and half a one kept
  // (Jeffreys) keep it above 0 and below 1.
  double lost = 0.5, at_risk = 1;
  for (const Dynamics& d : out) {
    if (d.dendrite_id != 0) continue;
    lost += std::accumulate(d.p_eliminated.begin(), d.p_eliminated.end(), 0.0);
    at_risk += static_cast<double>(d.p_eliminated.size());
  }
  for (Dynamics& d : out) d.assumed_loss = lost / at_risk;
  return out;
}

Rate elimination_rate(const Dynamics& d, const std::string& denominator, double confidence) {
  return rate(d.n_eliminated, d.p_eliminated, count_posterior(d.p_eliminated, d.assumed_loss), d, denominator,
              confidence);
}

Rate formation_rate(const Dynamics& d, const std::string& denominator, double confidence) {
  // Where none formed nothing is listed, so that these probabilities tell of no rate.
  return rate(d.n_formed, d.p_formed, poisson_binomial(d.p_formed), d, denominator, confidence);
}

}  // namespace spinechron::report
