#pragma once
// An ONNX network with the TOML file beside it that says how to use it.

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "grid.hpp"

/// What the TOML file says. Everything but voxel_um has a default.
struct ModelNotes {
  std::array<double, 3> voxel_um{0, 0, 0};  ///< x, y, z: voxels the network was trained on
  std::array<int, 3> tile{256, 256, 16};    ///< x, y, z: where the network leaves its size open
  std::array<int, 3> overlap{32, 32, 4};    ///< of neighbouring tiles, at least
  int output_channel = 0;
  std::string activation = "none";  ///< applied to the output: none, sigmoid, softmax (over channels)
  std::string normalise = "none";   ///< none, percentile (low -> 0, high -> 1), zscore (mean 0, deviation 1)
  double low = 1, high = 99.8;      ///< percentiles
};

/// Reads and checks model.toml; an unknown key or a bad value is a std::runtime_error that names the file and
/// key.
ModelNotes read_notes(const std::string& file);

class Model {
 public:
  /// `file` ends in .onnx; the notes are beside it under the same name with .toml. The rank of the network's
  /// input says how it is used: 4 (1 x 1 x rows x columns) slice by slice, 5 (1 x 1 x slices x rows x
  /// columns) in 3D. Throws std::runtime_error if a file is missing or the network's input does not fit.
  explicit Model(const std::string& file);
  ~Model();

  const ModelNotes& notes() const { return notes_; }
  /// The network's output for every voxel, on the network's own voxels; with `in_photons` the normalisation
  /// of the input is undone on it. `between` is called before every tile. Throws std::runtime_error if the
  /// output does not fit. Not to be called by two threads at once.
  Grid run(const Grid& image, bool in_photons, const std::function<void()>& between);

 private:
  struct Scaling {
    float shift = 0, scale = 1;
  };
  Scaling normalise(Grid& image) const;
  void run_tile(const Grid& in, const std::array<int, 3>& from, const std::array<int, 3>& begin,
                const std::array<int, 3>& end, Grid& out);

  std::string file_;
  ModelNotes notes_;
  bool volumetric_ = false;
  std::array<int, 3> tile_{0, 0, 0};
  struct Network;  // OpenCV's
  std::unique_ptr<Network> network_;
};
