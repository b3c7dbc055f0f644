#pragma once
// A folder of its own for each test, and short words for what the tests of readers do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/error.hpp"
#include "io/read_image.hpp"
#include "tiff_bytes.hpp"

namespace spinechron::test {

class IoTest : public ::testing::Test {
 protected:
  IoTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "spinechron_io_XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }
  ~IoTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// Writes bytes, making folders as needed; returns the path.
  std::string put(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }
  /// Reads with a voxel size of 0.1 x 0.1 x 1 um given by a sidecar, so that the file needs none.
  static RawStack read_with_voxel(const std::string& path, const ReadOptions& options = {}) {
    Session session;
    session.path = path;
    session.voxel_um[0] = session.voxel_um[1] = 0.1;
    session.voxel_um[2] = 1.0;
    session.voxel_source = "sidecar x.json";
    return read_image(session, options);
  }
  static RawStack read_plainly(const std::string& path, const ReadOptions& options = {}) {
    Session session;
    session.path = path;
    return read_image(session, options);
  }
  static ReadOptions channel(const std::string& name) {
    ReadOptions options;
    options.channel = name;
    return options;
  }

  std::filesystem::path folder_;
};

/// The message of the Error that `work` throws; "" if it throws none.
template <typename Work>
std::string error_of(Work&& work) {
  try {
    work();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

/// Folder with real samples, empty if there is none.
inline std::string shared_folder() {
  const char* named = std::getenv("SPINECHRON_SHARED");
  const std::string folder = named && *named ? named : SPINECHRON_SHARED;
  return std::filesystem::is_directory(folder + "/data/formats") ? folder : "";
}

}  // namespace spinechron::test
