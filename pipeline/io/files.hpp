#pragma once
// Files that appear whole or not at all, and files that are read with a limit.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace spinechron {

/// The text for an errno value in the program's own words, with what would mend it: "there is no such file",
/// "no permission to read it", "the disk is full: make room and run again", ...
std::string errno_text(int error);

/// Size of a file in bytes. Error if it is missing, a folder, or may not be read.
std::uint64_t file_bytes(const std::string& path);

/// The whole file. Error if it is larger than `max_bytes`, missing, a folder, or may not be read.
std::string read_file(const std::string& path, std::uint64_t max_bytes = 64 << 20);

/// SHA-256 of a file's bytes as 64 lower-case hexadecimal digits, read in pieces.
std::string sha256_of_file(const std::string& path);

/// SHA-256 of bytes in memory.
std::string sha256_of_bytes(std::string_view bytes);

/// SHA-256 over several files, one after the other in the order given (`cat a b c | sha256sum`).
std::string sha256_of_files(const std::vector<std::string>& paths);

/// A file in the making: write to `temporary()`, then `commit()` puts it in its place at once. Without
/// commit, the temporary file is removed and what was at `path` before stays as it was.
class AtomicFile {
 public:
  /// Makes the folders above `path` where they are missing. Error if that is not possible.
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::string& temporary() const { return temporary_; }
  /// Flushes the temporary file to the disk and renames it. Error if the disk is full.
  void commit();

 private:
  std::string path_, temporary_;
  bool committed_ = false;
};

/// Writes a file whole or not at all. Error on a full disk or missing permission; then nothing has changed.
void write_file(const std::string& path, std::string_view bytes);

/// Writes indented JSON with a newline at the end. Object keys keep the order the type gives them.
void write_json(const std::string& path, const nlohmann::json& json);
void write_json(const std::string& path, const nlohmann::ordered_json& json);

}  // namespace spinechron
