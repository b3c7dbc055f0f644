#include "report/strips.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/figure.hpp"
#include "report/panel.hpp"

namespace spinechron::report {
namespace {

constexpr double kHalf_um = 3;  // half of the window
constexpr double kPixel_um = 0.1;
constexpr double kDepth_um = 1.5;  // projected above and below
constexpr double kWindow = 62;     // of the drawing, points
constexpr double kGap = 4, kHead = 12, kFoot = 10;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Grey of `values`, from the `low` quantile of `scale` to its `high` one.
std::shared_ptr<Raster> raster_of(const std::vector<float>& values, size_t nx, std::vector<float> scale,
                                  double low, double high) {
  scale.erase(std::remove_if(scale.begin(), scale.end(), [](float v) { return std::isnan(v); }), scale.end());
  auto out = std::make_shared<Raster>(Raster{nx, values.size() / nx, {}});
  out->grey.assign(values.size(), 40);
  if (scale.empty()) return out;
  const auto quantile = [&](double q) {
    const auto at = scale.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(scale.size() - 1));
    std::nth_element(scale.begin(), at, scale.end());
    return static_cast<double>(*at);
  };
  const double a = quantile(low), b = std::max(quantile(high), a + 1e-6);
  for (size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i]))
      out->grey[i] = static_cast<std::uint8_t>(
          std::lround(255 * std::pow(std::clamp((values[i] - a) / (b - a), 0.0, 1.0), kGamma)));
  return out;
}

float brightest(const Image& image, const Vec3& p, double depth_um) {
  float best = kNaN;
  const double step = 0.5 * image.voxel_um().z();
  for (double dz = 0; dz <= depth_um + 1e-9; dz += step)
    for (double sign : {-1.0, 1.0}) {
      const float v = image.sample(p + Vec3(0, 0, sign * dz));
      if (!std::isnan(v) && !(v <= best)) best = v;
    }
  return best;
}

// Where the head is, or would be, in a session's own image.
Vec3 site_in(const SeriesResult& result, const Track& track, size_t s) {
  const Vec3& own = track.sessions[s].measures.head_um;
  if (!own.hasNaN()) return own;
  for (const Track::InSession& other : track.sessions)
    if (!other.ref_um.hasNaN()) return SessionMap(result, s)(other.ref_um);
  return Vec3::Constant(SpineMeasures::kNaN);
}

void add_window(Scene& scene, double x, double y, const std::shared_ptr<Raster>& raster, bool present,
                const std::string& description) {
  scene.things.push_back(Picture{x, y, kWindow, kWindow, raster, description});
  Mark corners;  // around the site, without covering it
  const double c = kWindow / 2, r = kWindow / kHalf_um * 0.55, k = r * 0.45;
  for (int sx : {-1, 1})
    for (int sy : {-1, 1})
      corners.lines.push_back({{{x + c + sx * r, y + c + sy * (r - k)},
                                {x + c + sx * r, y + c + sy * r},
                                {x + c + sx * (r - k), y + c + sy * r}},
                               false});
  corners.stroke = present ? "#ffffff" : "#9a9a9a";
  corners.stroke_width = 0.7;
  corners.meaning.kind = "site";
  scene.things.push_back(std::move(corners));
}

void add_strip(Scene& scene, double x0, double y0, const SeriesResult& result, const Event& e) {
  const Track& track = result.tracks[e.track];
  std::string title = fmt::format("Spine {}: {}", track.spine_id, to_text(e.kind));
  title += fmt::format(" ({} \u2192 {}), p = {:.2f}", result.sessions[e.from].session.label,
                       result.sessions[e.from + 1].session.label, e.p);
  if (e.rescues) title += fmt::format(", rescues {}", *e.rescues);
  scene.things.push_back(Text{x0, y0 + 8, 7, title, lost_or_formed_ink(e.kind), Text::Anchor::start, true});
  const auto n = static_cast<size_t>(std::lround(2 * kHalf_um / kPixel_um)) + 1;
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
          projection[j * n + i] = brightest(in.image, p, kDepth_um);
        }
    const double x = x0 + static_cast<double>(s) * (kWindow + kGap);
    const bool present = here.state == State::present;
    const std::string label = in.session.label;
    add_window(scene, x, y0 + kHead, raster_of(plane, n, projection, 0.2, 0.98), present,
               label + ", plane of the head");
    add_window(scene, x, y0 + kHead + kWindow + kGap, raster_of(projection, n, projection, 0.2, 0.98),
               present, label + ", local projection");
    const bool event_here = s == e.from || s == e.from + 1;
    scene.things.push_back(Text{x, y0 + kHead + 2 * kWindow + kGap + 7.5, 5.6,
                                here.state == State::not_assessable
                                    ? label + ": cannot tell"
                                    : fmt::format("{}: p = {:.2f}", label, here.p_present),
                                event_here ? "#000000" : "#555555", Text::Anchor::start, event_here});
  }
}

double strip_width(const SeriesResult& result) {
  return static_cast<double>(result.sessions.size()) * (kWindow + kGap) - kGap;
}

constexpr double kStripHeight = kHead + 2 * kWindow + kGap + kFoot;

std::vector<const Event*> changes(const std::vector<Event>& events) {
  std::vector<const Event*> out;
  for (const Event& e : events)
    if (e.kind != EventKind::stable) out.push_back(&e);
  std::stable_sort(out.begin(), out.end(), [](const Event* a, const Event* b) { return a->from < b->from; });
  return out;
}

}  // namespace

const char* lost_or_formed_ink(EventKind kind) {
  return kind == EventKind::eliminated ? "#b3180f" : "#0b57a4";
}

Scene event_strip(const SeriesResult& result, const Event& event) {
  Scene scene;
  scene.width = strip_width(result);
  scene.height = kStripHeight;
  scene.title = fmt::format("Spine {} {}", result.tracks[event.track].spine_id, to_text(event.kind));
  scene.description = "The site in every session: the plane of the head above, a local projection below.";
  add_strip(scene, 0, 0, result, event);
  return scene;
}

std::optional<Scene> montage(const SeriesResult& result, const std::vector<Event>& events,
                             const ReportConfig& config) {
  const std::vector<const Event*> all = changes(events);
  if (all.empty()) return std::nullopt;
  constexpr double margin = 8, between = 14;
  Scene scene;
  const double room = config.figure_width_mm / 25.4 * 72 - 2 * margin;
  const double width = strip_width(result);
  const auto columns = static_cast<size_t>(std::max(1.0, std::floor((room + between) / (width + between))));
  const size_t rows = (all.size() + columns - 1) / columns;
  scene.width = 2 * margin + static_cast<double>(std::min(columns, all.size())) * (width + between) - between;
  scene.height = 2 * margin + static_cast<double>(rows) * (kStripHeight + between) - between;
  scene.title =
      fmt::format("sub-{} sample-{}: the site of every event", result.series.subject, result.series.sample);
  scene.description =
      "For every event the site in every session: the plane of the head above, a local projection below.";
  for (size_t i = 0; i < all.size(); ++i)
    add_strip(scene, margin + static_cast<double>(i % columns) * (width + between),
              margin + static_cast<double>(i / columns) * (kStripHeight + between), result, *all[i]);
  return scene;
}

}  // namespace spinechron::report
