#include "report/panel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spinechron::report {
namespace {

constexpr double kOffsetReach_um = 4.0;    // Gaussian sigma of the local correction
constexpr double kCoarse_um = 2.0;         // spacing at which the correction is computed
constexpr double kDepthStep_um = 0.5;      // spacing at which the nearest dendrites are looked up
constexpr double kHardlyFarther_um = 1.5;  // a dendrite this much farther than the nearest counts in full
constexpr double kFarther_um = 4.0;        // and from here not at all

Vec3 at(const Curve& curve, const std::vector<double>& arcs, double arc_um) {
  const auto next = std::upper_bound(arcs.begin(), arcs.end(), arc_um);
  if (next == arcs.begin()) return curve.front();
  if (next == arcs.end()) return curve.back();
  const auto i = static_cast<size_t>(next - arcs.begin());
  const double t = (arc_um - arcs[i - 1]) / (arcs[i] - arcs[i - 1]);
  return curve[i - 1] + t * (curve[i] - curve[i - 1]);
}

// Depths of the dendrites that matter at places of the reference frame, on a coarse grid.
struct Depths {
  struct Depth {
    double z_um, weight;  // 1: the nearest dendrite, or hardly farther away
  };
  double x0, y0;
  size_t nx, ny;
  std::vector<std::vector<Depth>> nodes;

  Depths(const SeriesResult& result, const PanelGrid& grid) : x0(grid.x0_um), y0(grid.y0_um) {
    nx = static_cast<size_t>(static_cast<double>(grid.nx) * grid.pixel_um / kDepthStep_um) + 1;
    ny = static_cast<size_t>(static_cast<double>(grid.ny) * grid.pixel_um / kDepthStep_um) + 1;
    nodes.resize(nx * ny);
    const Tracing& dendrites = result.sessions.at(result.reference).frame.dendrites;
    for (size_t j = 0; j < ny; ++j)
      for (size_t i = 0; i < nx; ++i) {
        const double x = x0 + static_cast<double>(i) * kDepthStep_um;
        const double y = y0 + static_cast<double>(j) * kDepthStep_um;
        std::vector<std::pair<double, double>> found;  // squared distance, depth
        for (const Dendrite& d : dendrites) {
          std::pair<double, double> nearest{std::numeric_limits<double>::infinity(), 0};
          for (const Vec3& p : d.centreline) {
            const double d2 = (p.x() - x) * (p.x() - x) + (p.y() - y) * (p.y() - y);
            if (d2 < nearest.first) nearest = {d2, p.z()};
          }
          if (!d.centreline.empty()) found.push_back(nearest);
        }
        if (found.empty()) continue;
        const double nearest = std::sqrt(std::min_element(found.begin(), found.end())->first);
        for (const auto& [d2, depth] : found) {
          const double farther = std::sqrt(d2) - nearest;
          const double w = std::clamp((kFarther_um - farther) / (kFarther_um - kHardlyFarther_um), 0.0, 1.0);
          if (w > 0) nodes[j * nx + i].push_back({depth, w});
        }
      }
  }
  const std::vector<Depth>& near(double x, double y) const {
    const auto i = static_cast<size_t>(std::lround((x - x0) / kDepthStep_um));
    const auto j = static_cast<size_t>(std::lround((y - y0) / kDepthStep_um));
    return nodes[std::min(j, ny - 1) * nx + std::min(i, nx - 1)];
  }
};

float quantile(std::vector<float> v, double q) {
  const auto at = v.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(v.size() - 1));
  std::nth_element(v.begin(), at, v.end());
  return *at;
}

