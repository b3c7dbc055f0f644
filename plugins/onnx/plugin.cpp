// Trained networks (ONNX) as stages: a segmenter that traces what is likely to be a dendrite, a detector that
// turns a map of spine probability into candidates, and a denoiser. OpenCV's DNN module runs them on the
// processor; the network's own input shape says whether slice by slice or in 3D.

#include <memory>
#include <stdexcept>

#include "dendrites.hpp"
#include "model.hpp"
#include "spines.hpp"

namespace {

namespace sdk = spinechron::sdk;

std::shared_ptr<Model> open_model(const std::string& file) {
  if (file.empty())
    throw std::runtime_error("no network is named; set 'model' to an .onnx file that has a .toml beside it");
  return std::make_shared<Model>(file);
}

constexpr const char* kModelMeaning =
    "File of the network; the .toml beside it gives voxel size and normalisation.";

// A network of OpenCV's keeps its intermediate results: one run at a time.
struct OnnxSegmenter : sdk::Segmenter {
  static constexpr const char* kName = "onnx";
  static constexpr const char* kMeaning =
      "Traces dendrites where a trained network (ONNX) gives high probability.";
  static constexpr bool kReentrant = false;
  std::string model;
  DendriteRules rules;
  double threshold = rules.threshold, min_length_um = rules.min_length_um;
  std::shared_ptr<Model> network;

  static void params(sdk::Params<OnnxSegmenter>& p) {
    p.text("model", &OnnxSegmenter::model, kModelMeaning);
    p.number("threshold", &OnnxSegmenter::threshold, {0.01, 1}, "1",
             "Least probability of a dendrite's voxel.");
    p.number("min_length_um", &OnnxSegmenter::min_length_um, {0.5, 100}, "um",
             "Dendrites and branches shorter than this are left out.");
  }
  void prepare(const sdk::Host&) override {
    network = open_model(model);
    rules = {threshold, min_length_um};
  }
  std::vector<sdk::Dendrite> run(const sdk::Host& host, const sc_stack& stack) const override {
    const auto between = [&] { host.check_cancelled(); };
    return dendrites_from_map(network->run(grid_of(stack), false, between), stack, rules, between);
  }
};

struct OnnxDetector : sdk::Detector {
  static constexpr const char* kName = "onnx";
  static constexpr const char* kMeaning = "Spines where a trained network (ONNX) gives high probability.";
  static constexpr bool kReentrant = false;
  std::string model;
  SpineRules rules;
  double threshold = rules.threshold, min_distance_um = rules.min_distance_um,
         max_reach_um = rules.max_reach_um;
  std::shared_ptr<Model> network;

  static void params(sdk::Params<OnnxDetector>& p) {
    p.text("model", &OnnxDetector::model, kModelMeaning);
    p.number("threshold", &OnnxDetector::threshold, {0.01, 1}, "1", "Least probability of a spine.");
    p.number("min_distance_um", &OnnxDetector::min_distance_um, {0, 5}, "um",
             "Of two peaks nearer than this the higher stays.");
    p.number("max_reach_um", &OnnxDetector::max_reach_um, {0.2, 20}, "um",
             "Farthest that a head may lie from the dendrite's edge.");
  }
  void prepare(const sdk::Host&) override {
    network = open_model(model);
    rules = {threshold, min_distance_um, max_reach_um};
  }
  std::vector<sdk::Candidate> run(const sdk::Host& host, const sc_stack& stack,
                                  const sc_frame& frame) const override {
    const Grid map = network->run(grid_of(stack), false, [&] { host.check_cancelled(); });
    return spines_from_map(map, stack, frame, rules);
  }
};

struct OnnxDenoiser : sdk::Denoiser {
  static constexpr const char* kName = "onnx";
  static constexpr const char* kMeaning = "Replaces the image by what a trained network (ONNX) makes of it.";
  static constexpr bool kReentrant = false;
  std::string model;
  std::shared_ptr<Model> network;

  static void params(sdk::Params<OnnxDenoiser>& p) { p.text("model", &OnnxDenoiser::model, kModelMeaning); }
  void prepare(const sdk::Host&) override { network = open_model(model); }
  void run(const sdk::Host& host, const sc_stack& in, sc_denoised& out) const override {
    const Grid image = grid_of(in);
    const Grid result = resampled_like(network->run(image, true, [&] { host.check_cancelled(); }), image);
    std::copy(result.samples.begin(), result.samples.end(), out.samples);
  }
};

}  // namespace

SPINECHRON_PLUGIN("onnx", "1.0", "Trained networks in the ONNX format.", OnnxSegmenter, OnnxDetector,
                  OnnxDenoiser)
