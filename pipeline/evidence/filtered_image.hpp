#pragma once
// An image filtered where somebody looks at it: dendrites and what stands beside them fill a small part of a
// stack.

#include <vector>

#include "core/geometry.hpp"
#include "core/image.hpp"

namespace spinechron {

/// A sum of Gaussian smoothings of an image, less a level of each slice. Tile by tile it is computed when it
/// is first asked for. To be used by one thread at a time.
class FilteredImage {
 public:
  /// Smoothing of every x-y plane and along z, standard deviations in um (0: none along that axis; below 0.2
  /// voxels along z none either); ends repeat. The kernel ends at 3.5 sigma in the plane and at 3 sigma along
  /// z.
  struct Term {
    double weight = 1, lateral_um = 0, axial_um = 0;
  };
  /// `level`: of every slice, in units of the samples; none: 0. `source` must outlive it.
  FilteredImage(const Image& source, std::vector<Term> terms, std::vector<double> level = {});

  /// What lies within `lateral_um` to both sides of a curve, in the image plane, and within `depth_um` above
  /// and below it can be read from the image that is returned, with all that trilinear samples there need.
  /// What lies farther away can hold anything.
  const Image& beside(const Curve& curve, double lateral_um, double depth_um);
  /// All of it.
  Image whole() &&;

 private:
  enum class Tile : char { unknown, wanted, there };
  struct Kernels;
  static constexpr size_t kSide = 16;  // of a tile, voxels

  void compute();
  void add_term(size_t z, Kernels& kernels, float level, bool first, float* plane);
  Tile* tiles_of(size_t z, size_t row) { return &tiles_[(z * tiles_y_ + row) * tiles_x_]; }

  const Image& source_;
  std::vector<Term> terms_;
  std::vector<double> level_;
  Image out_;
  size_t tiles_x_, tiles_y_;
  std::vector<Tile> tiles_;
};

/// Gaussian smoothing of a whole image.
Image smoothed(const Image& image, double lateral_sigma_um, double axial_sigma_um);

}  // namespace spinechron
