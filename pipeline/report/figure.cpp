#include "report/figure.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "report/marks.hpp"
#include "report/panel.hpp"

namespace spinechron::report {
namespace {

constexpr double kMargin = 8, kGap = 6, kTitle = 11, kHeader = 16, kFooter = 30, kLabelSize = 4.6;
constexpr double kArrow = 9;   // length, points
constexpr double kWide = 1.6;  // panels wider than this over their height stand below each other
constexpr size_t kMostInRow = 4;
constexpr double kField_um = 5;  // margin around the dendrites

struct Layout {
  size_t columns = 1, rows = 1;
  double width = 0, height = 0;  // of a panel, points
  double scale = 1;              // points a um

  Layout(const PanelGrid& grid, size_t n, double total_width) {
    const double aspect = static_cast<double>(grid.nx) / static_cast<double>(grid.ny);
    columns = aspect > kWide ? 1 : std::min(n, kMostInRow);
    rows = (n + columns - 1) / columns;
    const double room = total_width - 2 * kMargin - kGap * static_cast<double>(columns - 1);
    width = room / static_cast<double>(columns);
    // A lone or tall panel is held down so that the drawing stays on a page.
    width = std::min(width, 1.2 * total_width * aspect / static_cast<double>(rows));
    scale = width / (static_cast<double>(grid.nx) * grid.pixel_um);
    height = width / aspect;
  }
  Point corner(size_t panel) const {
    return {kMargin + static_cast<double>(panel % columns) * (width + kGap),
            kHeader + kMargin + kTitle + static_cast<double>(panel / columns) * (height + kTitle + kGap)};
  }
};

std::string hours_text(const Session& s) {
  if (!s.hours || *s.hours == 0) return "";
  return *s.hours >= 72 ? fmt::format(", day {:.3g}", *s.hours / 24) : fmt::format(", {:.3g} h", *s.hours);
}

// The site of a track as a session's panel shows it; else as the nearest session in time knows it.
std::optional<Vec3> site(const Track& track, size_t session) {
  for (size_t away = 0; away < track.sessions.size(); ++away)
    for (int sign : {-1, 1}) {
      const auto s = static_cast<long>(session) + sign * static_cast<long>(away);
      if (s < 0 || s >= static_cast<long>(track.sessions.size())) continue;
      const Vec3& p = track.sessions[static_cast<size_t>(s)].ref_um;
      if (!p.hasNaN()) return p;
    }
  return std::nullopt;
}

class Drawing {
 public:
  Drawing(const SeriesResult& result, const PanelGrid& grid, const Layout& layout, Scene& scene)
      : result_(result), grid_(grid), layout_(layout), scene_(scene) {
    for (size_t s = 0; s < result.sessions.size(); ++s) {
      const Point c = layout.corner(s);
      placers_.emplace_back(kArrow, c, Point{c.x + layout.width, c.y + layout.height});
    }
  }

  Point place(size_t panel, const Vec3& p) const {
    const Point c = layout_.corner(panel);
    return {c.x + (p.x() - grid_.x0_um + 0.5 * grid_.pixel_um) * layout_.scale,
            c.y + (p.y() - grid_.y0_um + 0.5 * grid_.pixel_um) * layout_.scale};
  }

  void mark(const Event& e) {
    const Track& track = result_.tracks[e.track];
    const bool lost = e.kind == EventKind::eliminated;
    const size_t session = lost ? e.from : e.from + 1;
    const std::optional<Vec3> head = site(track, session);
    if (!head) return;
    const Point centre = place(session, *head);
    const double head_um = track.sessions[session].measures.head_diameter_um;
    const double clear = layout_.scale * (0.25 + 0.5 * (std::isnan(head_um) ? 0.5 : head_um));
    const Meaning meaning = meaning_of(e);
    if (e.rescues) {
      scene_.things.push_back(with(ring(centre, clear + 0.5), "ring rescued", meaning));
    }
    if (lost)
      if (const std::optional<Vec3> empty = site(track, session + 1))
        scene_.things.push_back(with(cross(place(session + 1, *empty), 1.5), "site eliminated", meaning));
    const Point outward = outward_of(track, *head);
    const Point direction = placers_[session].direction(centre, outward);
    const double gap = clear + (e.rescues ? 1.6 : 0.6);
    const Point tip{centre.x + gap * direction.x, centre.y + gap * direction.y};
    scene_.things.push_back(
        with(arrow(tip, direction, kArrow, e.kind), std::string("arrow ") + to_text(e.kind), meaning));
    const Point tail{tip.x + kArrow * direction.x, tip.y + kArrow * direction.y};
    scene_.things.push_back(number_behind(tail, direction, track.spine_id, kLabelSize, e.kind));
  }

 private:
  static Mark with(Mark mark, const std::string& kind, Meaning meaning) {
    mark.meaning = std::move(meaning);
    mark.meaning.kind = kind;
    return mark;
  }

  Meaning meaning_of(const Event& e) const {
    const std::string from = result_.sessions[e.from].session.label;
    const std::string to = result_.sessions[e.from + 1].session.label;
    const int id = result_.tracks[e.track].spine_id;
    std::string title =
        fmt::format("Spine {} {} between {} and {} (p = {:.2f})", id, to_text(e.kind), from, to, e.p);
    if (e.rescues) title += fmt::format(", at the site of lost spine {}", *e.rescues);
    Meaning m{"", title, {{"spine", fmt::format("{}", id)}, {"from", from}, {"to", to}}};
    return m;
  }

