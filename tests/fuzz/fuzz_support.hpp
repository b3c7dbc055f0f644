#pragma once
// What the harnesses share. An Error is the right answer to bad input; anything else that is thrown ends the
// program and so is a finding.

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/error.hpp"
#include "io/read_image.hpp"

namespace spinechron::fuzz {

/// A folder of this process, removed with what is in it when the process ends.
inline const std::string& scratch_folder() {
  struct Folder {
    std::string path;
    Folder() {
      const char* base = std::getenv("TMPDIR");
      path = std::string(base ? base : "/tmp") + "/spinechron_fuzz_XXXXXX";
      if (!::mkdtemp(path.data())) std::abort();
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
  };
  static const Folder folder;
  return folder.path;
}

/// The bytes as a file of that name in the scratch folder; written anew by each call.
inline std::string scratch_file(const std::string& name, const std::uint8_t* data, std::size_t size) {
  const std::string path = scratch_folder() + "/" + name;
  ::unlink(path.c_str());  // cutting it to nothing would make some file systems wait for the disk
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
  return path;
}

inline std::string as_text(const std::uint8_t* data, std::size_t size) {
  return std::string(reinterpret_cast<const char*>(data), size);
}

/// Reads a stack with little memory allowed and a voxel size given, so that the voxels are reached.
inline void read_stack(const std::string& path) {
  Session session;
  session.path = path;
  for (auto& voxel : session.voxel_um) voxel = 0.5;
  session.voxel_source = "fuzz";
  ReadOptions options;
  options.max_bytes = 4 << 20;
  for (const bool choose : {false, true}) {
    if (choose) options.channel = "1";
    try {
      const RawStack stack = read_image(session, options);
      if (stack.counts.empty() || !(stack.highest_count > stack.lowest_count)) std::abort();
      return;
    } catch (const Error&) {
    }
  }
}

}  // namespace spinechron::fuzz
