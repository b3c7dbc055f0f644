#include "report/marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "report/figure.hpp"

namespace spinechron::report {
namespace {

// Where an arrow and the number behind it take room, in its lengths. Not at its tip: neighbours point at
// neighbouring spines whatever their direction.
constexpr double kParts[] = {0.5, 1.0, 1.6};

Point along(Point p, Point direction, double by, double sideways = 0) {
  return {p.x + by * direction.x - sideways * direction.y, p.y + by * direction.y + sideways * direction.x};
}

}  // namespace

Mark arrow(Point tip, Point direction, double length, EventKind kind) {
  const double head = 0.48 * length, half = 0.24 * length;
  const Point tail = along(tip, direction, length);
  const Point left = along(tip, direction, head, half), right = along(tip, direction, head, -half);
  Mark m;
  m.halo = 0.07 * length;
  m.stroke_width = 0.09 * length;
  if (kind == EventKind::eliminated) {
    m.fill = m.stroke = kEliminatedColour;
    const double w = 0.06 * length;
    m.lines.push_back({{tip, left, along(tip, direction, head, w), along(tail, direction, 0, w),
                        along(tail, direction, 0, -w), along(tip, direction, head, -w), right},
                       true});
    m.meaning.kind = "arrow eliminated";
  } else {
    m.stroke = kFormedColour;
    m.stroke_width = 0.13 * length;
    m.lines.push_back({{left, tip, right}, false});
    m.lines.push_back({{tip, tail}, false});
    m.meaning.kind = "arrow formed";
  }
  return m;
}

Text number_behind(Point tail, Point direction, int number, double size, EventKind kind) {
  // In font sizes: half a bold digit's width, half a digit's height, the space between arrow and number.
  constexpr double kHalfWidth = 0.35, kHalfHeight = 0.4, kSpace = 0.35;
  constexpr double kHalo = 0.5;  // points: the number may stand on a bright shaft
  const std::string text = fmt::format("{}", number);
  const double reach =
      kSpace + kHalfWidth * double(text.size()) * std::abs(direction.x) + kHalfHeight * std::abs(direction.y);
  const Point centre = along(tail, direction, reach * size);
  return {centre.x,
          centre.y + 0.35 * size,
          size,
          text,
          kind == EventKind::eliminated ? kEliminatedColour : kFormedColour,
          Text::Anchor::middle,
          true,
          kHalo};
}

Mark ring(Point centre, double radius) {
  Mark m;
  m.circles.push_back({centre, radius});
  m.stroke = kRescuedColour;
  m.stroke_width = 0.9;
  m.halo = 0.4;
  m.meaning.kind = "ring rescued";
  return m;
}

Mark cross(Point c, double r) {
  Mark m;
  m.lines.push_back({{{c.x - r, c.y - r}, {c.x + r, c.y + r}}, false});
  m.lines.push_back({{{c.x - r, c.y + r}, {c.x + r, c.y - r}}, false});
  m.stroke = kEliminatedColour;
  m.stroke_width = 0.7;
  m.halo = 0.3;
  m.meaning.kind = "site eliminated";
  return m;
}

Point Placer::direction(Point tip, Point outward) {
  const double size = std::hypot(outward.x, outward.y);
  const Point out = size > 0 ? Point{outward.x / size, outward.y / size} : Point{0, -1};
  Point best = out;
  double best_room = -1e9;
  for (int degrees : {0, 25, -25, 50, -50, 75, -75, 100, -100, 130, -130, 180}) {
    const double a = degrees * std::numbers::pi / 180;
    const Point d{out.x * std::cos(a) - out.y * std::sin(a), out.x * std::sin(a) + out.y * std::cos(a)};
    double room = 1.5 * length_;
    for (double part : kParts)
      for (const Point& other : taken_) {
        const Point here = along(tip, d, part * length_);
        room = std::min(room, std::hypot(here.x - other.x, here.y - other.y));
      }
    const Point end = along(tip, d, 1.9 * length_);  // with the number behind it
    if (end.x < low_.x || end.x > high_.x || end.y < low_.y || end.y > high_.y) room -= length_;
    room -= 0.002 * std::abs(degrees) * length_;
    if (room > best_room) {
      best_room = room;
      best = d;
    }
  }
  for (double part : kParts) taken_.push_back(along(tip, best, part * length_));
  return best;
}

}  // namespace spinechron::report
