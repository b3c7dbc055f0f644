#include "grid.hpp"

#include <algorithm>
#include <cmath>

namespace {

/// Linear interpolation along one axis onto `n` voxels of size `voxel`.
Grid along(const Grid& in, int axis, int n, double voxel) {
  Grid out = Grid(in.size, in.voxel_um);
  out.size[axis] = n;
  out.voxel_um[axis] = voxel;
  out.samples.assign(static_cast<std::size_t>(out.size[0]) * out.size[1] * out.size[2], 0.0F);
  const double step = voxel / in.voxel_um[axis];
  const std::array<std::size_t, 3> strides{1, static_cast<std::size_t>(in.size[0]),
                                           static_cast<std::size_t>(in.size[0]) * in.size[1]};
  for (int z = 0; z < out.size[2]; ++z)
    for (int y = 0; y < out.size[1]; ++y)
      for (int x = 0; x < out.size[0]; ++x) {
        std::array<int, 3> i{x, y, z};
        const double at = std::clamp(i[axis] * step, 0.0, in.size[axis] - 1.0);
        const int low = std::min(static_cast<int>(at), std::max(in.size[axis] - 2, 0));
        i[axis] = low;
        const std::size_t a = in.index(i[0], i[1], i[2]);
        const std::size_t b = low + 1 < in.size[axis] ? a + strides[static_cast<std::size_t>(axis)] : a;
        const auto t = static_cast<float>(at - low);
        out.samples[out.index(x, y, z)] = in.samples[a] + t * (in.samples[b] - in.samples[a]);
      }
  return out;
}

}  // namespace

double sample(const sc_stack& s, const std::array<double, 3>& um) {
  std::array<std::size_t, 3> i{};
  const std::array<uint64_t, 3> n{s.nx, s.ny, s.nz};
  for (std::size_t a = 0; a < 3; ++a)
    i[a] = static_cast<std::size_t>(
        std::clamp(std::round(um[a] / s.voxel_um[a]), 0.0, static_cast<double>(n[a] - 1)));
  return s.samples[(i[2] * n[1] + i[1]) * n[0] + i[0]];
}

Grid grid_of(const sc_stack& s) {
  Grid grid({static_cast<int>(s.nx), static_cast<int>(s.ny), static_cast<int>(s.nz)},
            {s.voxel_um[0], s.voxel_um[1], s.voxel_um[2]});
  std::copy_n(s.samples, grid.samples.size(), grid.samples.begin());
  return grid;
}

Grid resampled(const Grid& in, const std::array<double, 3>& voxel_um) {
  Grid out = in;
  for (int axis = 0; axis < 3; ++axis) {
    const double ratio = in.voxel_um[axis] / voxel_um[axis];
    if (std::abs(ratio - 1) <= 0.01) continue;
    const int n = std::max(1, static_cast<int>(std::floor((in.size[axis] - 1) * ratio + 1e-9)) + 1);
    out = along(out, axis, n, voxel_um[axis]);
  }
  return out;
}

Grid resampled_like(const Grid& in, const Grid& like) {
  Grid out = in;
  for (int axis = 0; axis < 3; ++axis)
    if (out.size[axis] != like.size[axis] || out.voxel_um[axis] != like.voxel_um[axis])
      out = along(out, axis, like.size[axis], like.voxel_um[axis]);
  return out;
}

std::vector<int> tile_starts(int n, int tile, int overlap) {
  std::vector<int> starts{0};
  while (starts.back() + tile < n) starts.push_back(std::min(starts.back() + tile - overlap, n - tile));
  return starts;
}

int tile_end(const std::vector<int>& starts, std::size_t i, int n, int tile) {
  return i + 1 < starts.size() ? (starts[i] + tile + starts[i + 1]) / 2 : n;
}

int mirrored(int i, int n) {
  if (n == 1) return 0;
  const int period = 2 * (n - 1);
  i = ((i % period) + period) % period;
  return i < n ? i : period - i;
}
