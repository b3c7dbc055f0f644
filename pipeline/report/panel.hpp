#pragma once
// A session as it looks from above in the reference frame, cut to the depth of its dendrites.

#include <memory>
#include <vector>

#include "core/result.hpp"
#include "report/scene.hpp"

namespace spinechron::report {

/// The pixels of all panels: pixel (i, j) is at x0 + i * pixel_um, y0 + j * pixel_um of the reference frame.
struct PanelGrid {
  double x0_um = 0, y0_um = 0;
  double pixel_um = 0.1;
  size_t nx = 0, ny = 0;
  size_t count() const { return nx * ny; }
};

/// The part of the reference image that the dendrites cross, with a margin around them.
PanelGrid panel_grid(const SeriesResult& result, double margin_um);

/// Where a point of the reference frame lies in a session: the session's rigid motion, corrected by how the
/// dendrites near the point were found to be displaced (weighted by a Gaussian of their lateral distance).
class SessionMap {
 public:
  /// `result` must outlive the map.
  SessionMap(const SeriesResult& result, size_t session);
  Vec3 operator()(const Vec3& in_reference) const;

 private:
  Affine session_from_reference_;
  struct Node {
    double x_um, y_um;
    Vec3 offset;  // in the session, on top of the rigid motion
  };
  std::vector<Node> nodes_;
};

/// Depths of the reference frame's dendrites near a place, on a coarse grid.
class DepthMap {
 public:
  struct Depth {
    double z_um;
    float weight;  ///< 1: the nearest dendrite, or one hardly farther away; less: one farther away
  };
  DepthMap(const SeriesResult& result, const PanelGrid& grid);
  const std::vector<Depth>& near(double x_um, double y_um) const;

 private:
  double x0_um_, y0_um_;
  size_t nx_, ny_;
  std::vector<std::vector<Depth>> nodes_;
};

/// Projects sessions on the grid.
class Projector {
 public:
  /// `result` must outlive it.
  Projector(const SeriesResult& result, const PanelGrid& grid, double slab_um)
      : result_(result), grid_(grid), slab_um_(slab_um), depths_(result, grid) {}
  /// Maximum projection of a session, photons, row by row: over its slices within `slab_um` of the depth of
  /// the dendrite nearest to the pixel, and of others hardly farther away (fading out with distance). NaN
  /// where the session shows nothing.
  std::vector<float> session(size_t session) const;

 private:
  const SeriesResult& result_;
  PanelGrid grid_;
  double slab_um_;
  DepthMap depths_;
};

/// The point at an arc position on a curve with these arcs (arcs_um); clamped to the ends. `curve` must not
/// be empty.
Vec3 point_at(const Curve& curve, const std::vector<double>& arcs, double arc_um);

/// Turns a session's projection into grey, by its own background (its lower fifth) and its own shafts (median
/// along the centrelines), so that background and shafts are equally bright in all sessions.
std::shared_ptr<const Raster> matched_raster(const SeriesResult& result, const PanelGrid& grid,
                                             const std::vector<float>& projection);

}  // namespace spinechron::report
