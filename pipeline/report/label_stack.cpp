#include "report/label_stack.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace spinechron::report {
namespace {

constexpr double kUsualHead_um = 0.5;  // where the diameter could not be measured
constexpr double kUsualNeck_um = 0.2;

double or_else(double value, double otherwise) {
  return std::isnan(value) ? otherwise : value;
}

// Calls `visit(index, squared distance in um)` for every voxel within `radius_um` of a point, and for the
// voxel the point lies in.
template <typename Visit>
void for_each_voxel(const SparseLabels& stack, const Vec3& centre, double radius_um, const Visit& visit) {
  if (centre.hasNaN()) return;
  long low[3], high[3], own[3];
  const long size[3] = {static_cast<long>(stack.size.x), static_cast<long>(stack.size.y),
                        static_cast<long>(stack.size.z)};
  for (int a = 0; a < 3; ++a) {
    own[a] = std::lround(centre[a] / stack.voxel_um[a]);
    low[a] =
        std::max(0L, std::min(own[a], std::lround(std::floor((centre[a] - radius_um) / stack.voxel_um[a]))));
    high[a] = std::min(size[a] - 1,
                       std::max(own[a], std::lround(std::ceil((centre[a] + radius_um) / stack.voxel_um[a]))));
  }
  for (long z = low[2]; z <= high[2]; ++z)
    for (long y = low[1]; y <= high[1]; ++y)
      for (long x = low[0]; x <= high[0]; ++x) {
        const Vec3 p = Vec3(double(x), double(y), double(z)).cwiseProduct(stack.voxel_um);
        const double d2 = (p - centre).squaredNorm();
        if (d2 <= radius_um * radius_um || (x == own[0] && y == own[1] && z == own[2]))
          visit((static_cast<size_t>(z) * stack.size.y + static_cast<size_t>(y)) * stack.size.x +
                    static_cast<size_t>(x),
                d2);
      }
}

}  // namespace

SparseLabels label_stack(const SeriesResult& result, size_t session) {
  const Image& image = result.sessions[session].image;
  SparseLabels stack{{}, image.size(), image.voxel_um()};
  struct Claim {
    std::uint32_t id;
    double distance2;  // from the head's centre; a neck gives way to any head
  };
  constexpr double kNeck = std::numeric_limits<double>::infinity();
  std::unordered_map<size_t, Claim> claims;
  const auto each_present = [&](const auto& paint) {
    for (const Track& t : result.tracks)
      if (t.sessions[session].state == State::present)
        paint(t.sessions[session].measures, static_cast<std::uint32_t>(t.spine_id));
  };
  const double step_um = 0.5 * stack.voxel_um.minCoeff();
  each_present([&](const SpineMeasures& m, std::uint32_t id) {
    if (m.base_um.hasNaN() || m.head_um.hasNaN()) return;
    const int n = static_cast<int>((m.head_um - m.base_um).norm() / step_um) + 1;
    for (int i = 0; i <= n; ++i)
      for_each_voxel(stack, m.base_um + (m.head_um - m.base_um) * (double(i) / n),
                     0.5 * or_else(m.neck_diameter_um, kUsualNeck_um), [&](size_t voxel, double) {
                       claims[voxel] = {id, kNeck};
                     });
  });
  each_present([&](const SpineMeasures& m, std::uint32_t id) {
    for_each_voxel(stack, m.head_um, 0.5 * or_else(m.head_diameter_um, kUsualHead_um),
                   [&](size_t voxel, double d2) {
                     const auto [claim, first] = claims.try_emplace(voxel, Claim{id, d2});
                     if (!first && d2 < claim->second.distance2) claim->second = {id, d2};
                   });
  });
  for (const auto& [voxel, claim] : claims) stack.voxels.emplace_back(voxel, claim.id);
  std::sort(stack.voxels.begin(), stack.voxels.end());
  return stack;
}

}  // namespace spinechron::report
