#include "report/panel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/column.hpp"
#include "report/grey.hpp"

namespace spinechron::report {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kOffsetReach_um = 4.0;    // Gaussian sigma of the local correction
constexpr double kCoarse_um = 2.0;         // spacing at which the correction is computed
constexpr double kDepthStep_um = 0.5;      // spacing at which the nearest dendrites are looked up
constexpr double kHardlyFarther_um = 1.5;  // a dendrite this much farther than the nearest counts in full
constexpr double kFarther_um = 4.0;        // and from here not at all

// Background and shaft brightness of one projection.
std::pair<float, float> levels(const SeriesResult& result, const PanelGrid& grid,
                               const std::vector<float>& projection) {
  std::vector<float> shaft;
  for (const Dendrite& d : result.sessions.at(result.reference).frame.dendrites)
    for (const Vec3& p : d.centreline) {
      const long i = std::lround((p.x() - grid.x0_um) / grid.pixel_um);
      const long j = std::lround((p.y() - grid.y0_um) / grid.pixel_um);
      if (i < 0 || j < 0 || i >= static_cast<long>(grid.nx) || j >= static_cast<long>(grid.ny)) continue;
      shaft.push_back(projection[static_cast<size_t>(j) * grid.nx + static_cast<size_t>(i)]);
    }
  const float low = quantile_of(projection, 0.2);
  const float high = quantile_of(std::move(shaft), 0.5);
  return {low, std::isnan(high) ? quantile_of(projection, 0.99) : high};
}

float brighter(float best, float v) {
  return std::isnan(v) || v <= best ? best : v;
}

}  // namespace

