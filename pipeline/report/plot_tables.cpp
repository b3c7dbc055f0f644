#include "report/plot_tables.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "report/methods.hpp"
#include "report/panel.hpp"

namespace spinechron::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string dendrite_name(int id) {
  return id == 0 ? "all" : cell(id);
}

// The density of one dendrite in one session at places `step_um` apart.
class Spread {
 public:
  Spread(const SessionResult& in, size_t d) : step_um_(in.frame.arc_step_um) {
    const Curve& curve = in.frame.dendrites.at(d).centreline;
    const std::vector<double> arcs = arcs_um(curve);
    for (double arc : in.frame.arc_from_reference.at(d))
      shown_.push_back(!std::isnan(arc) && !curve.empty() &&
                       !std::isnan(in.image.sample(point_at(curve, arcs, arc))));
  }
  void add(double arc_um) { spines_.push_back(arc_um); }
  double length_um() const { return static_cast<double>(shown_.size()) * step_um_; }

  double operator()(double arc_um) const {
    double length = 0, spines = 0;
    for (size_t i = 0; i < shown_.size(); ++i)
      if (shown_[i]) length += step_um_ * weight(static_cast<double>(i) * step_um_ - arc_um);
    for (double spine : spines_) spines += weight(spine - arc_um);
    return length > kLeast_um ? spines / length : kNaN;
  }

  static constexpr double kSpread_um = 3;

 private:
  static constexpr double kLeast_um = 1.5;  // of shown dendrite under the spread, else there is no density
  static double weight(double away_um) {
    const double z = away_um / kSpread_um;
    return std::abs(z) > 4 ? 0.0 : std::exp(-0.5 * z * z);
  }
  double step_um_;
  std::vector<bool> shown_;
  std::vector<double> spines_;
};

}  // namespace

Table survival_points(const SeriesResult& result, const std::vector<Dynamics>& dynamics, double confidence) {
  Table t;
  t.columns = {{"name", "The dendrite, or all of them.", "", {}},
               {"kind", "part: one dendrite; all: all together.", "", {}},
               {"group", "What the curve is coloured by.", "", {}},
               {"session", "Label of the session.", "", {}},
               {"hours", "Time of the session.", "h", {}},
               {"spines", "Spines of the first session with a verdict in this one.", "1", {}},
               {"survival", "Share of them that is still there.", "1", {}},
               {"low", "Lower end of its exact interval.", "1", {}},
               {"high", "Upper end of its exact interval.", "1", {}}};
  const size_t first = baseline_session(result);
  const auto add = [&](int dendrite, size_t s, int n, double survival, Interval interval) {
    const Session& session = result.sessions[s].session;
    t.rows.push_back({dendrite == 0 ? "all dendrites" : "dendrite " + cell(dendrite),
                      dendrite == 0 ? "all" : "part", "spines of " + result.sessions[first].session.label,
                      cell(session.label), cell(session.hours.value_or(kNaN)), cell(n), cell(survival),
                      cell(interval.low), cell(interval.high)});
  };
  std::map<int, int> n_first;
  for (const Track& track : result.tracks)
    if (first < track.sessions.size() && track.sessions[first].state == State::present) {
      ++n_first[track.dendrite_id];
      ++n_first[0];
    }
  for (const auto& [dendrite, n] : n_first) add(dendrite, first, n, 1, {1, 1});
  for (const Dynamics& d : dynamics)
    if (d.from >= first && d.n_survival > 0)
      add(d.dendrite_id, d.from + 1, d.n_survival, d.survival_fraction,
          clopper_pearson(static_cast<int>(std::lround(d.survival_fraction * d.n_survival)), d.n_survival,
                          confidence));
  return t;
}

Table rate_points(const SeriesResult& result, const std::vector<Dynamics>& dynamics,
                  const ReportConfig& config) {
  Table t;
  t.columns = {{"interval", "Two consecutive sessions.", "", {}},
               {"dendrite", "The dendrite, or all of them.", "", {}},
               {"event", "eliminated or formed.", "", {}},
               {"events", "How many there were.", "1", {}},
               {"per", "What the rate is per.", "", {}},
               {"rate", "Events over the denominator.", "", {}},
               {"low", "Lower end of its exact interval.", "", {}},
               {"high", "Upper end of its exact interval.", "", {}}};
  const std::string per = config.denominator == "per_um" ? "um" : "spine";
  for (const Dynamics& d : dynamics) {
    const std::string interval =
        result.sessions[d.from].session.label + " \u2192 " + result.sessions[d.from + 1].session.label;
    const auto add = [&](EventKind kind, int n, const Rate& rate) {
      if (!std::isnan(rate.value))
        t.rows.push_back({cell(interval), dendrite_name(d.dendrite_id), to_text(kind), cell(n), per,
                          cell(rate.value), cell(rate.exact.low), cell(rate.exact.high)});
    };
    add(EventKind::eliminated, d.n_eliminated, elimination_rate(d, config.denominator, config.confidence));
    add(EventKind::formed, d.n_formed, formation_rate(d, config.denominator, config.confidence));
  }
  return t;
}

