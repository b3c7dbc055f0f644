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
Mark ring(Point centre, double radius_pt);
Mark cross(Point centre, double radius_pt);

/// Finds directions for arrows so that they cover each other little: the first of a few turned out of
/// `outward` whose shaft keeps the most distance to the arrows before.
class Placer {
 public:
  explicit Placer(double length_pt) : length_(length_pt) {}
  /// `outward` points away from the dendrite.
  Point direction(Point tip, Point outward);

 private:
  double length_;
  std::vector<Point> taken_;
};

}  // namespace spinechron::report
