// Trained networks as stages, with networks so small that their answer is known by heart.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "host/check_plugin.hpp"
#include "plugin/onnx_model.hpp"
#include "plugin/plugins.hpp"

namespace spinechron {
namespace {

using namespace test;
using testing::AllOf;
using testing::HasSubstr;

const std::string kOnnx = std::string(FIRST_PARTY) + "/onnx.so";

class Onnx : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "spinechron_onnx_test_" + std::to_string(getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& model, const std::string& notes) const {
    std::ofstream(folder_ + "/net.onnx", std::ios::binary) << model;
    std::ofstream(folder_ + "/net.toml") << notes;
    return folder_ + "/net.onnx";
  }
  std::unique_ptr<Stage> stage(StageKind kind, const std::string& model) const {
    auto s = stage_of(kOnnx, kind, "onnx");
    s->params().set("model", Value(model));
    return s;
  }
  Image denoised(const std::string& model, const Image& image) const {
    Stack in;
    in.image = image.clone();
    const auto s = stage(StageKind::denoise, model);
    return dynamic_cast<const Denoiser&>(*s).run(std::move(in), Context()).image;
  }
  std::string trouble(const std::string& model, const std::string& notes) const {
    const std::string file = write(model, notes);
    return message_of([&] {
      const auto s = stage(StageKind::denoise, file);
      host::run_stage(*s, small_scene(), Context());
    });
  }
  std::string folder_;
};

Image pattern(Size3 size, const Vec3& voxel_um) {
  Image image(size, voxel_um);
  for (size_t i = 0; i < size.count(); ++i) image.data()[i] = static_cast<float>((i * 7919) % 101);
  return image;
}

constexpr const char* kPlainNotes = "voxel_um = [0.12, 0.12, 0.75]\n";
const std::vector<float> kMean2d(9, 1.0F / 9), kMean3d(27, 1.0F / 27);

TEST_F(Onnx, AFlatNetworkIsUsedSliceBySlice) {
  const Image image = pattern({20, 17, 3}, {0.12, 0.12, 0.75});
  const Image out =
      denoised(write(convolution_model({1, 1, 32, 32}, 3, kMean2d, {2}, false), kPlainNotes), image);
  double sum = 0;
  for (size_t y = 4; y <= 6; ++y)
    for (size_t x = 8; x <= 10; ++x) sum += image.at(x, y, 1);
  EXPECT_NEAR(out.at(9, 5, 1), sum / 9 + 2, 1e-3);
}

TEST_F(Onnx, ASolidNetworkSeesNeighbouringSlices) {
  const Image image = pattern({20, 17, 5}, {0.12, 0.12, 0.75});
  const Image out =
      denoised(write(convolution_model({1, 1, 8, 32, 32}, 3, kMean3d, {0}, false), kPlainNotes), image);
  double sum = 0;
  for (size_t z = 1; z <= 3; ++z)
    for (size_t y = 4; y <= 6; ++y)
      for (size_t x = 8; x <= 10; ++x) sum += image.at(x, y, z);
  EXPECT_NEAR(out.at(9, 5, 2), sum / 27, 1e-3);
}

TEST_F(Onnx, ItsFilesAreTheNetworkAndWhatBelongsToIt) {
  const std::string model = write("", "");
  for (const char* other : {"/net.onnx.data", "/network.toml", "/other.onnx"})
    std::ofstream(folder_ + other) << "x";
  EXPECT_THAT(files_of_settings(*stage(StageKind::detect, model)),
              testing::ElementsAre(model, model + ".data", folder_ + "/net.toml"));
  EXPECT_THAT(files_of_settings(*stage(StageKind::detect, "")), testing::IsEmpty());
  EXPECT_THAT(files_of_settings(*stage(StageKind::detect, folder_)), testing::IsEmpty());
}

TEST_F(Onnx, TilesWithOverlapGiveWhatOneTileGives) {
  const Image image = pattern({70, 45, 11}, {0.12, 0.12, 0.75});
  const Image whole =
      denoised(write(convolution_model({1, 1, 16, 64, 80}, 3, kMean3d, {0}, false), kPlainNotes), image);
  const Image tiled = denoised(write(convolution_model({1, 1, 4, 16, 24}, 3, kMean3d, {0}, false),
                                     std::string(kPlainNotes) + "overlap = [4, 4, 2]\n"),
                               image);
  for (size_t i = 0; i < image.size().count(); ++i) ASSERT_NEAR(tiled.data()[i], whole.data()[i], 1e-3) << i;
}

TEST_F(Onnx, AnOpenSizeTakesTheTileOfTheNotes) {
  const Image image = pattern({40, 30, 2}, {0.12, 0.12, 0.75});
  const Image out = denoised(write(convolution_model({1, 1, 0, 0}, 3, kMean2d, {0}, false),
                                   std::string(kPlainNotes) + "tile = [32, 32, 1]\noverlap = [4, 4, 0]\n"),
                             image);
  const Image fixed =
      denoised(write(convolution_model({1, 1, 64, 64}, 3, kMean2d, {0}, false), kPlainNotes), image);
  for (size_t i = 0; i < image.size().count(); ++i) ASSERT_NEAR(out.data()[i], fixed.data()[i], 1e-3) << i;
}

TEST_F(Onnx, NormalisationIsUndoneOnAnImageThatComesBack) {
  const Image image = pattern({20, 17, 3}, {0.12, 0.12, 0.75});
  for (const char* how : {"percentile", "zscore"}) {
    const std::string notes = std::string(kPlainNotes) + "normalise = \"" + how + "\"\n";
    const Image out = denoised(write(convolution_model({1, 1, 32, 32}, 1, {1}, {0}, false), notes), image);
    for (size_t i = 0; i < image.size().count(); ++i)
      ASSERT_NEAR(out.data()[i], image.data()[i], 1e-3) << how;
  }
}

TEST_F(Onnx, TheImageIsBroughtToTheNetworksVoxels) {
  // On voxels of half the size a mean of three covers less: on a ramp nothing changes, whatever the grid.
  Image image({30, 20, 4}, {0.24, 0.24, 1.5});
  for (size_t z = 0; z < 4; ++z)
    for (size_t y = 0; y < 20; ++y)
      for (size_t x = 0; x < 30; ++x) image.at(x, y, z) = static_cast<float>(x + 2 * y + 3 * z);
  const Image out =
      denoised(write(convolution_model({1, 1, 16, 64, 64}, 3, kMean3d, {0}, false), kPlainNotes), image);
  EXPECT_EQ(out.size(), image.size());
  EXPECT_NEAR(out.at(12, 9, 2), image.at(12, 9, 2), 1e-3);
  EXPECT_NEAR(out.at(20, 5, 1), image.at(20, 5, 1), 1e-3);
}

// A network that gives a probability above one half where the image is brighter than 6.5 photons: flat or
// solid, whole or in tiles.
struct Threshold {
  const char* name;
  Shape input;
  const char* notes;
};
class OnnxOfAnyShape : public Onnx, public testing::WithParamInterface<Threshold> {
 protected:
  std::string model() const {
    return write(convolution_model(GetParam().input, 1, {4}, {-26}, true),
                 std::string(kPlainNotes) + GetParam().notes);
  }
};
INSTANTIATE_TEST_SUITE_P(
    Each, OnnxOfAnyShape,
    testing::Values(Threshold{"slices", {1, 1, 128, 128}, ""},
                    Threshold{"slices_in_tiles", {1, 1, 24, 32}, "overlap = [8, 8, 0]\n"},
                    Threshold{"volume", {1, 1, 16, 128, 128}, ""},
                    Threshold{"volume_in_tiles", {1, 1, 4, 24, 32}, "overlap = [8, 8, 2]\n"},
                    Threshold{"open", {1, 1, 0, 0, 0}, "tile = [48, 32, 4]\n"}),
    [](const auto& info) { return info.param.name; });

TEST_P(OnnxOfAnyShape, ADetectorFindsTheSpinesOfTheSceneOnTheirSides) {
  // The scene's spines, without its shaft.
  auto scene = host::make_scene("spines", {64, 48, 5}, {0.12, 0.12, 0.75}, 1);
  Image& image = scene.stacks[0].image;
  for (size_t z = 0; z < 5; ++z)
    for (size_t y = 0; y < 48; ++y)
      for (size_t x = 0; x < 64; ++x) {
        const Vec3 p = Vec3(double(x), double(y), double(z)).cwiseProduct(image.voxel_um());
        double value = 0;
        for (const Candidate& c : scene.candidates[0])
          value += 10 * std::exp(-0.5 *
                                 (p - c.measures.head_um).cwiseQuotient(Vec3(0.25, 0.25, 0.9)).squaredNorm());
        image.at(x, y, z) = static_cast<float>(value);
      }
  const auto s = stage(StageKind::detect, model());
  const auto found = dynamic_cast<const Detector&>(*s).run(scene.stacks[0], scene.frames[0], Context());
  ASSERT_EQ(found.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    const Candidate& truth = scene.candidates[0][i];
    EXPECT_LT((found[i].measures.head_um - truth.measures.head_um).norm(), 0.25);
    EXPECT_NEAR(found[i].arc_um, truth.arc_um, 0.15);
    EXPECT_GT(found[i].p, 0.5);
    EXPECT_EQ(found[i].dendrite_id, 1);
  }
  // The dendrite runs along x, y points down: the first blob, at larger y, is on its right.
  EXPECT_EQ(found[0].side, Side::right);
  EXPECT_EQ(found[1].side, Side::left);
  EXPECT_LT((found[0].measures.base_um - found[0].measures.head_um).norm(), found[0].measures.head_um.y());
}

double distance_to(const Vec3& p, const Vec3& a, const Vec3& b) {
  const double t = std::clamp((p - a).dot(b - a) / (b - a).squaredNorm(), 0.0, 1.0);
  return (p - a - t * (b - a)).norm();
}

// Tubes of 16 photons with sharp edges, in an image of 14.3 x 9.5 x 5.25 um; depth counts a third, as blur
// makes it.
Stack tubes(const std::vector<std::pair<Vec3, Vec3>>& axes, double radius_um) {
  Stack stack;
  stack.image = Image({120, 80, 8}, {0.12, 0.12, 0.75});
  for (size_t z = 0; z < 8; ++z)
    for (size_t y = 0; y < 80; ++y)
      for (size_t x = 0; x < 120; ++x) {
        const Vec3 flat(1, 1, 1.0 / 3);
        const Vec3 p =
            Vec3(double(x), double(y), double(z)).cwiseProduct(stack.image.voxel_um()).cwiseProduct(flat);
        for (const auto& [a, b] : axes)
          if (distance_to(p, a.cwiseProduct(flat), b.cwiseProduct(flat)) <= radius_um)
            stack.image.at(x, y, z) = 16;
      }
  stack.noise.read_sigma = 2;
  return stack;
}

TEST_P(OnnxOfAnyShape, ASegmenterTracesTrunkBranchAndAPieceApartAndLeavesOutASpine) {
  const std::pair<Vec3, Vec3> trunk{{1, 3, 2.25}, {13, 4, 3}}, branch{{6, 3.4, 2.6}, {8, 8.5, 2.25}},
      apart{{1, 6, 3}, {4, 9, 3}}, spine{{10, 3.75, 2.8}, {10.1, 2.5, 2.8}};
  const Stack stack = tubes({trunk, branch, apart, spine}, 0.5);
  const auto s = stage(StageKind::segment, model());
  s->params().set("min_length_um", Value(3.0));
  const Tracing found = dynamic_cast<const Segmenter&>(*s).run(stack, Context());
  ASSERT_EQ(found.size(), 3U);
  int branches = 0;
  for (const Dendrite& d : found) {
    const Vec3 middle = d.centreline[d.centreline.size() / 2];
    double nearest = HUGE_VAL;
    for (const auto& [a, b] : {trunk, branch, apart}) nearest = std::min(nearest, distance_to(middle, a, b));
    EXPECT_LT(nearest, 0.25) << middle.transpose();
    EXPECT_NEAR(d.radius_um[d.radius_um.size() / 2], 0.5, 0.1);
    EXPECT_NEAR(d.snr, 8, 0.3);
    if (d.parent == 0) continue;
    ++branches;
    EXPECT_LT((d.centreline.front() - branch.first).norm(), 0.8);
    EXPECT_LT((d.centreline.back() - branch.second).norm(), 0.8);
    EXPECT_NEAR(length_um(d.centreline), 5.5, 0.7);
    const auto parent =
        std::find_if(found.begin(), found.end(), [&](const auto& p) { return p.id == d.parent; });
    ASSERT_NE(parent, found.end());
    EXPECT_LT((parent->centreline[d.parent_point] - d.centreline.front()).norm(), 0.15);
    EXPECT_NEAR(length_um(parent->centreline), 12.5, 1.2);
  }
  EXPECT_EQ(branches, 1);
  // Where all is dark, or nothing long enough, there is no dendrite and no error.
  const auto strict = stage(StageKind::segment, model());
  strict->params().set("min_length_um", Value(20.0));
  EXPECT_TRUE(dynamic_cast<const Segmenter&>(*strict).run(stack, Context()).empty());
  EXPECT_TRUE(dynamic_cast<const Segmenter&>(*strict).run(tubes({}, 0.5), Context()).empty());
}

TEST_F(Onnx, OneOfManyOutputChannelsIsChosen) {
  const Image image = pattern({20, 17, 1}, {0.12, 0.12, 0.75});
  const std::string net = convolution_model({1, 1, 32, 32}, 1, {1, 3}, {0, 0}, false);
  const Image out = denoised(write(net, std::string(kPlainNotes) + "output_channel = 1\n"), image);
  EXPECT_NEAR(out.at(3, 3, 0), 3 * image.at(3, 3, 0), 1e-3);
  const Image share = denoised(
      write(net, std::string(kPlainNotes) + "activation = \"softmax\"\noutput_channel = 0\n"), image);
  const double x = image.at(3, 3, 0);
  EXPECT_NEAR(share.at(3, 3, 0), 1 / (1 + std::exp(2 * x)), 1e-4);
}

TEST_F(Onnx, NetworksThatDoNotFitAreErrorsThatSayHow) {
  const auto net = [](const Shape& shape, std::uint64_t stride = 1) {
    return convolution_model(shape, 1, std::vector<float>(shape[1], 1), {0}, false, stride);
  };
  EXPECT_THAT(trouble(net({1, 1, 32, 32}, 2), kPlainNotes),
              AllOf(HasSubstr("plugin onnx"), HasSubstr("denoise stage 'onnx'"), HasSubstr("net.onnx"),
                    HasSubstr("answers 1 x 1 x 16 x 16 to 1 x 1 x 32 x 32")));
  EXPECT_THAT(trouble(net({1, 3, 32, 32}), kPlainNotes),
              HasSubstr("its input is 1 x 3 x 32 x 32; it must take one image"));
  EXPECT_THAT(trouble(net({1, 1, 32}), kPlainNotes), HasSubstr("its input is 1 x 1 x 32; it must be"));
  EXPECT_THAT(trouble(net({1, 1, 32, 32}), std::string(kPlainNotes) + "output_channel = 2\n"),
              HasSubstr("has no channel 2 (output_channel)"));
  EXPECT_THAT(trouble("not a model at all", kPlainNotes), HasSubstr("net.onnx: this"));
  EXPECT_THAT(trouble(net({1, 1, 32, 32}).substr(0, 60), kPlainNotes), HasSubstr("cut short"));
  EXPECT_THAT(trouble(net({1, 1, 32, 1ULL << 32}), kPlainNotes),
              HasSubstr("no ONNX model, or it is damaged"));
}

TEST_F(Onnx, NotesThatDoNotFitAreErrorsThatNameTheKey) {
  const std::string net = convolution_model({1, 1, 32, 32}, 1, {1}, {0}, false);
  EXPECT_THAT(trouble(net, ""), HasSubstr("net.toml: voxel_um is missing"));
  EXPECT_THAT(trouble(net, "voxel_um = [0.1, 0.1]\n"), HasSubstr("'voxel_um' must be three numbers"));
  EXPECT_THAT(trouble(net, std::string(kPlainNotes) + "normalize = \"zscore\"\n"),
              HasSubstr("unknown key 'normalize'; legal keys: voxel_um"));
  EXPECT_THAT(trouble(net, std::string(kPlainNotes) + "activation = \"relu\"\n"),
              HasSubstr("'activation' must be one of none, sigmoid, softmax"));
  EXPECT_THAT(trouble(net, "voxel_um = [0.1\n"), HasSubstr("net.toml: "));
  EXPECT_THAT(message_of([&] { prepare_plugin(*stage(StageKind::detect, folder_ + "/absent.onnx")); }),
              HasSubstr("there is no such model"));
  EXPECT_THAT(message_of([&] { prepare_plugin(*stage(StageKind::detect, "")); }),
              HasSubstr("set 'model' to an .onnx file"));
}

TEST_F(Onnx, TheNotesOfTheGuideAreLegal) {
  std::ifstream in(GUIDE);
  const std::string guide{std::istreambuf_iterator<char>(in), {}};
  const std::string mark = "<!-- file: onnx/spines.toml -->\n```toml\n";
  const auto begin = guide.find(mark);
  ASSERT_NE(begin, std::string::npos);
  const auto end = guide.find("```", begin + mark.size());
  const std::string notes = guide.substr(begin + mark.size(), end - begin - mark.size());
  EXPECT_EQ(trouble(convolution_model({1, 1, 32, 32}, 1, {1}, {0}, false), notes), "");
}

TEST_F(Onnx, ConformsWithAModel) {
  CheckOptions options;
  options.settings = {
      {"onnx.model", write(convolution_model({1, 1, 32, 32}, 3, kMean2d, {0}, true), kPlainNotes)}};
  std::ostringstream out;
  EXPECT_EQ(check_plugin(kOnnx, out, options), 0) << out.str();
  EXPECT_THAT(out.str(), HasSubstr("3 stages, 21 checks done: nothing is wrong"));
}

}  // namespace
}  // namespace spinechron
