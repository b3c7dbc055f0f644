#include "report/tables.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron::report {
namespace {

const std::vector<std::pair<std::string, std::string>> kStates = {
    {"present", "a spine is there"},
    {"absent", "no spine is there, and it would have been seen"},
    {"not_assessable", "this session cannot tell; the spine is in no denominator of its intervals"}};

const std::vector<std::pair<std::string, std::string>> kEvents = {
    {"stable", "present in both sessions"},
    {"eliminated", "present in the earlier session, absent in the later one"},
    {"formed", "absent in the earlier session, present in the later one"}};

const std::vector<std::pair<std::string, std::string>> kDenominators = {
    {"previous", "spines present at the earlier session of the interval"},
    {"baseline", "spines present at the first session"},
    {"current", "spines present at the later session of the interval"},
    {"per_um", "um of dendrite that both sessions show"}};

Column session_column(const std::string& name, const std::string& which) {
  return {name, "Label of the " + which + ".", "", {}};
}

std::string dendrite_cell(int id) {
  return id == 0 ? "all" : cell(id);
}

double median(std::vector<double> v) {
  if (v.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  if (v.size() % 2) return *middle;
  return 0.5 * (*middle + *std::max_element(v.begin(), middle));
}

}  // namespace

Table spines_table(const SeriesResult& result) {
  Table t;
  t.columns = {
      {"spine_id", "Number of the spine, the same in every session of the series.", "1", {}},
      session_column("session", "session"),
      {"state", "Whether the spine is there.", "", kStates},
      {"x_um", "Head centre in the session's own image, along the columns.", "um", {}},
      {"y_um", "Head centre in the session's own image, along the rows.", "um", {}},
      {"z_um", "Head centre in the session's own image, along the slices.", "um", {}},
      {"base_x_um", "Where the spine meets the shaft's edge, along the columns.", "um", {}},
      {"base_y_um", "Where the spine meets the shaft's edge, along the rows.", "um", {}},
      {"base_z_um", "Where the spine meets the shaft's edge, along the slices.", "um", {}},
      {"ref_x_um", "Head centre in the reference frame, along the columns.", "um", {}},
      {"ref_y_um", "Head centre in the reference frame, along the rows.", "um", {}},
      {"ref_z_um", "Head centre in the reference frame, along the slices.", "um", {}},
      {"dendrite_id", "Dendrite the spine sits on, the same in every session.", "1", {}},
      {"arc_um", "Position along the dendrite in the reference frame.", "um", {}},
      {"side",
       "Side of the dendrite.",
       "",
       {{"left", "left, seen along the dendrite from above"},
        {"right", "right, seen along the dendrite from above"}}},
      {"length_um", "From the base to the tip.", "um", {}},
      {"head_diameter_um", "Diameter of the head.", "um", {}},
      {"neck_diameter_um", "Diameter of the neck.", "um", {}},
      {"volume_um3", "Volume of the head.", "um^3", {}},
      {"brightness", "Background-free head brightness over that of the shaft beside it.", "1", {}},
      {"class",
       "Shape.",
       "",
       {{"mushroom", "large head on a neck"},
        {"thin", "small head on a neck"},
        {"stubby", "no neck"},
        {"filopodium", "long and thin without a head"}}},
      {"snr", "Head over the noise at its site.", "1", {}},
      {"p_present", "Probability that the spine is there, given the images of all sessions.", "1", {}},
      {"edited",
       "Whether a person changed this row.",
       "",
       {{"0", "as the program found it"}, {"1", "changed by a person"}}}};
  for (const Track& track : result.tracks) {
    for (size_t s = 0; s < track.sessions.size(); ++s) {
      const Track::InSession& in = track.sessions[s];
      const SpineMeasures& m = in.measures;
      std::vector<std::string> row = {cell(track.spine_id), cell(result.sessions[s].session.label),
                                      to_text(in.state)};
      for (const Vec3& p : {m.head_um, m.base_um, in.ref_um})
        for (int axis = 0; axis < 3; ++axis) row.push_back(cell(p[axis]));
      row.push_back(cell(track.dendrite_id));
      row.push_back(cell(track.arc_um));
      row.push_back(to_text(track.side));
      for (double x : {m.length_um, m.head_diameter_um, m.neck_diameter_um, m.volume_um3, m.brightness})
        row.push_back(cell(x));
      row.push_back(to_text(m.kind));
      row.push_back(cell(m.snr));
      row.push_back(cell(in.p_present));
      row.push_back("0");
      t.rows.push_back(std::move(row));
    }
  }
  return t;
}

Table events_table(const SeriesResult& result, const std::vector<Event>& events) {
  Table t;
  t.columns = {{"spine_id", "Number of the spine, as in the table of spines.", "1", {}},
               session_column("session_from", "earlier session of the interval"),
               session_column("session_to", "later session of the interval"),
               {"event", "What became of the spine.", "", kEvents},
               {"p_event", "Probability of that event, given the images of all sessions.", "1", {}},
               {"rescues", "Spine lost in an earlier interval at whose site this one formed.", "1", {}}};
  for (const Event& e : events)
    t.rows.push_back({cell(result.tracks[e.track].spine_id), cell(result.sessions[e.from].session.label),
                      cell(result.sessions[e.from + 1].session.label), to_text(e.kind), cell(e.p),
                      e.rescues ? cell(*e.rescues) : "n/a"});
  return t;
}

Table dynamics_table(const SeriesResult& result, const std::vector<Dynamics>& dynamics,
                     const ReportConfig& config) {
  Table t;
  const std::string per = config.denominator == "per_um" ? "1/um" : "1";
  t.columns = {
      {"dendrite_id", "Dendrite, or `all` of the series together.", "", {{"all", "every dendrite together"}}},
      session_column("session_from", "earlier session of the interval"),
      session_column("session_to", "later session of the interval"),
      {"hours", "Time between the sessions.", "h", {}},
      {"n_from", "Spines present at the earlier session, with a verdict in both.", "1", {}},
      {"n_to", "Spines present at the later session, with a verdict in both.", "1", {}},
      {"n_stable", "Spines present in both.", "1", {}},
      {"n_eliminated", "Spines lost.", "1", {}},
      {"n_formed", "Spines gained.", "1", {}},
      {"n_rescued", "Of those gained, at a site where one was lost in an earlier interval.", "1", {}},
      {"n_rescued_by_chance",
       "Rescues to expect if the gained spines stood anywhere on the dendrite that both sessions show.",
       "1",
       {}},
      {"n_not_assessable",
       "Spines without a verdict in one of the two sessions; in no other number.",
       "1",
       {}},
      {"elimination_rate", "Spines lost over the denominator.", per, {}},
      {"elimination_low", "Lower end of its exact confidence interval.", per, {}},
      {"elimination_high", "Upper end of its exact confidence interval.", per, {}},
      {"formation_rate", "Spines gained over the denominator.", per, {}},
      {"formation_low", "Lower end of its exact confidence interval.", per, {}},
      {"formation_high", "Upper end of its exact confidence interval.", per, {}},
      {"turnover_ratio", "(lost + gained) / (n_from + n_to).", "1", {}},
      {"survival_fraction",
       "Share of the first session's spines that the later session still shows.",
       "1",
       {}},
      {"denominator", "What the rates are divided by.", "", kDenominators}};
  for (const Dynamics& d : dynamics) {
    const Rate lost = elimination_rate(d, config.denominator, config.confidence);
    const Rate gained = formation_rate(d, config.denominator, config.confidence);
    std::vector<std::string> row = {dendrite_cell(d.dendrite_id), cell(result.sessions[d.from].session.label),
                                    cell(result.sessions[d.from + 1].session.label), cell(d.hours)};
    for (int n : {d.n_from, d.n_to, d.n_stable, d.n_eliminated, d.n_formed, d.n_rescued})
      row.push_back(cell(n));
    row.push_back(cell(d.n_rescued_by_chance));
    row.push_back(cell(d.n_not_assessable));
    for (const Rate& r : {lost, gained})
      for (double x : {r.value, r.exact.low, r.exact.high}) row.push_back(cell(x));
    row.push_back(cell(d.turnover_ratio));
    row.push_back(cell(d.survival_fraction));
    row.push_back(config.denominator);
    t.rows.push_back(std::move(row));
  }
  return t;
}

Table dendrites_table(const SeriesResult& result) {
  Table t;
  t.columns = {{"dendrite_id", "Dendrite, the same in every session.", "1", {}},
               session_column("session", "session"),
               {"length_um", "Length of it that the session shows.", "um", {}},
               {"radius_um", "Median half width at half maximum.", "um", {}},
               {"n_spines", "Spines present on it.", "1", {}},
               {"density_per_um", "Spines present over the length.", "1/um", {}},
               {"snr", "Shaft over the noise beside it; n/a where the session does not show it.", "1", {}}};
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const Tracing& dendrites = result.sessions.at(result.reference).frame.dendrites;
  for (size_t d = 0; d < dendrites.size(); ++d) {
    for (size_t s = 0; s < result.sessions.size(); ++s) {
      const Frame& frame = result.sessions[s].frame;
      const bool shown = frame.usable && d < frame.dendrites.size();
      const double length = shown ? shown_length_um(result, d, s) : missing;
      const double snr = shown ? frame.dendrites[d].snr : missing;
      const int n =
          static_cast<int>(std::count_if(result.tracks.begin(), result.tracks.end(), [&](const Track& track) {
            return track.dendrite_id == dendrites[d].id && track.sessions[s].state == State::present;
          }));
      t.rows.push_back({cell(dendrites[d].id), cell(result.sessions[s].session.label), cell(length),
                        cell(length > 0 ? median(frame.dendrites[d].radius_um) : missing),
                        shown ? cell(n) : "n/a", cell(length > 0 ? n / length : missing),
                        cell(length > 0 && snr > 0 ? snr : missing)});
    }
  }
  return t;
}

Table rates_table(const SeriesResult& result, const std::vector<Dynamics>& dynamics,
                  const ReportConfig& config) {
  Table t;
  t.columns = {
      {"dendrite_id", "Dendrite, or `all` of the series together.", "", {{"all", "every dendrite together"}}},
      session_column("session_from", "earlier session of the interval"),
      session_column("session_to", "later session of the interval"),
      {"hours", "Time between the sessions.", "h", {}},
      {"event", "What is counted.", "", {kEvents[1], kEvents[2]}},
      {"denominator", "What the rate is divided by.", "", kDenominators},
      {"n_events", "Events called.", "1", {}},
      {"n_expected", "Events expected from the probabilities of all spines.", "1", {}},
      {"per", "The denominator's number: spines, or um under per_um.", "", {}},
      {"rate", "n_events over the denominator.", "", {}},
      {"low",
       "Lower end of the exact interval (Clopper-Pearson; Garwood where it cannot be a share).",
       "",
       {}},
      {"high", "Upper end of the exact interval.", "", {}},
      {"expected_rate", "n_expected over the denominator.", "", {}},
      {"credible_low",
       "Lower end of the credible interval that carries the events' own probabilities.",
       "",
       {}},
      {"credible_high", "Upper end of that interval.", "", {}},
      {"rate_per_24h", "The rate as it would be over 24 h if it were constant: rate x 24 / hours.", "", {}},
      {"low_per_24h", "Lower end of its exact interval.", "", {}},
      {"high_per_24h", "Upper end of it.", "", {}},
      {"credible_low_per_24h", "Lower end of its credible interval.", "", {}},
      {"credible_high_per_24h", "Upper end of it.", "", {}}};
  for (const Dynamics& d : dynamics) {
    for (EventKind kind : {EventKind::eliminated, EventKind::formed}) {
      const bool lost = kind == EventKind::eliminated;
      for (const auto& [name, meaning] : kDenominators) {
        const Rate r =
            lost ? elimination_rate(d, name, config.confidence) : formation_rate(d, name, config.confidence);
        double expected = 0;
        for (double p : lost ? d.p_eliminated : d.p_formed) expected += p;
        std::vector<std::string> row = {dendrite_cell(d.dendrite_id),
                                        cell(result.sessions[d.from].session.label),
                                        cell(result.sessions[d.from + 1].session.label),
                                        cell(d.hours),
                                        to_text(kind),
                                        name,
                                        cell(lost ? d.n_eliminated : d.n_formed),
                                        cell(expected),
                                        name == "per_um"     ? cell(d.length_um)
                                        : name == "baseline" ? cell(d.n_baseline)
                                        : name == "current"  ? cell(d.n_to)
                                                             : cell(d.n_from)};
        for (double x : {r.value, r.exact.low, r.exact.high, r.expected, r.bayes.low, r.bayes.high})
          row.push_back(cell(x));
        const double days = d.hours > 0 ? d.hours / 24 : std::numeric_limits<double>::quiet_NaN();
        for (double x : {r.value, r.exact.low, r.exact.high, r.bayes.low, r.bayes.high})
          row.push_back(cell(x / days));
        t.rows.push_back(std::move(row));
      }
    }
  }
  return t;
}

Table fates_table(const SeriesResult& result, const std::vector<Event>& events) {
  Table t;
  t.columns = {
      {"spine_id", "Number of the spine, as in the table of spines.", "1", {}},
      {"dendrite_id", "Dendrite the spine sits on.", "1", {}},
      {"arc_um", "Position along the dendrite in the reference frame.", "um", {}},
      {"side", "Side of the dendrite, seen along it from above.", "", {}},
      {"fate", "One letter a session: 1 present, 0 absent, ? not assessable.", "", {}},
      {"kind",
       "What the fate amounts to, sessions without a verdict left out.",
       "",
       {{"persistent", "present in all sessions"},
        {"lost", "present, then absent"},
        {"gained", "absent, then present"},
        {"transient", "came and went"},
        {"recurrent", "went and came back"},
        {"unknown", "a verdict in fewer than two sessions"}}},
      {"rescues", "Spine lost in an earlier interval at whose site this one formed.", "1", {}},
      {"perhaps_bouton",
       "Whether it touches something that runs on, so that it may be a bouton of an axon that passes.",
       "",
       {{"0", "nothing says so"}, {"1", "it does, in every session that shows it"}}}};
  for (size_t i = 0; i < result.tracks.size(); ++i) {
    const Track& track = result.tracks[i];
    std::string rescues = "n/a";
    for (const Event& e : events)
      if (e.track == i && e.rescues) rescues = cell(*e.rescues);
    t.rows.push_back({cell(track.spine_id), cell(track.dendrite_id), cell(track.arc_um), to_text(track.side),
                      fate(track), fate_kind(track), rescues, perhaps_bouton(track) ? "1" : "0"});
  }
  return t;
}

}  // namespace spinechron::report
