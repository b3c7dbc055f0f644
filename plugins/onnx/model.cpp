#include "model.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <opencv2/dnn.hpp>
#include <sstream>
#include <stdexcept>

#include "onnx_shape.hpp"

namespace {

[[noreturn]] void wrong(const std::string& file, const std::string& what) {
  throw std::runtime_error(file + ": " + what);
}

template <typename Number>
std::array<Number, 3> three(const toml::node& node, Number least, const std::string& file,
                            const std::string& key) {
  std::array<Number, 3> out{};
  const toml::array* values = node.as_array();
  if (!values || values->size() != 3) wrong(file, "'" + key + "' must be three numbers: x, y, z");
  for (std::size_t i = 0; i < 3; ++i) {
    const auto v = values->get(i)->value<double>();
    if (!v || !(*v >= static_cast<double>(least)) || *v > 1e6)
      wrong(file, "'" + key + "' must be three numbers of " + std::to_string(least) + " or more: x, y, z");
    out[i] = static_cast<Number>(*v);
  }
  return out;
}

std::string choice(const toml::node& node, const std::vector<std::string>& legal, const std::string& file,
                   const std::string& key) {
  const auto text = node.value<std::string>();
  std::string list;
  for (const std::string& l : legal) list += (list.empty() ? "" : ", ") + l;
  if (!text || std::find(legal.begin(), legal.end(), *text) == legal.end())
    wrong(file, "'" + key + "' must be one of " + list);
  return *text;
}

double number(const toml::node& node, double low, double high, const std::string& file,
              const std::string& key) {
  const auto v = node.value<double>();
  if (!v || !(*v >= low && *v <= high)) {
    std::ostringstream text;
    text << "'" << key << "' must be a number from " << low << " to " << high;
    wrong(file, text.str());
  }
  return *v;
}

std::string text_of(const cv::Mat& m) {
  std::string out;
  for (int i = 0; i < m.dims; ++i) out += (i ? " x " : "") + std::to_string(m.size[i]);
  return out;
}

std::string text_of(const std::vector<std::int64_t>& shape) {
  std::string out;
  for (std::size_t i = 0; i < shape.size(); ++i)
    out += (i ? " x " : "") + (shape[i] < 0 ? std::string("any") : std::to_string(shape[i]));
  return out.empty() ? "no shape" : out;
}

}  // namespace

ModelNotes read_notes(const std::string& file) {
  ModelNotes notes;
  toml::table table;
  try {
    std::ifstream in(file);
    if (!in)
      wrong(file, "there is no such file; write one beside the model with voxel_um = [x, y, z] at least");
    table = toml::parse(in, file);
  } catch (const toml::parse_error& e) {
    wrong(file, std::string(e.description()) + " (line " + std::to_string(e.source().begin.line) + ")");
  }
  for (const auto& [name, node] : table) {
    const std::string key(name.str());
    if (key == "voxel_um")
      notes.voxel_um = three<double>(node, 0.001, file, key);
    else if (key == "tile")
      notes.tile = three<int>(node, 1, file, key);
    else if (key == "overlap")
      notes.overlap = three<int>(node, 0, file, key);
    else if (key == "output_channel")
      notes.output_channel = static_cast<int>(number(node, 0, 1000, file, key));
    else if (key == "activation")
      notes.activation = choice(node, {"none", "sigmoid", "softmax"}, file, key);
    else if (key == "normalise")
      notes.normalise = choice(node, {"none", "percentile", "zscore"}, file, key);
    else if (key == "low_percentile")
      notes.low = number(node, 0, 100, file, key);
    else if (key == "high_percentile")
      notes.high = number(node, 0, 100, file, key);
    else
      wrong(file, "unknown key '" + key +
                      "'; legal keys: voxel_um, tile, overlap, output_channel, activation, normalise, "
                      "low_percentile, "
                      "high_percentile");
  }
  if (notes.voxel_um[0] == 0)
    wrong(file, "voxel_um is missing; give the voxel size the model was trained on: [x, y, z]");
  if (!(notes.low < notes.high)) wrong(file, "low_percentile must be below high_percentile");
  return notes;
}

struct Model::Network {
  cv::dnn::Net net;

  cv::Mat forward(const cv::Mat& blob, const std::string& file) {
    try {
      net.setInput(blob);
      return net.forward();
    } catch (const cv::Exception& e) {
      wrong(file, "OpenCV cannot run this network on " + text_of(blob) + " (" + e.err + ")");
    }
  }
};

Model::~Model() = default;

Model::Model(const std::string& file) : file_(file), network_(std::make_unique<Network>()) {
  const std::string ending = ".onnx";
  if (file.size() <= ending.size() || file.compare(file.size() - ending.size(), ending.size(), ending) != 0)
    wrong(file, "a model's file must end in .onnx");
  std::ifstream in(file, std::ios::binary);
  if (!in) wrong(file, "there is no such model; check the path");
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  notes_ = read_notes(file.substr(0, file.size() - ending.size()) + ".toml");

  const std::vector<std::int64_t> shape = onnx_input_shape(bytes, file);
  if (shape.size() != 4 && shape.size() != 5)
    wrong(file, "its input is " + text_of(shape) +
                    "; it must be 1 x 1 x rows x columns (used slice by slice) or 1 x 1 x slices x rows x "
                    "columns (3D)");
  if (shape[0] > 1 || shape[1] > 1)
    wrong(file, "its input is " + text_of(shape) + "; it must take one image of one channel (1 x 1 x ...)");
  volumetric_ = shape.size() == 5;
  tile_ = notes_.tile;
  if (!volumetric_) tile_[2] = 1;
  for (std::size_t axis = 0; axis < shape.size() - 2; ++axis)  // x is last
    if (const auto fixed = shape[shape.size() - 1 - axis]; fixed > 0) tile_[axis] = static_cast<int>(fixed);
  for (std::size_t axis = 0; axis < 3; ++axis)
    notes_.overlap[axis] = std::min(notes_.overlap[axis], tile_[axis] / 2);
  try {
    network_->net = cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
    network_->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  } catch (const cv::Exception& e) {
    wrong(file,
          "OpenCV cannot run this network (" + e.err + "); export it with an older opset or simpler layers");
  }
}

