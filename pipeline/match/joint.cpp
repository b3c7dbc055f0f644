#include "match/joint.hpp"

#include <algorithm>
#include <cmath>

#include "core/frame_arc.hpp"
#include "evidence/evidence.hpp"
#include "evidence/measure.hpp"
#include "match/empty_sites.hpp"
#include "match/link.hpp"
#include "match/presence.hpp"

namespace spinechron {
namespace {

constexpr SearchBox kBox;
// Log odds of being a spine where one should be but makes no peak of its own. What looks less like a spine
// than that says no more than no peak at all: it is not taken for a sighting.
constexpr double kUnseenOdds = -1.2;
constexpr double kOneHeadUm = 0.45;  // nearer to each other than this, two readings are of one head
constexpr double kLostUm =
    0.7;  // registration error at which a site could be its neighbour's: the field's limit for one spine

/// One place with what every session reads there.
struct Scored {
  Place place;
  double p_spine = 0;                // of its best candidate
  std::vector<Reading> readings;     // invalid where the session does not show the place
  std::vector<std::string> reasons;  // why invalid
  std::vector<SiteReading> evidence;
  PresencePosterior posterior;
};

double log_odds(double p) {
  p = std::clamp(p, 1e-3, 1 - 1e-3);
  return std::log(p / (1 - p));
}

// Are two places of one session one head? Depth is known a third as well.
bool one_head(const Vec3& a, const Vec3& b) {
  Vec3 off = a - b;
  off.z() *= 0.35;
  return off.norm() < kOneHeadUm;
}

// Standard error of the registration at an arc of the reference.
double error_at(const Frame& frame, size_t dendrite, double ref_arc_um) {
  const auto& errors = frame.error_um[dendrite];
  if (errors.empty()) return 0;
  const auto i =
      std::min(static_cast<size_t>(std::max(ref_arc_um, 0.0) / frame.arc_step_um), errors.size() - 1);
  return std::isfinite(errors[i]) ? errors[i] : 0.0;
}

std::vector<Sighting> sightings_of(const std::vector<Frame>& frames,
                                   const std::vector<std::vector<Candidate>>& candidates) {
  std::vector<Sighting> out;
  for (size_t s = 0; s < frames.size(); ++s) {
    if (!frames[s].usable) continue;
    for (size_t c = 0; c < candidates[s].size(); ++c) {
      const Candidate& candidate = candidates[s][c];
      if (log_odds(candidate.p) < kUnseenOdds) continue;
      const auto at = std::find_if(frames[s].dendrites.begin(), frames[s].dendrites.end(),
                                   [&](const Dendrite& d) { return d.id == candidate.dendrite_id; });
      if (at == frames[s].dendrites.end()) continue;
      Sighting sight;
      sight.session = s;
      sight.candidate = c;
      sight.dendrite = static_cast<size_t>(at - frames[s].dendrites.begin());
      const Evidence& evidence = *frames[s].evidence[sight.dendrite];
      if (!evidence.usable()) continue;
      sight.here = evidence.locate(candidate.measures.head_um, candidate.arc_um);
      sight.here.side = candidate.side;
      sight.ref_arc_um = reference_arc(frames[s], sight.dendrite, sight.here.arc_um);
      if (!std::isfinite(sight.ref_arc_um)) continue;
      sight.arc_error_um = error_at(frames[s], sight.dendrite, sight.ref_arc_um);
      sight.strength = std::isfinite(candidate.measures.snr) ? candidate.measures.snr : 1.0;
      out.push_back(sight);
    }
  }
  return out;
}

// Where sightings stand in one session: by dendrite and side, in order of arc.
using Standing = std::vector<std::array<std::vector<Site>, 2>>;

std::vector<Standing> standing_in(const std::vector<Place>& places, const std::vector<Frame>& frames) {
  std::vector<Standing> out(frames.size());
  for (size_t s = 0; s < frames.size(); ++s) out[s].resize(frames[s].dendrites.size());
  for (const Place& place : places)
    for (const Sighting& s : place.sightings)
      out[s.session][s.dendrite][size_t(place.side)].push_back(s.here);
  for (Standing& session : out)
    for (auto& dendrite : session)
      for (auto& side : dendrite)
        std::sort(side.begin(), side.end(), [](const Site& a, const Site& b) { return a.arc_um < b.arc_um; });
  return out;
}

// Reads the image at the place in one session, or says why that cannot be done.
std::string read_session(const Scored& scored, const Stack& stack, const Frame& frame, size_t session,
                         const std::vector<std::vector<Candidate>>& candidates, const Standing& standing,
                         double border_um, Reading& out) {
  if (!frame.usable) return frame.reason.empty() ? "the session could not be registered" : frame.reason;
  const Place& place = scored.place;
  const Evidence& evidence = *frame.evidence[place.dendrite];
  if (!evidence.usable()) return "the dendrite is not in the field";
  Site site{place.side, 0, place.out_um, place.depth_um};
  if (const Sighting* s = place.in(session)) {
    site = s->here;
    const Candidate& c = candidates[session][s->candidate];
    out = evidence.read(site, 0.12, 0.12, 0.5);
    if (!out.valid()) return "hidden behind another dendrite";
    out.site = site;
    if (std::isfinite(c.measures.brightness)) out.excess = c.measures.brightness;
    return "";
  }
  site.arc_um = session_arc(frame, place.dendrite, place.ref_arc_um);
  if (!std::isfinite(site.arc_um)) {
    const double snr = frame.dendrites[place.dendrite].snr;
    return snr > 0 && snr < kLeastShaftSnr ? "the dendrite is lost here" : "outside the field";
  }
  const Vec3 at = evidence.position(site), last = stack.image.extent_um(), voxel = stack.image.voxel_um();
  if (at.x() < border_um || at.y() < border_um || at.x() > last.x() - border_um ||
      at.y() > last.y() - border_um || at.z() < voxel.z() || at.z() > last.z() - voxel.z())
    return "outside the field";
  const int arc = std::clamp(static_cast<int>(std::lround(site.arc_um / kStepUm)), 0, evidence.arcs() - 1);
  if (evidence.hidden(arc)) return "the dendrite is hidden or lost here";
  const double error = error_at(frame, place.dendrite, place.ref_arc_um);
  if (error > kLostUm) return "the registration along the dendrite is uncertain here";
  out = evidence.read(site, std::hypot(kBox.arc_um, error), kBox.out_um, kBox.depth_um);
  // What was found may be a neighbour that stands there on its own: then the place itself is read.
  const auto& neighbours = standing[place.dendrite][size_t(place.side)];
  if (out.valid() && std::any_of(neighbours.begin(), neighbours.end(), [&](const Site& neighbour) {
        return one_head(evidence.position(neighbour), evidence.position(out.site));
      }))
    out = evidence.read(site, 0, 0, 0);
  return out.valid() ? "" : "hidden behind another dendrite";
}

// How much one spine's brightness changes between sessions: robust spread of the log ratio over places that
// are plainly there in both, less what noise gives. A prior worth ten pairs holds it where there are few.
double natural_change(const std::vector<Scored>& scored) {
  constexpr double kPrior = 0.30, kPriorPairs = 10, kPlain = 8;
  std::vector<float> off;
  for (const Scored& p : scored)
    for (size_t a = 0; a < p.readings.size(); ++a)
      for (size_t b = a + 1; b < p.readings.size(); ++b) {
        const Reading &x = p.readings[a], &y = p.readings[b];
        if (!x.valid() || !y.valid() || x.snr() < kPlain || y.snr() < kPlain || !p.place.in(a) ||
            !p.place.in(b))
          continue;
        const double noise2 = 1 / (x.snr() * x.snr()) + 1 / (y.snr() * y.snr());
        const double d = std::log(x.excess / y.excess);
        off.push_back(static_cast<float>(std::sqrt(std::max(d * d - noise2, 0.0) / 2)));
      }
  const double count = double(off.size());
  const double found = off.empty() ? kPrior : quantile(off, 0.5) / 0.6745;
  return std::clamp((kPrior * kPriorPairs + found * count) / (kPriorPairs + count), 0.15, 0.6);
}

void judge(std::vector<Scored>& scored, const PresencePrior& prior) {
  for (Scored& p : scored) p.posterior = presence(p.evidence, prior);
}

// Rates of the chain from the series itself, an interval at a time (expectation-maximisation), held by a
// prior worth a dozen spines. All start from the same table of spines before and after, and its losses equal
// its gains: so what two sessions say of the one between them agrees, and a series that runs backwards in
// time gets the same verdicts with lost and formed swapped.
PresencePrior learn_rates(std::vector<Scored>& scored, PresencePrior prior) {
  constexpr double kKept = 9, kLost = 1, kGained = 1, kEmpty = 1.5;
  const size_t gaps = scored.empty() ? 0 : scored.front().evidence.size() - 1;
  for (int round = 0; round < 4; ++round) {
    judge(scored, prior);
    prior.turnover.clear();
    double first = kKept + kLost, all = first + kGained + kEmpty;
    for (const Scored& p : scored) {
      first += p.posterior.present[0];
      all += 1;
    }
    prior.p_first = first / all;
    for (size_t s = 0; s < gaps; ++s) {
      double lost = kLost, kept = kKept, gained = kGained, empty = kEmpty;
      for (const Scored& p : scored) {
        lost += p.posterior.present_to_absent[s];
        kept += p.posterior.present_to_present[s];
        gained += p.posterior.absent_to_present[s];
        empty += p.posterior.absent_to_absent[s];
      }
      prior.turnover.push_back({lost / (lost + kept), gained / (gained + empty)});
    }
  }
  judge(scored, prior);
  return prior;
}

// Is it a spine at all? The mean log odds of the sessions in which it is there, and somewhat of the best. Not
// their sum: what looks like a spine by accident of the tissue looks so in every session.
void judge_nature(std::vector<Scored>& scored, const std::vector<std::vector<Candidate>>& candidates) {
  constexpr double kBest = 0.3;  // its share; the rest is the mean's
  for (Scored& p : scored) {
    double sum = 0, weight = 0, best = kUnseenOdds;
    for (size_t s = 0; s < p.evidence.size(); ++s) {
      if (!p.evidence[s].assessable) continue;
      const double w = p.posterior.present[s];
      const Sighting* sight = p.place.in(s);
      const double odds = sight ? log_odds(candidates[s][sight->candidate].p) : kUnseenOdds;
      best = std::max(best, odds);
      sum += w * odds;
      weight += w;
    }
    p.p_spine = weight > 0 ? 1 / (1 + std::exp(-(kBest * best + (1 - kBest) * sum / weight))) : 0.0;
  }
}

// Tissue that looks like a spine stays as it is; spines come and go, as many as the series itself shows, held
// by a prior worth a dozen. Places that two sessions show at least can say something of that.
void weigh_change(std::vector<Scored>& scored) {
  constexpr double kChanged = 3, kSpines = 12;
  double changed = kChanged, spines = kSpines;
  std::vector<std::pair<Scored*, double>> twice;  // with the chance that it changed
  for (Scored& p : scored)
    if (std::count_if(p.evidence.begin(), p.evidence.end(),
                      [](const SiteReading& r) { return r.assessable; }) >= 2)
      twice.emplace_back(&p, p_change(p.evidence, p.posterior));
  for (const auto& [p, change] : twice) {
    changed += p->p_spine * change;
    spines += p->p_spine;
  }
  for (const auto& [p, change] : twice)
    p->p_spine = p_spine_given_change(p->p_spine, change, changed / spines);
}

// The same head seen from two dendrites, or twice: the dimmer reading goes. Two that some session shows side
// by side are two, however close they are read where they cannot be told apart.
bool are_doubles(const Scored& p, const Scored& q, const std::vector<Frame>& frames) {
  bool meet = false;
  for (size_t s = 0; s < frames.size(); ++s) {
    if (!p.readings[s].valid() || !q.readings[s].valid()) continue;
    const bool one = one_head(frames[s].evidence[p.place.dendrite]->position(p.readings[s].site),
                              frames[s].evidence[q.place.dendrite]->position(q.readings[s].site));
    if (!one && p.place.in(s) && q.place.in(s)) return false;
    meet |= one;
  }
  return meet;
}

void drop_doubles(std::vector<Scored>& scored, const std::vector<Frame>& frames) {
  std::stable_sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
    return a.p_spine * a.posterior.brightness > b.p_spine * b.posterior.brightness;
  });
  std::vector<Scored> kept;
  for (Scored& p : scored)
    if (std::none_of(kept.begin(), kept.end(), [&](const Scored& q) { return are_doubles(p, q, frames); }))
      kept.push_back(std::move(p));
  scored = std::move(kept);
}

}  // namespace