Table fate_counts(const SeriesResult& result) {
  std::map<std::string, int> counts;
  for (const Track& track : result.tracks) ++counts[fate(track)];
  std::vector<std::pair<std::string, int>> order(counts.begin(), counts.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  Table t;
  t.columns = {{"fate", "One letter a session: 1 present, 0 absent, ? not assessable.", "", {}},
               {"group", "What the bar is coloured by.", "", {}},
               {"spines", "Spines with that fate.", "1", {}},
               {"share", "Of all spines.", "1", {}}};
  for (const auto& [name, n] : order)
    t.rows.push_back({name, "all spines", cell(n),
                      cell(static_cast<double>(n) / static_cast<double>(result.tracks.size()))});
  return t;
}

Table density_points(const SeriesResult& result, const std::vector<Event>& events) {
  constexpr double kEvery_um = 2;
  Table t;
  t.columns = {{"dendrite", "The dendrite.", "", {}},
               {"kind", "density, or an event that the interval before the session brought.", "", {}},
               {"session", "Label of the session.", "", {}},
               {"arc_um", "Position along the dendrite in the reference frame.", "um", {}},
               {"density", "Spines per um around it.", "1/um", {}},
               {"spine_id", "The spine of an event.", "1", {}}};
  const Tracing& dendrites = result.sessions.at(result.reference).frame.dendrites;
  for (size_t d = 0; d < dendrites.size(); ++d) {
    const std::string name = cell(dendrites[d].id);
    for (size_t s = 0; s < result.sessions.size(); ++s) {
      const SessionResult& in = result.sessions[s];
      if (!in.frame.usable || d >= in.frame.arc_from_reference.size() || d >= in.frame.dendrites.size())
        continue;
      Spread density(in, d);
      for (const Track& track : result.tracks)
        if (track.dendrite_id == dendrites[d].id && track.sessions[s].state == State::present)
          density.add(track.arc_um);
      for (double arc = 0; arc < density.length_um(); arc += kEvery_um)
        t.rows.push_back({name, "density", cell(in.session.label), cell(arc), cell(density(arc)), "n/a"});
    }
    for (const Event& e : events) {
      const Track& track = result.tracks[e.track];
      if (e.kind != EventKind::stable && track.dendrite_id == dendrites[d].id)
        t.rows.push_back({name, to_text(e.kind), cell(result.sessions[e.from + 1].session.label),
                          cell(track.arc_um), "n/a", cell(track.spine_id)});
    }
  }
  return t;
}

std::vector<Column> quality_columns() {
  return {{"session", "Label of the session.", "", {}},
          {"verdict", "Whether it can be used.", "", {}},
          {"in plain words", "What is to be said of it.", "", {}},
          {"snr", "Brightness of the shafts over the noise beside them.", "1", {}},
          {"photons", "A voxel, median along the shafts.", "1", {}},
          {"saturated_fraction", "Share of its voxels at the highest count.", "1", {}},
          {"psf_lateral_um", "Standard deviation of its point spread function across the axis.", "um", {}},
          {"psf_axial_um", "Standard deviation of its point spread function along the axis.", "um", {}},
          {"motion_um", "r.m.s. shift between neighbouring slices, found and undone.", "um", {}},
          {"shift_um", "Of its middle, to the reference frame.", "um", {}},
          {"overlap", "Share of the reference's dendrites in its field.", "1", {}},
          {"registration_error_um", "Median distance of shafts after registration.", "um", {}}};
}

std::vector<std::string> quality_row(const SessionResult& in) {
  const Quality& q = in.quality;
  return {cell(in.session.label),
          cell(q.verdict),
          cell(quality_text(in)),
          cell(q.snr),
          cell(q.photons),
          cell(q.saturated_fraction),
          cell(in.optics.lateral_sigma_um),
          cell(in.optics.axial_sigma_um),
          cell(q.motion_um),
          cell(q.shift_um),
          cell(q.overlap),
          cell(q.registration_error_um)};
}

Table quality_points(const SeriesResult& result) {
  Table t;
  t.columns = quality_columns();
  for (const SessionResult& in : result.sessions) t.rows.push_back(quality_row(in));
  return t;
}

}  // namespace spinechron::report
