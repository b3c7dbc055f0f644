#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/frame_arc.hpp"
#include "report/column.hpp"
#include "report/figure.hpp"
#include "report/grey.hpp"
#include "report/marks.hpp"
#include "report/panel.hpp"
#include "report/strips.hpp"

namespace spinechron::report {
namespace {

constexpr double kSide_um = 4;   // to both sides of the centreline
constexpr double kDepth_um = 2;  // above and below it
constexpr double kTangent_um = 0.8;
constexpr double kMargin = 8, kLabel = 44, kRowGap = 3, kBlockGap = 16;
constexpr double kArrow = 8, kNumber = 4.4;

// A dendrite of one session, opened along the reference's arc.
struct Strip {
  size_t nx = 0, ny = 0;
  double pixel_um = 0.12;
  std::vector<float> values;
  std::vector<float> along_axis;
  std::string why_empty;  ///< in words, where there is no picture

  Strip(const SeriesResult& result, size_t session, size_t d) {
    const SessionResult& in = result.sessions[session];
    const Frame& frame = in.frame;
    pixel_um = frame.arc_step_um;
    nx = result.sessions[result.reference].frame.arc_from_reference[d].size();
    ny = 2 * static_cast<size_t>(kSide_um / pixel_um) + 1;
    values.assign(nx * ny, std::numeric_limits<float>::quiet_NaN());
    why_empty = frame.usable ? "not seen in this session" : "session not usable";
    if (!frame.usable || in.image.empty() || d >= frame.dendrites.size()) return;
    const double snr = frame.dendrites[d].snr;
    if (snr > 0 && snr < kLeastShaftSnr) return;  // stretched contrast would make a dendrite of its noise
    const Curve& curve = frame.dendrites[d].centreline;
    const std::vector<double>& arcs = frame.arc_from_reference[d];
    if (curve.empty()) return;
    const Opened opened(curve);
    for (size_t i = 0; i < std::min(nx, arcs.size()); ++i) {
      if (std::isnan(arcs[i])) continue;
      const Vec3 centre = opened.at(arcs[i]);
      const Vec3 left = opened.left(arcs[i]);
      for (size_t j = 0; j < ny; ++j) {
        const double aside = (0.5 * static_cast<double>(ny - 1) - static_cast<double>(j)) * pixel_um;
        const float best = brightest_above_and_below(in.image, centre + aside * left, kDepth_um);
        values[j * nx + i] = best;
        if (j == ny / 2 && !std::isnan(best)) along_axis.push_back(best);
      }
    }
    if (!along_axis.empty()) why_empty.clear();
  }

  std::shared_ptr<const Raster> raster() const {
    return std::make_shared<Raster>(
        nx, ny, to_grey(values, quantile_of(values, 0.2), 0.9 * quantile_of(along_axis, 0.5)));
  }

