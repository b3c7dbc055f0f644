#include "report/strips.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/column.hpp"
#include "report/grey.hpp"
#include "report/panel.hpp"

namespace spinechron::report {
namespace {

constexpr double kHalf_um = 3;  // half of the window
constexpr double kPixel_um = 0.1;
constexpr double kDepth_um = 1.5;  // projected above and below
constexpr double kBar_um = 1;
constexpr double kMargin = 8, kBetween = 14;  // around and between the strips, points
constexpr double kUsualWindow = 62;           // at most, unless the sheet has room
constexpr double kGap = 4, kHead = 19, kFoot = 15;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// How strips share the width of a sheet.
struct Sheet {
  size_t columns;
  double window, strip_width, strip_height;  // points

  Sheet(size_t sessions, const ReportConfig& config) {
    const auto n = static_cast<double>(sessions);
    const double room = config.figure_width_mm / 25.4 * 72 - 2 * kMargin;
    columns = static_cast<size_t>(
        std::max(1.0, std::ceil((room + kBetween) / (n * (kUsualWindow + kGap) - kGap + kBetween))));
    strip_width = (room + kBetween) / static_cast<double>(columns) - kBetween;
    window = (strip_width + kGap) / n - kGap;
    strip_height = kHead + 2 * window + kGap + kFoot;
  }
};

// Where the head is, or would be, in a session's own image.
Vec3 site_in(const SeriesResult& result, const Track& track, size_t s) {
  const Vec3& own = track.sessions[s].measures.head_um;
  if (!own.hasNaN()) return own;
  for (const Track::InSession& other : track.sessions)
    if (!other.ref_um.hasNaN()) return SessionMap(result, s)(other.ref_um);
  return Vec3::Constant(SpineMeasures::kNaN);
}

Mark lines(const std::string& colour, double width, const std::string& kind) {
  Mark m;
  m.stroke = colour;
  m.stroke_width = width;
  m.meaning.kind = kind;
  return m;
}

void add_window(Scene& scene, double x, double y, double window, std::shared_ptr<const Raster> raster,
                bool present, const std::string& description) {
  scene.things.push_back(Picture{x, y, window, window, std::move(raster), description});
  Mark corners = lines(present ? "#ffffff" : "#9a9a9a", 0.7, "site");  // around it, without covering it
  const double c = window / 2, r = window / kHalf_um * 0.55, k = r * 0.45;
  for (int sx : {-1, 1})
    for (int sy : {-1, 1})
      corners.lines.push_back({{{x + c + sx * r, y + c + sy * (r - k)},
                                {x + c + sx * r, y + c + sy * r},
                                {x + c + sx * (r - k), y + c + sy * r}},
                               false});
  scene.things.push_back(std::move(corners));
}

Scene strip_of(const SeriesResult& result, const Event& e, const Sheet& sheet) {
  const Track& track = result.tracks[e.track];
  const std::string from = result.sessions[e.from].session.label,
                    to = result.sessions[e.from + 1].session.label;
  Scene scene;
  scene.width = sheet.strip_width;
  scene.height = sheet.strip_height;
  scene.title = fmt::format("Spine {} {} between {} and {}", track.spine_id, to_text(e.kind), from, to);
  scene.description = fmt::format(
      "The site in every session: the plane of the head above, a projection over {} um up and down below.",
      kDepth_um);
  const auto write = [&](double x, double y, double size, const std::string& text, const char* ink, bool bold,
                         double room) {
    scene.things.push_back(Text{x, y, size, fitted(text, size, room), ink, Text::Anchor::start, bold});
  };
  write(0, 7, 6.2, fmt::format("Spine {} {}, p = {:.2f}", track.spine_id, to_text(e.kind), e.p),
        lost_or_formed_ink(e.kind), true, sheet.strip_width);
  write(0, 14, 5.4,
        fmt::format("{} \u2192 {}{}", from, to, e.rescues ? fmt::format(", rescues {}", *e.rescues) : ""),
        "#222222", false, sheet.strip_width);
  const auto n = static_cast<size_t>(std::lround(2 * kHalf_um / kPixel_um)) + 1;
  const double low = kHead + sheet.window + kGap;  // the lower row
  for (size_t s = 0; s < result.sessions.size(); ++s) {
    const SessionResult& in = result.sessions[s];
    const Track::InSession& here = track.sessions[s];
    const Vec3 site = site_in(result, track, s);
    std::vector<float> plane(n * n, kNaN), projection(n * n, kNaN);
    if (in.frame.usable && !in.image.empty() && !site.hasNaN())
      for (size_t j = 0; j < n; ++j)
        for (size_t i = 0; i < n; ++i) {
          const Vec3 p = site + Vec3(static_cast<double>(i) * kPixel_um - kHalf_um,
                                     static_cast<double>(j) * kPixel_um - kHalf_um, 0);
          plane[j * n + i] = in.image.sample(p);
          projection[j * n + i] = brightest_above_and_below(in.image, p, kDepth_um);
        }
    // The grey of both: from the projection's darker fifth to its brightest fiftieth.
    const double black = quantile_of(projection, 0.2), white = quantile_of(projection, 0.98);
    const auto raster_of = [&](const std::vector<float>& values) {
      return std::make_shared<Raster>(n, n, to_grey(values, black, white));
    };
    const double x = static_cast<double>(s) * (sheet.window + kGap);
    const bool present = here.state == State::present, event_here = s == e.from || s == e.from + 1;
    const std::string& label = in.session.label;
    add_window(scene, x, kHead, sheet.window, raster_of(plane), present, label + ", plane of the head");
    add_window(scene, x, low, sheet.window, raster_of(projection), present, label + ", local projection");
    const double foot = low + sheet.window;
    const char* ink = event_here ? "#000000" : "#555555";
    write(x, foot + 6.5, 5.4, label, ink, event_here, sheet.window);
    write(x, foot + 13, 5.4,
          here.state == State::not_assessable ? "cannot tell" : fmt::format("p = {:.2f}", here.p_present),
          ink, event_here, sheet.window);
  }
  Mark bar = lines("#ffffff", 1.2, "scale-bar");
  const double right = sheet.window - 3, y = low + sheet.window - 3;
  bar.lines.push_back({{{right - kBar_um * sheet.window / (2 * kHalf_um), y}, {right, y}}, false});
  bar.halo = 0.3;
  bar.meaning.title = fmt::format("{} um", kBar_um);
  scene.things.push_back(std::move(bar));
  return scene;
}

}  // namespace

const char* lost_or_formed_ink(EventKind kind) {
  return kind == EventKind::eliminated ? "#b3180f" : "#0b57a4";
}

std::vector<EventStrip> event_strips(const SeriesResult& result, const std::vector<Event>& events,
                                     const ReportConfig& config) {
  const Sheet sheet(result.sessions.size(), config);
  std::vector<const Event*> changes;
  for (const Event& e : events)
    if (e.kind != EventKind::stable) changes.push_back(&e);
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Event* a, const Event* b) { return a->from < b->from; });
  std::vector<EventStrip> out;
  for (const Event* e : changes) out.push_back({e, strip_of(result, *e, sheet)});
  return out;
}