Grid Model::run(const Grid& image, bool in_photons, const std::function<void()>& between) {
  Grid in = resampled(image, notes_.voxel_um);
  const Scaling scaling = normalise(in);
  Grid out(in.size, in.voxel_um);
  // Half an overlap of mirrored image all around: what a network makes of its own edge is never used.
  std::array<std::vector<int>, 3> starts;
  std::array<int, 3> around{}, from{}, begin{}, end{};
  for (int a = 0; a < 3; ++a) {
    around[a] = notes_.overlap[a] / 2;
    starts[a] = tile_starts(in.size[a] + 2 * around[a], tile_[a], notes_.overlap[a]);
  }
  for (std::size_t k = 0; k < starts[2].size(); ++k)
    for (std::size_t j = 0; j < starts[1].size(); ++j)
      for (std::size_t i = 0; i < starts[0].size(); ++i) {
        between();
        const std::array<std::size_t, 3> which{i, j, k};
        for (int a = 0; a < 3; ++a) {
          const int n = in.size[a], wide = n + 2 * around[a];
          const auto until = [&](std::size_t tile) {
            return std::clamp(tile_end(starts[a], tile, wide, tile_[a]) - around[a], 0, n);
          };
          from[a] = starts[a][which[a]] - around[a];
          begin[a] = which[a] ? until(which[a] - 1) : 0;
          end[a] = until(which[a]);
        }
        run_tile(in, from, begin, end, out);
      }
  if (in_photons)
    for (float& v : out.samples) v = v * scaling.scale + scaling.shift;
  return out;
}

Model::Scaling Model::normalise(Grid& image) const {
  Scaling scaling;
  auto& [shift, scale] = scaling;
  std::vector<float>& v = image.samples;
  if (notes_.normalise == "percentile") {
    std::vector<float> sorted = v;
    std::sort(sorted.begin(), sorted.end());
    const auto at = [&](double percent) {
      return sorted[static_cast<std::size_t>(percent / 100 * static_cast<double>(sorted.size() - 1))];
    };
    shift = at(notes_.low);
    scale = at(notes_.high) - shift;
  } else if (notes_.normalise == "zscore") {
    double sum = 0, square = 0;
    for (const float x : v) sum += x;
    const double mean = sum / static_cast<double>(v.size());
    for (const float x : v) square += (x - mean) * (x - mean);
    shift = static_cast<float>(mean);
    scale = static_cast<float>(std::sqrt(square / static_cast<double>(v.size())));
  }
  if (!(scale > 0)) scale = 1;  // a constant image
  for (float& x : v) x = (x - shift) / scale;
  return scaling;
}

void Model::run_tile(const Grid& in, const std::array<int, 3>& from, const std::array<int, 3>& begin,
                     const std::array<int, 3>& end, Grid& out) {
  const std::vector<int> shape = volumetric_ ? std::vector<int>{1, 1, tile_[2], tile_[1], tile_[0]}
                                             : std::vector<int>{1, 1, tile_[1], tile_[0]};
  cv::Mat blob(shape, CV_32F);
  float* to = blob.ptr<float>();
  for (int z = 0; z < tile_[2]; ++z)
    for (int y = 0; y < tile_[1]; ++y)
      for (int x = 0; x < tile_[0]; ++x)
        *to++ = in.at(mirrored(from[0] + x, in.size[0]), mirrored(from[1] + y, in.size[1]),
                      mirrored(from[2] + z, in.size[2]));
  const cv::Mat answer = network_->forward(blob, file_);

  const std::string shapes = "the network answers " + text_of(answer) + " to " + text_of(blob);
  bool fits = answer.type() == CV_32F && answer.dims == blob.dims && answer.size[0] == 1;
  for (int d = 2; fits && d < blob.dims; ++d) fits = answer.size[d] == blob.size[d];
  if (!fits) wrong(file_, shapes + "; it must give a value for every voxel that it is given");
  if (notes_.output_channel >= answer.size[1])
    wrong(file_,
          shapes + ", which has no channel " + std::to_string(notes_.output_channel) + " (output_channel)");

  const std::size_t voxels = static_cast<std::size_t>(tile_[0]) * tile_[1] * tile_[2];
  const int channels = answer.size[1];
  const float* values = answer.ptr<float>();
  for (int z = begin[2]; z < end[2]; ++z)
    for (int y = begin[1]; y < end[1]; ++y)
      for (int x = begin[0]; x < end[0]; ++x) {
        const std::size_t i =
            (static_cast<std::size_t>(z - from[2]) * tile_[1] + (y - from[1])) * tile_[0] + (x - from[0]);
        float v = values[static_cast<std::size_t>(notes_.output_channel) * voxels + i];
        if (notes_.activation == "sigmoid") v = 1 / (1 + std::exp(-v));
        if (notes_.activation == "softmax") {
          float sum = 0;
          for (int c = 0; c < channels; ++c)
            sum += std::exp(values[static_cast<std::size_t>(c) * voxels + i] - v);
          v = 1 / sum;
        }
        out.samples[out.index(x, y, z)] = v;
      }
}