  // The curve with its arcs; `left` is the unit vector to its left as seen from above (y points down).
  struct Opened {
    const Curve& curve;
    std::vector<double> arcs;
    explicit Opened(const Curve& c) : curve(c), arcs(arcs_um(c)) {}
    Vec3 at(double arc) const { return point_at(curve, arcs, arc); }
    Vec3 left(double arc) const {
      const Vec3 t = at(arc + kTangent_um) - at(arc - kTangent_um);
      const double size = std::hypot(t.x(), t.y());
      return size > 0 ? Vec3(t.y() / size, -t.x() / size, 0) : Vec3(0, -1, 0);
    }
  };
};

// Where a spine stands on the strip of a session: along it, and to its left, um.
Point opened_site(const SeriesResult& result, const Track& track, size_t d, size_t session) {
  const Frame& frame = result.sessions[session].frame;
  const Vec3& head = track.sessions[session].measures.head_um;
  const double fallback = track.side == Side::left ? 1.0 : -1.0;
  if (head.hasNaN()) return {track.arc_um, fallback};
  const double arc = session_arc(frame, d, track.arc_um);
  if (std::isnan(arc)) return {track.arc_um, fallback};
  const Strip::Opened opened(frame.dendrites[d].centreline);
  return {track.arc_um, (head - opened.at(arc)).dot(opened.left(arc))};
}

}  // namespace

std::optional<Scene> straightened(const SeriesResult& result, const std::vector<Event>& events,
                                  const ReportConfig& config) {
  const Frame& reference = result.sessions.at(result.reference).frame;
  const size_t n = result.sessions.size();
  double longest = 0;
  for (const std::vector<double>& arc : reference.arc_from_reference)
    longest = std::max(longest, static_cast<double>(arc.size()) * reference.arc_step_um);
  if (!(longest > 0)) return std::nullopt;
  Scene scene;
  scene.width = config.figure_width_mm / 25.4 * 72;
  const double scale = std::min((scene.width - 2 * kMargin - kLabel) / longest, 14.0);
  scene.title =
      fmt::format("sub-{} sample-{}: dendrites straightened", result.series.subject, result.series.sample);
  scene.description = "Every dendrite along its centreline, one row a session, its left side on top.";
  double y = kMargin;
  for (size_t d = 0; d < reference.arc_from_reference.size(); ++d) {
    const int id = reference.dendrites[d].id;
    scene.things.push_back(
        Text{kMargin, y + 7, 7.5, fmt::format("Dendrite {}", id), "#000000", Text::Anchor::start, true});
    y += 11;
    for (size_t s = 0; s < n; ++s) {
      const Strip strip(result, s, d);
      const double width = static_cast<double>(strip.nx) * strip.pixel_um * scale;
      const double height = static_cast<double>(strip.ny) * strip.pixel_um * scale;
      const double x = kMargin + kLabel;
      scene.things.push_back(Text{kMargin, y + height / 2 + 2, 6,
                                  fitted(result.sessions[s].session.label, 6, kLabel - 4), "#222222",
                                  Text::Anchor::start, false});
      scene.things.push_back(Picture{x, y, width, height, strip.raster(),
                                     fmt::format("Dendrite {} in {}", id, result.sessions[s].session.label)});
      if (!strip.why_empty.empty())
        scene.things.push_back(
            Text{x + 4, y + height / 2 + 2, 6, strip.why_empty, "#cccccc", Text::Anchor::start, false});
      Placer placer(kArrow, {x, y}, {x + width, y + height});
      for (const Event& e : events) {
        const Track& track = result.tracks[e.track];
        const bool lost = e.kind == EventKind::eliminated;
        if (e.kind == EventKind::stable || track.dendrite_id != id || (lost ? e.from : e.from + 1) != s)
          continue;
        const Point site = opened_site(result, track, d, s);
        const double up = std::clamp(site.y, -kSide_um, kSide_um);
        const Point centre{x + site.x * scale, y + height / 2 - up * scale};
        const Point direction = placer.direction(centre, {0, up >= 0 ? -1.0 : 1.0});
        const double gap = (e.rescues ? 0.75 : 0.5) * scale;
        if (e.rescues) scene.things.push_back(ring(centre, 0.55 * scale));
        const Point tip{centre.x + gap * direction.x, centre.y + gap * direction.y};
        Mark m = arrow(tip, direction, kArrow, e.kind);
        m.meaning = {"strip-" + m.meaning.kind,
                     fmt::format("Spine {} {}", track.spine_id, to_text(e.kind)),
                     {{"spine", fmt::format("{}", track.spine_id)}}};
        scene.things.push_back(std::move(m));
        const Point tail{tip.x + kArrow * direction.x, tip.y + kArrow * direction.y};
        scene.things.push_back(number_behind(tail, direction, track.spine_id, kNumber, e.kind));
      }
      y += height + kRowGap;
    }
    y += kBlockGap - kRowGap;
  }
  const double bar = config.scale_bar_um * scale;
  Mark line;
  line.lines.push_back({{{kMargin + kLabel, y}, {kMargin + kLabel + bar, y}}, false});
  line.stroke = "#000000";
  line.stroke_width = 1.4;
  line.meaning.kind = "scale-bar";
  scene.things.push_back(std::move(line));
  scene.things.push_back(Text{kMargin + kLabel + bar + 4, y + 2, 6,
                              fmt::format("{} \u00b5m", config.scale_bar_um), "#000000", Text::Anchor::start,
                              false});
  scene.height = y + kMargin;
  return scene;
}

}  // namespace spinechron::report