std::optional<Scene> montage(const SeriesResult& result, const std::vector<EventStrip>& strips,
                             const ReportConfig& config) {
  if (strips.empty()) return std::nullopt;
  const Sheet sheet(result.sessions.size(), config);
  constexpr double caption = 12;
  const size_t rows = (strips.size() + sheet.columns - 1) / sheet.columns;
  Scene scene;
  scene.width = config.figure_width_mm / 25.4 * 72;
  scene.height =
      2 * kMargin + static_cast<double>(rows) * (sheet.strip_height + kBetween) - kBetween + caption;
  scene.title =
      fmt::format("sub-{} sample-{}: the site of every event", result.series.subject, result.series.sample);
  scene.description =
      "For every event the site in every session: the plane of the head above, a local projection below.";
  for (size_t i = 0; i < strips.size(); ++i)
    append(scene, strips[i].scene,
           kMargin + static_cast<double>(i % sheet.columns) * (sheet.strip_width + kBetween),
           kMargin + static_cast<double>(i / sheet.columns) * (sheet.strip_height + kBetween));
  scene.things.push_back(Text{
      kMargin, scene.height - kMargin + 2, 5.5,
      fmt::format("Above: plane of the head. Below: maximum within \u00b1{} \u00b5m. {} \u00d7 {} \u00b5m; "
                  "bars {} \u00b5m. p: probability of the event, and of presence in the session.",
                  kDepth_um, 2 * kHalf_um, 2 * kHalf_um, kBar_um),
      "#444444", Text::Anchor::start, false});
  return scene;
}

}  // namespace spinechron::report
