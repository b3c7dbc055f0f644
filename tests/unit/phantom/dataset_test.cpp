#include "phantom/dataset.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "phantom/evaluate.hpp"

namespace spinechron {
namespace {

namespace fs = std::filesystem;

class Dataset : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("spinechron_dataset_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    config_.size_x = config_.size_y = 128;
    config_.size_z = 16;
    config_.samples = 2;
    config_.sessions = {"one", "two"};
  }
  void TearDown() override { fs::remove_all(folder_); }
  static void touch(const Image&, const std::string& path) { std::ofstream(path) << "stack"; }

  fs::path folder_;
  PhantomConfig config_;
};

TEST_F(Dataset, IsABidsFolderWithTruthBesideIt) {
  const fs::path out = folder_ / "ph";
  size_t last = 0;
  write_phantom(config_, out.string() + "/", touch, [&](size_t done, size_t total) {
    EXPECT_EQ(total, 4U);
    last = done;
  });
  EXPECT_EQ(last, 4U);
  for (const char* name :
       {"dataset_description.json", "README", "participants.tsv", "participants.json", "samples.tsv",
        "samples.json", "sub-01/ses-two/micr/sub-01_ses-two_sample-B_2PE.ome.tif",
        "truth/sub-01_sample-A_dendrites.tsv", "truth/sub-01_sample-A_phantom.json"})
    EXPECT_TRUE(fs::exists(out / name)) << name;
  std::ifstream sidecar(out / "sub-01/ses-one/micr/sub-01_ses-one_sample-A_2PE.json");
  const auto json = nlohmann::json::parse(sidecar);
  EXPECT_EQ(json["PixelSize"], nlohmann::json({0.12, 0.12, 1.0}));
  EXPECT_EQ(json["PixelSizeUnits"], "um");
  EXPECT_FALSE(fs::exists(folder_ / "ph.part"));
  const Tsv truth = Tsv::read((out / "truth/sub-01_sample-B_truth.tsv").string());
  EXPECT_EQ(sessions_of(read_truth(truth)), config_.sessions);
}

TEST_F(Dataset, AFailedWriteLeavesNothing) {
  const fs::path out = folder_ / "ph";
  auto full = [](const Image&, const std::string& path) { throw Error("{}: the disk is full", path); };
  EXPECT_THROW(write_phantom(config_, out.string(), full), Error);
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Dataset, AFolderInUseIsAWrongCall) {
  std::ofstream(folder_ / "something") << "mine";
  EXPECT_THROW(write_phantom(config_, folder_.string(), touch), UsageError);
  EXPECT_TRUE(fs::exists(folder_ / "something"));
}

TEST_F(Dataset, ImpossibleChoicesAreWrongCalls) {
  auto wrong = [&](auto change) {
    PhantomConfig c;
    change(c);
    EXPECT_THROW(c.check(), UsageError);
  };
  wrong([](auto& c) { c.sessions.clear(); });
  wrong([](auto& c) { c.sessions = {"a", "a"}; });
  wrong([](auto& c) { c.sessions = {"day 1"}; });
  wrong([](auto& c) {
    c.size_x = 64;
    c.voxel_x_um = 0.1;
  });
  wrong([](auto& c) {
    c.size_x = c.size_y = 8192;
    c.size_z = 1024;
  });
  PhantomConfig c;
  EXPECT_THROW(c.params().set_from_text("scene", "jungle"), UsageError);
}

}  // namespace
}  // namespace spinechron
