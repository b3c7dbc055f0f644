#pragma once
// A session as it looks from above in the reference frame, cut to the depth of its dendrites.

#include <optional>
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

/// Maximum projection of a session on the grid, photons, row by row: over the depths within `slab_um` of the
/// dendrite nearest to the pixel, and of others hardly farther away (fading out with distance). NaN where the
/// session shows nothing.
std::vector<float> project_panel(const SeriesResult& result, size_t session, const PanelGrid& grid,
                                 double slab_um);

/// The reference frame's dendrite `d` at an arc position, and the curve's arcs.
Vec3 reference_point(const SeriesResult& result, size_t d, double arc_um);

/// Turns projections of all sessions into grey: each is scaled by its own background (its lower fifth) and
/// its own shafts (median along the centrelines), so that a shaft is equally bright in all; then one grey
/// scale with exponent `gamma` for all. NaN becomes a dark grey.
std::vector<Raster> matched_rasters(const SeriesResult& result, const PanelGrid& grid,
                                    const std::vector<std::vector<float>>& projections, double gamma);

}  // namespace spinechron::report
