#pragma once
// The marks of the figure: what they look like, and where they find room.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "report/rates.hpp"
#include "report/scene.hpp"

namespace spinechron::report {

/// An arrow whose tip stands at `tip`, coming from `direction` (unit vector from the tip to the tail).
/// Eliminated: filled head; formed: open head.
Mark arrow(Point tip, Point direction, double length_pt, EventKind kind);
/// A spine's number behind the tail of its arrow, clear of it whichever way the arrow points.
Text number_behind(Point tail, Point direction, int number, double size_pt, EventKind kind);
Mark ring(Point centre, double radius_pt);
Mark cross(Point centre, double radius_pt);

/// Finds directions for arrows so that they cover each other little and stay within a rectangle: the first of
/// a few turned out of `outward` whose shaft keeps the most distance to the arrows before.
class Placer {
 public:
  Placer(double length_pt, Point top_left, Point bottom_right)
      : length_(length_pt), low_(top_left), high_(bottom_right) {}
  /// `outward` points away from the dendrite.
  Point direction(Point tip, Point outward);

 private:
  double length_;
  Point low_, high_;
  std::vector<Point> taken_;
};

}  // namespace spinechron::report