  Point outward_of(const Track& track, const Vec3& head) const {
    for (const Dendrite& d : result_.sessions.at(result_.reference).frame.dendrites)
      if (d.id == track.dendrite_id && !d.centreline.empty()) {
        const Vec3 away = head - project(d.centreline, head, 0.0).foot;
        return {away.x(), away.y()};
      }
    return {0, -1};
  }

  const SeriesResult& result_;
  const PanelGrid& grid_;
  const Layout& layout_;
  Scene& scene_;
  std::vector<Placer> placers_;
};

void add_scale_bar(Scene& scene, const Layout& layout, double bar_um) {
  const Point corner = layout.corner(0);
  double um = bar_um;
  while (um * layout.scale > 0.6 * layout.width && um > 0.01) um /= 2;
  const double length = um * layout.scale, x = corner.x + layout.width - 6 - length,
               y = corner.y + layout.height - 6;
  Mark bar;
  bar.lines.push_back({{{x, y}, {x + length, y}}, false});
  bar.stroke = "#ffffff";
  bar.stroke_width = 1.6;
  bar.halo = 0.4;
  bar.meaning = {"scale-bar", fmt::format("{} um", um), {}};
  scene.things.push_back(bar);
  scene.things.push_back(Text{x + length / 2, y - 2.5, 6, fmt::format("{} \u00b5m", um), "#ffffff",
                              Text::Anchor::middle, false});
}

void add_legend(Scene& scene, double y) {
  double x = kMargin;
  const auto entry = [&](Mark mark, const std::string& text, double width) {
    mark.meaning = {"legend", "", {}};
    scene.things.push_back(std::move(mark));
    scene.things.push_back(Text{x + 13, y + 2, 6, text, "#222222", Text::Anchor::start, false});
    x += width;
  };
  entry(arrow({x + 10, y}, {-1, 0}, kArrow, EventKind::eliminated), "eliminated (last session that shows it)",
        134);
  entry(cross({x + 8, y}, 1.5), "its empty site", 62);
  entry(arrow({x + 10, y}, {-1, 0}, kArrow, EventKind::formed), "formed (first session that shows it)", 124);
  entry(ring({x + 7, y}, 3.2), "rescued: formed where one was lost", 130);
}

}  // namespace

Scene figure(const SeriesResult& result, const std::vector<Event>& events, const ReportConfig& config) {
  const size_t n = result.sessions.size();
  const PanelGrid grid = panel_grid(result, kField_um);
  const Projector projector(result, grid, kSlab_um);
  std::vector<std::shared_ptr<const Raster>> rasters(n);
  tbb::parallel_for(size_t{0}, n,
                    [&](size_t s) { rasters[s] = matched_raster(result, grid, projector.session(s)); });

  Scene scene;
  scene.width = config.figure_width_mm / 25.4 * 72;
  const Layout layout(grid, n, scene.width);
  scene.height = layout.corner((layout.rows - 1) * layout.columns).y + layout.height + kFooter;
  scene.title =
      fmt::format("sub-{} sample-{}: spines lost and gained", result.series.subject, result.series.sample);
  scene.description = fmt::format(
      "Maximum projections of {} sessions in one frame, within {} um of the dendrites' depth; red "
      "filled arrows point at eliminated spines, blue open arrows at formed ones, yellow rings mark "
      "rescued ones.",
      n, kSlab_um);
  scene.things.push_back(Text{kMargin, kMargin + 8, 9,
                              fmt::format("sub-{}  sample-{}", result.series.subject, result.series.sample),
                              "#000000", Text::Anchor::start, true});
  for (size_t s = 0; s < n; ++s) {
    const Point c = layout.corner(s);
    const SessionResult& in = result.sessions[s];
    int lost = 0, gained = 0, rescued = 0;
    for (const Event& e : events) {
      if (e.from + 1 != s) continue;
      lost += e.kind == EventKind::eliminated;
      gained += e.kind == EventKind::formed;
      rescued += e.rescues.has_value();
    }
    scene.things.push_back(Text{c.x, c.y - 3.5, 7.5,
                                fitted(in.session.label + hours_text(in.session), 8, 0.6 * layout.width),
                                "#000000", Text::Anchor::start, true});
    std::string counts;
    if (!in.frame.usable)
      counts = "not usable";
    else if (s > 0)
      counts = fmt::format("{} eliminated, {} formed{}", lost, gained,
                           rescued ? fmt::format(" ({} rescued)", rescued) : "");
    scene.things.push_back(
        Text{c.x + layout.width, c.y - 3.5, 6, counts, "#222222", Text::Anchor::end, false});
    scene.things.push_back(Picture{c.x, c.y, layout.width, layout.height, rasters[s],
                                   fmt::format("Session {}, seen from above", in.session.label)});
  }
  Drawing drawing(result, grid, layout, scene);
  for (const Event& e : events)
    if (e.kind != EventKind::stable) drawing.mark(e);
  add_scale_bar(scene, layout, config.scale_bar_um);
  add_legend(scene, scene.height - kFooter + 11);
  scene.things.push_back(
      Text{kMargin, scene.height - 6, 5.5,
           fmt::format("Maximum projection within \u00b1{} \u00b5m of the dendrites' depth, "
                       "reference frame of {}; shafts scaled to equal brightness, grey scale "
                       "with exponent {}. Numbers are spine_id.",
                       kSlab_um, result.sessions[result.reference].session.label, kGamma),
           "#444444", Text::Anchor::start, false});
  return scene;
}

}  // namespace spinechron::report