Vec3 point_at(const Curve& curve, const std::vector<double>& arcs, double arc_um) {
  const auto next = std::upper_bound(arcs.begin(), arcs.end(), arc_um);
  if (next == arcs.begin()) return curve.front();
  if (next == arcs.end()) return curve.back();
  const auto i = static_cast<size_t>(next - arcs.begin());
  const double t = (arc_um - arcs[i - 1]) / (arcs[i] - arcs[i - 1]);
  return curve[i - 1] + t * (curve[i] - curve[i - 1]);
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
  const Frame& first = result.sessions.at(result.reference).frame;
  const Tracing& reference = first.dendrites;
  for (size_t d = 0; d < reference.size() && d < frame.arc_from_reference.size(); ++d) {
    if (frame.dendrites.size() <= d || frame.dendrites[d].centreline.empty()) continue;
    const Curve& here = frame.dendrites[d].centreline;
    const std::vector<double> arcs_here = arcs_um(here), arcs_there = arcs_um(reference[d].centreline);
    const std::vector<double>& arc = frame.arc_from_reference[d];
    const auto every = std::max<size_t>(1, static_cast<size_t>(1.0 / frame.arc_step_um));
    for (size_t i = 0; i < arc.size(); i += every) {
      if (std::isnan(arc[i]) || std::isnan(first.arc_from_reference[d][i])) continue;
      const Vec3 p = point_at(reference[d].centreline, arcs_there, first.arc_from_reference[d][i]);
      nodes_.push_back({p.x(), p.y(), point_at(here, arcs_here, arc[i]) - session_from_reference_(p)});
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

DepthMap::DepthMap(const SeriesResult& result, const PanelGrid& grid)
    : x0_um_(grid.x0_um),
      y0_um_(grid.y0_um),
      nx_(static_cast<size_t>(static_cast<double>(grid.nx) * grid.pixel_um / kDepthStep_um) + 1),
      ny_(static_cast<size_t>(static_cast<double>(grid.ny) * grid.pixel_um / kDepthStep_um) + 1),
      nodes_(nx_ * ny_) {
  std::vector<Curve> curves;
  for (const Dendrite& d : result.sessions.at(result.reference).frame.dendrites)
    if (!d.centreline.empty()) curves.push_back(resample(d.centreline, kDepthStep_um));
  if (curves.empty()) return;
  std::vector<std::pair<double, double>> found(curves.size());  // squared distance, depth
  for (size_t j = 0; j < ny_; ++j)
    for (size_t i = 0; i < nx_; ++i) {
      const double x = x0_um_ + static_cast<double>(i) * kDepthStep_um;
      const double y = y0_um_ + static_cast<double>(j) * kDepthStep_um;
      double least = std::numeric_limits<double>::infinity();
      for (size_t c = 0; c < curves.size(); ++c) {
        found[c].first = std::numeric_limits<double>::infinity();
        for (const Vec3& p : curves[c]) {
          const double d2 = (p.x() - x) * (p.x() - x) + (p.y() - y) * (p.y() - y);
          if (d2 < found[c].first) found[c] = {d2, p.z()};
        }
        least = std::min(least, found[c].first);
      }
      for (const auto& [d2, depth] : found) {
        const double farther = std::sqrt(d2) - std::sqrt(least);
        const double w = std::clamp((kFarther_um - farther) / (kFarther_um - kHardlyFarther_um), 0.0, 1.0);
        if (w > 0) nodes_[j * nx_ + i].push_back({depth, static_cast<float>(w)});
      }
    }
}

const std::vector<DepthMap::Depth>& DepthMap::near(double x_um, double y_um) const {
  const auto i = static_cast<size_t>((x_um - x0_um_) / kDepthStep_um + 0.5);
  const auto j = static_cast<size_t>((y_um - y0_um_) / kDepthStep_um + 0.5);
  return nodes_[std::min(j, ny_ - 1) * nx_ + std::min(i, nx_ - 1)];
}

std::vector<float> Projector::session(size_t session) const {
  const SessionResult& in = result_.sessions[session];
  std::vector<float> out(grid_.count(), kNaN);
  if (!in.frame.usable || in.image.empty()) return out;
  const SessionMap map(result_, session);
  const Affine rigid = in.frame.reference_from_session.inverse();
  const Vec3& voxel = in.image.voxel_um();
  // The local correction changes slowly: it is computed on a coarse grid and interpolated.
  const auto coarse = static_cast<size_t>(std::max(1.0, std::round(kCoarse_um / grid_.pixel_um)));
  const size_t cx = grid_.nx / coarse + 2, cy = grid_.ny / coarse + 2;
  std::vector<Vec3> nodes(cx * cy);  // of the places at depth 0, in voxels
  const auto place = [&](double i, double j) {
    return Vec3(grid_.x0_um + i * grid_.pixel_um, grid_.y0_um + j * grid_.pixel_um, 0);
  };
  for (size_t j = 0; j < cy; ++j)
    for (size_t i = 0; i < cx; ++i)
      nodes[j * cx + i] =
          map(place(static_cast<double>(i * coarse), static_cast<double>(j * coarse))).cwiseQuotient(voxel);
  const Vec3 down = rigid.linear.col(2).cwiseQuotient(voxel);
  const Column column(in.image, down);
  const auto projected = [&](const Vec3& at_z0, double z_um) {
    return column.brightest(at_z0 + z_um * down, slab_um_);
  };
  std::vector<Vec3> line(cx);  // of the nodes' columns, where row j crosses them
  for (size_t j = 0; j < grid_.ny; ++j) {
    const double fy = static_cast<double>(j % coarse) / static_cast<double>(coarse);
    const Vec3* above = &nodes[j / coarse * cx];
    for (size_t k = 0; k < cx; ++k) line[k] = (1 - fy) * above[k] + fy * above[cx + k];
    for (size_t i = 0; i < grid_.nx; ++i) {
      const double fx = static_cast<double>(i % coarse) / static_cast<double>(coarse);
      const Vec3 at_z0 = (1 - fx) * line[i / coarse] + fx * line[i / coarse + 1];
      const Vec3 flat = place(static_cast<double>(i), static_cast<double>(j));
      const std::vector<DepthMap::Depth>& near = depths_.near(flat.x(), flat.y());
      float best = kNaN;
      for (const DepthMap::Depth& d : near)
        if (d.weight >= 1) best = brighter(best, projected(at_z0, d.z_um));
      // Dendrites farther away fade out, so that no edge shows where the nearest one changes.
      const float in_full = best;
      for (const DepthMap::Depth& d : near)
        if (d.weight < 1) {
          const float v = projected(at_z0, d.z_um);
          if (v > in_full) best = std::max(best, in_full + d.weight * (v - in_full));
        }
      out[j * grid_.nx + i] = best;
    }
  }
  return out;
}

std::shared_ptr<const Raster> matched_raster(const SeriesResult& result, const PanelGrid& grid,
                                             const std::vector<float>& projection) {
  constexpr float kWhite = 0.9F;  // of the shaft's brightness
  const auto [low, high] = levels(result, grid, projection);
  const float range = high > low ? high - low : 1.0F;
  return std::make_shared<Raster>(grid.nx, grid.ny, to_grey(projection, low, low + kWhite * range));
}

}  // namespace spinechron::report