void MatchConfig::declare(Params& params) {
  params
      .number("min_p", min_p, {0, 1}, "1",
              "A place counts as a spine's from this probability on, all sessions taken together.")
      .number("verdict_p", verdict_p, {0.5, 1}, "1",
              "Present or absent is said from this probability on; below, cannot tell.")
      .number("gate_um", gate_um, {0.1, 3}, "um",
              "Largest distance along the dendrite between sightings of one spine.")
      .number("border_um", border_um, {0, 5}, "um",
              "A site nearer to the field's border cannot be assessed.");
}

std::vector<Track> match_jointly(const std::vector<const Stack*>& stacks, const std::vector<Frame>& frames,
                                 const std::vector<std::vector<Candidate>>& candidates,
                                 const MatchConfig& config, const Context& context) {
  const size_t n = frames.size();
  std::vector<Scored> scored;
  const std::vector<Place> places = link(sightings_of(frames, candidates), config.gate_um);

  const std::vector<Standing> stands = standing_in(places, frames);
  for (const Place& place : places) {
    context.check_cancelled();
    Scored p;
    p.place = place;
    p.readings.resize(n);
    p.reasons.resize(n);
    p.evidence.resize(n);
    for (size_t s = 0; s < n; ++s) {
      p.reasons[s] =
          read_session(p, *stacks[s], frames[s], s, candidates, stands[s], config.border_um, p.readings[s]);
      if (!p.readings[s].valid()) continue;
      const EmptyReading empty = empty_reading(*frames[s].evidence[place.dendrite], p.readings[s].site, kBox,
                                               stands[s][place.dendrite][size_t(place.side)]);
      p.evidence[s] = {true,     p.readings[s].excess,  p.readings[s].sigma, empty.mean,
                       empty.sd, place.in(s) != nullptr};
    }
    scored.push_back(std::move(p));
  }

  PresencePrior prior;
  prior.change_sd = natural_change(scored);
  learn_rates(scored, prior);
  judge_nature(scored, candidates);
  weigh_change(scored);
  scored.erase(
      std::remove_if(scored.begin(), scored.end(), [&](const Scored& p) { return p.p_spine < config.min_p; }),
      scored.end());
  drop_doubles(scored, frames);

  std::stable_sort(scored.begin(), scored.end(), [](const Scored& a, const Scored& b) {
    return std::tie(a.place.dendrite, a.place.ref_arc_um, a.place.side) <
           std::tie(b.place.dendrite, b.place.ref_arc_um, b.place.side);
  });
  std::vector<Track> tracks;
  for (const Scored& p : scored) {
    Track t;
    t.spine_id = static_cast<int>(tracks.size()) + 1;
    t.side = p.place.side;
    t.arc_um = p.place.ref_arc_um;
    t.sessions.resize(n);
    bool present_anywhere = false;
    for (size_t s = 0; s < n; ++s) {
      Track::InSession& in = t.sessions[s];
      in.p_present = p.posterior.present[s];
      in.reason = p.reasons[s];
      if (!frames[s].usable) continue;
      t.dendrite_id = frames[s].dendrites[p.place.dendrite].id;
      if (!p.readings[s].valid()) continue;
      const Evidence& evidence = *frames[s].evidence[p.place.dendrite];
      if (in.p_present >= config.verdict_p)
        in.state = State::present;
      else if (in.p_present <= 1 - config.verdict_p)
        in.state = State::absent;
      else
        in.reason = "the images cannot tell";
      const Reading& r = p.readings[s];
      if (const Sighting* sight = p.place.in(s))
        in.measures = candidates[s][sight->candidate].measures;
      else if (in.state == State::present)
        in.measures = measure_spine(evidence, stacks[s]->optics, r.site, r.excess, r.snr());
      else
        in.measures = measure_empty(evidence, r.site, r.excess, r.snr());
      in.ref_um = frames[s].reference_from_session(in.measures.head_um);
      present_anywhere |= in.state == State::present;
    }
    if (!present_anywhere) continue;
    for (size_t s = 0; s + 1 < n; ++s) {
      const auto& q = p.posterior;
      const State a = t.sessions[s].state, b = t.sessions[s + 1].state;
      double v = 0.5;
      if (a == State::present && b == State::absent) v = q.present_to_absent[s];
      if (a == State::absent && b == State::present) v = q.absent_to_present[s];
      if (a == State::present && b == State::present) v = q.present_to_present[s];
      if (a == State::absent && b == State::absent) v = q.absent_to_absent[s];
      t.p_event.push_back(v);
    }
    tracks.push_back(std::move(t));
  }
  return tracks;
}

namespace {

class JointStage : public Matcher {
 public:
  Params params() override {
    Params p;
    config_.declare(p);
    return p;
  }
  std::vector<Track> run(const std::vector<const Stack*>& stacks, const std::vector<Frame>& frames,
                         const std::vector<std::vector<Candidate>>& candidates,
                         const Context& context) const override {
    return match_jointly(stacks, frames, candidates, config_, context);
  }

 private:
  MatchConfig config_;
};

}  // namespace

std::unique_ptr<Matcher> make_joint_stage() {
  return std::make_unique<JointStage>();
}

}  // namespace spinechron
