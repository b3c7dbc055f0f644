#pragma once
// Points and rigid motions in micrometres. x = column, y = row, z = slice; the centre of the first voxel is
// 0.

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <vector>

namespace spinechron {

using Vec3 = Eigen::Vector3d;
using Curve = std::vector<Vec3>;  ///< an open polyline, um

/// p_reference = linear * p_session + shift_um (and the other way round for a `session_from_reference`).
struct Affine {
  Eigen::Matrix3d linear = Eigen::Matrix3d::Identity();
  Vec3 shift_um = Vec3::Zero();

  Vec3 operator()(const Vec3& p) const { return linear * p + shift_um; }
  Affine inverse() const {
    const Eigen::Matrix3d back = linear.inverse();
    return {back, -(back * shift_um)};
  }
};

/// Length of a polyline, um.
double length_um(const Curve& curve);

/// Arc length of every point from the first one, um; same size as `curve`.
std::vector<double> arcs_um(const Curve& curve);

/// The polyline resampled at equal steps of arc (the last step is cut short of the end). At least one point.
/// `curve` must not be empty.
Curve resample(const Curve& curve, double step_um);

/// The point at an arc position on a curve sampled at equal steps; clamped to the ends.
Vec3 at_arc(const Curve& curve, double step_um, double arc_um);

/// Where on the polyline a point projects, and how far away it is.
struct Projection {
  double arc_um = 0;
  double distance_um = 0;
  Vec3 foot = Vec3::Zero();
};
/// Nearest point of the polyline; `z_weight` scales axial distance (0 ignores depth). `curve` must not be
/// empty.
Projection project(const Curve& curve, const Vec3& point, double z_weight = 1.0);

}  // namespace spinechron
