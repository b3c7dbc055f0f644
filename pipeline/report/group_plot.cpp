#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/group_page.hpp"
#include "report/html.hpp"

namespace spinechron::report {
namespace {

constexpr double kWidth = 360, kHeight = 220, kLeft = 44, kRight = 10, kTop = 40, kBottom = 30;
// Distinct for colour-blind eyes (Okabe and Ito).
constexpr const char* kInks[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"};

double nice_step(double range) {
  const double raw = range / 4, power = std::pow(10, std::floor(std::log10(raw)));
  for (double m : {1.0, 2.0, 5.0})
    if (raw <= m * power) return m * power;
  return 10 * power;
}

Mark line(Point a, Point b, const std::string& colour, double width) {
  Mark m;
  m.lines.push_back({{a, b}, false});
  m.stroke = colour;
  m.stroke_width = width;
  return m;
}

}  // namespace

std::optional<Scene> animals_plot(const GroupStatistics& statistics, const std::string& measure) {
  std::vector<const GroupEstimate*> all;
  std::vector<std::pair<std::string, std::string>> intervals;
  std::vector<std::string> groups;
  double top = 0;
  for (const GroupEstimate& e : statistics.estimates) {
    if (e.measure != measure) continue;
    all.push_back(&e);
    const std::pair<std::string, std::string> interval{e.from, e.to};
    if (std::find(intervals.begin(), intervals.end(), interval) == intervals.end())
      intervals.push_back(interval);
    if (std::find(groups.begin(), groups.end(), e.group) == groups.end()) groups.push_back(e.group);
    for (double v : e.of_animal) top = std::max(top, v);
    if (!std::isnan(e.interval.high)) top = std::max(top, e.interval.high);
  }
  if (all.empty()) return std::nullopt;
  if (!(top > 0)) top = 0.1;
  const double step = nice_step(top);
  top = std::ceil(top / step - 1e-9) * step;

  Scene scene;
  scene.width = kWidth;
  scene.height = kHeight;
  scene.title = measure;
  scene.description = fmt::format("{} of every animal by group over {} intervals", measure, intervals.size());
  const double plot_width = kWidth - kLeft - kRight, plot_height = kHeight - kTop - kBottom;
  const auto y = [&](double v) { return kTop + plot_height * (1 - v / top); };
  const bool share = measure != "density";
  scene.things.push_back(Text{kLeft, 13, 10, share ? measure + " rate" : "spines per \u00b5m", "#000000",
                              Text::Anchor::start, true});
  for (double v = 0; v <= top * (1 + 1e-9); v += step) {
    scene.things.push_back(line({kLeft, y(v)}, {kWidth - kRight, y(v)}, "#e0e0e0", 0.6));
    scene.things.push_back(Text{kLeft - 5, y(v) + 3, 8, share ? shown(100 * v) + "%" : shown(v), "#333333",
                                Text::Anchor::end, false});
  }
  const double slot = plot_width / static_cast<double>(intervals.size());
  const double lane = 0.8 * slot / static_cast<double>(groups.size());
  for (size_t i = 0; i < intervals.size(); ++i) {
    const std::string name = intervals[i].first.empty()
                                 ? intervals[i].second
                                 : intervals[i].first + " \u2192 " + intervals[i].second;
    scene.things.push_back(Text{kLeft + (static_cast<double>(i) + 0.5) * slot, kHeight - 12,
                                intervals.size() > 3 ? 6.5 : 8.0, name, "#333333", Text::Anchor::middle,
                                false});
  }
  for (const GroupEstimate* e : all) {
    const auto i = static_cast<size_t>(
        std::find(intervals.begin(), intervals.end(), std::pair{e->from, e->to}) - intervals.begin());
    const auto g = static_cast<size_t>(std::find(groups.begin(), groups.end(), e->group) - groups.begin());
    const std::string ink = kInks[g % std::size(kInks)];
    const double x = kLeft + (static_cast<double>(i) + 0.1) * slot + (static_cast<double>(g) + 0.5) * lane;
    for (size_t k = 0; k < e->of_animal.size(); ++k) {
      Mark point;
      const double aside = (static_cast<double>(k % 5) - 2) * std::min(3.0, lane / 12);
      point.circles.push_back({{x + aside, y(e->of_animal[k])}, 2.2});
      point.fill = ink;
      point.meaning = {"animal", fmt::format("{}: {}", e->animals[k], shown(e->of_animal[k])), {}};
      scene.things.push_back(std::move(point));
    }
    const double half = std::min(10.0, 0.4 * lane), m = mean(e->of_animal);
    scene.things.push_back(line({x - half, y(m)}, {x + half, y(m)}, "#000000", 1.4));
    if (!std::isnan(e->interval.low))
      scene.things.push_back(
          line({x, y(std::max(0.0, e->interval.low))}, {x, y(e->interval.high)}, "#000000", 1.0));
  }
  double x = kLeft;
  for (size_t g = 0; g < groups.size(); ++g) {
    const std::string name = groups[g].empty() ? "all animals" : groups[g];
    Mark key;
    key.circles.push_back({{x + 3, 25}, 2.6});
    key.fill = kInks[g % std::size(kInks)];
    scene.things.push_back(std::move(key));
    scene.things.push_back(Text{x + 9, 28, 8, name, "#222222", Text::Anchor::start, false});
    x += 22 + 5.2 * static_cast<double>(name.size());
  }
  return scene;
}

}  // namespace spinechron::report
