#pragma once
// Voxel grids of the plugin's own: resampled, cut into tiles, put together again.

#include <array>
#include <cstddef>
#include <vector>

#include "spinechron_plugin.h"

/// x fastest, then y, then z; the centre of the first voxel is 0 um.
struct Grid {
  std::array<int, 3> size{0, 0, 0};
  std::array<double, 3> voxel_um{1, 1, 1};
  std::vector<float> samples;

  Grid() = default;
  Grid(std::array<int, 3> n, std::array<double, 3> voxel)
      : size(n), voxel_um(voxel), samples(static_cast<std::size_t>(n[0]) * n[1] * n[2]) {}
  std::size_t index(int x, int y, int z) const {
    return (static_cast<std::size_t>(z) * size[1] + y) * size[0] + x;
  }
  float at(int x, int y, int z) const { return samples[index(x, y, z)]; }
};

Grid grid_of(const sc_stack& stack);

/// The voxel nearest to a point in um; of points outside, the nearest at the border.
double sample(const sc_stack& stack, const std::array<double, 3>& um);

/// The same tissue on voxels of another size, by linear interpolation. Axes whose voxels agree within 1%
/// stay.
Grid resampled(const Grid& in, const std::array<double, 3>& voxel_um);
/// As above, onto exactly the voxels of `like`.
Grid resampled_like(const Grid& in, const Grid& like);

/// Where tiles of `tile` voxels begin so that `n` are covered, neighbours sharing at least `overlap`; one at
/// 0 if n is not larger than a tile.
std::vector<int> tile_starts(int n, int tile, int overlap);
/// Up to where (not included) the tile at starts[i] is used; from there on the next one.
int tile_end(const std::vector<int>& starts, std::size_t i, int n, int tile);
/// Index inside 0 ... n-1, mirrored at the ends as often as it takes.
int mirrored(int i, int n);