// Background and shaft brightness of one projection.
std::pair<float, float> levels(const SeriesResult& result, const PanelGrid& grid,
                               const std::vector<float>& projection) {
  std::vector<float> all, shaft;
  for (float v : projection)
    if (!std::isnan(v)) all.push_back(v);
  for (const Dendrite& d : result.sessions.at(result.reference).frame.dendrites)
    for (const Vec3& p : d.centreline) {
      const long i = std::lround((p.x() - grid.x0_um) / grid.pixel_um);
      const long j = std::lround((p.y() - grid.y0_um) / grid.pixel_um);
      if (i < 0 || j < 0 || i >= static_cast<long>(grid.nx) || j >= static_cast<long>(grid.ny)) continue;
      const float v = projection[static_cast<size_t>(j) * grid.nx + static_cast<size_t>(i)];
      if (!std::isnan(v)) shaft.push_back(v);
    }
  if (all.empty()) return {0.0F, 1.0F};
  const float low = quantile(all, 0.2);
  const float high = shaft.empty() ? quantile(all, 0.99) : quantile(shaft, 0.5);
  return {low, high > low ? high : low + 1};
}

}  // namespace

Vec3 reference_point(const SeriesResult& result, size_t d, double arc_um) {
  const Curve& curve = result.sessions.at(result.reference).frame.dendrites.at(d).centreline;
  return at(curve, arcs_um(curve), arc_um);
}

PanelGrid panel_grid(const SeriesResult& result, double margin_um) {
  const SessionResult& reference = result.sessions.at(result.reference);
  const Vec3 extent = reference.image.extent_um();
  Vec3 low = Vec3::Constant(std::numeric_limits<double>::infinity()), high = -low;
  for (const Dendrite& d : reference.frame.dendrites)
    for (const Vec3& p : d.centreline) {
      low = low.cwiseMin(p);
      high = high.cwiseMax(p);
    }
  if (!(low.x() <= high.x())) {
    low = Vec3::Zero();
    high = extent;
  }
  PanelGrid grid;
  grid.pixel_um = std::min(reference.image.voxel_um().x(), reference.image.voxel_um().y());
  grid.x0_um = std::max(0.0, low.x() - margin_um);
  grid.y0_um = std::max(0.0, low.y() - margin_um);
  const double x1 = std::min(extent.x(), high.x() + margin_um),
               y1 = std::min(extent.y(), high.y() + margin_um);
  grid.nx = static_cast<size_t>(std::max(0.0, (x1 - grid.x0_um) / grid.pixel_um)) + 1;
  grid.ny = static_cast<size_t>(std::max(0.0, (y1 - grid.y0_um) / grid.pixel_um)) + 1;
  return grid;
}

SessionMap::SessionMap(const SeriesResult& result, size_t session) {
  const Frame& frame = result.sessions[session].frame;
  session_from_reference_ = frame.reference_from_session.inverse();
  const Tracing& reference = result.sessions.at(result.reference).frame.dendrites;
  for (size_t d = 0; d < reference.size() && d < frame.arc_from_reference.size(); ++d) {
    if (frame.dendrites.size() <= d || frame.dendrites[d].centreline.empty()) continue;
    const Curve& here = frame.dendrites[d].centreline;
    const std::vector<double> arcs_here = arcs_um(here), arcs_there = arcs_um(reference[d].centreline);
    const std::vector<double>& arc = frame.arc_from_reference[d];
    const auto every = std::max<size_t>(1, static_cast<size_t>(1.0 / frame.arc_step_um));
    for (size_t i = 0; i < arc.size(); i += every) {
      if (std::isnan(arc[i])) continue;
      const Vec3 p = at(reference[d].centreline, arcs_there, static_cast<double>(i) * frame.arc_step_um);
      nodes_.push_back({p.x(), p.y(), at(here, arcs_here, arc[i]) - session_from_reference_(p)});
    }
  }
}

Vec3 SessionMap::operator()(const Vec3& p) const {
  Vec3 sum = Vec3::Zero();
  double weight = 0;
  for (const Node& n : nodes_) {
    const double d2 = (n.x_um - p.x()) * (n.x_um - p.x()) + (n.y_um - p.y()) * (n.y_um - p.y());
    const double w = std::exp(-0.5 * d2 / (kOffsetReach_um * kOffsetReach_um)) + 1e-9;
    sum += w * n.offset;
    weight += w;
  }
  return session_from_reference_(p) + (weight > 0 ? Vec3(sum / weight) : Vec3::Zero());
}

std::vector<float> project_panel(const SeriesResult& result, size_t session, const PanelGrid& grid,
                                 double slab_um) {
  const SessionResult& in = result.sessions[session];
  std::vector<float> out(grid.count(), std::numeric_limits<float>::quiet_NaN());
  if (!in.frame.usable || in.image.empty()) return out;
  const Depths depths(result, grid);
  const SessionMap map(result, session);
  const Affine rigid = in.frame.reference_from_session.inverse();
  // The local correction changes slowly: it is computed on a coarse grid and interpolated.
  const auto coarse = static_cast<size_t>(std::max(1.0, std::round(kCoarse_um / grid.pixel_um)));
  const size_t cx = grid.nx / coarse + 2, cy = grid.ny / coarse + 2;
  std::vector<Vec3> offset(cx * cy);
  const auto position = [&](double i, double j, double z) {
    return Vec3(grid.x0_um + i * grid.pixel_um, grid.y0_um + j * grid.pixel_um, z);
  };
  for (size_t j = 0; j < cy; ++j)
    for (size_t i = 0; i < cx; ++i) {
      const Vec3 p = position(static_cast<double>(i * coarse), static_cast<double>(j * coarse), 0);
      offset[j * cx + i] = map(p) - rigid(p);
    }
  const double step = 0.5 * in.image.voxel_um().z();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (size_t j = 0; j < grid.ny; ++j)
    for (size_t i = 0; i < grid.nx; ++i) {
      const size_t ci = i / coarse, cj = j / coarse;
      const double fx = static_cast<double>(i % coarse) / static_cast<double>(coarse);
      const double fy = static_cast<double>(j % coarse) / static_cast<double>(coarse);
      const Vec3* node = &offset[cj * cx + ci];
      const Vec3 shift =
          (1 - fy) * ((1 - fx) * node[0] + fx * node[1]) + fy * ((1 - fx) * node[cx] + fx * node[cx + 1]);
      const Vec3 flat = position(static_cast<double>(i), static_cast<double>(j), 0);
      // Dendrites farther away fade out, so that no edge shows where the nearest one changes.
      float in_full = nan;
      std::vector<std::pair<float, float>> others;  // value, weight
      for (const Depths::Depth& depth : depths.near(flat.x(), flat.y())) {
        float best = nan;
        for (double dz = -slab_um; dz <= slab_um + 1e-9; dz += step) {
          const float v = in.image.sample(rigid(Vec3(flat.x(), flat.y(), depth.z_um + dz)) + shift);
          if (!std::isnan(v) && !(v <= best)) best = v;
        }
        if (std::isnan(best)) continue;
        if (depth.weight < 1)
          others.emplace_back(best, static_cast<float>(depth.weight));
        else if (!(best <= in_full))
          in_full = best;
      }
      float best = in_full;
      for (const auto& [v, w] : others) best = std::max(best, in_full + w * (v - in_full));
      out[j * grid.nx + i] = best;
    }
  return out;
}

std::vector<Raster> matched_rasters(const SeriesResult& result, const PanelGrid& grid,
                                    const std::vector<std::vector<float>>& projections, double gamma) {
  constexpr std::uint8_t kNothing = 40;
  constexpr double kWhite = 0.9;  // of the shaft's brightness
  std::vector<Raster> out;
  for (const std::vector<float>& projection : projections) {
    const auto [low, high] = levels(result, grid, projection);
    Raster r{grid.nx, grid.ny, std::vector<std::uint8_t>(grid.count())};
    for (size_t i = 0; i < projection.size(); ++i) {
      const double v = (projection[i] - low) / (kWhite * (high - low));
      r.grey[i] =
          std::isnan(v)
              ? kNothing
              : static_cast<std::uint8_t>(std::lround(255 * std::pow(std::clamp(v, 0.0, 1.0), gamma)));
    }
    out.push_back(std::move(r));
  }
  return out;
}

}  // namespace spinechron::report
