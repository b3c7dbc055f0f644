#pragma once
// A lock between processes that ends with its holder, however that ends.

#include <optional>
#include <string>

namespace spinechron {

/// Holds an exclusive lock on a file, which is made if it is missing, until destroyed.
class FileLock {
 public:
  /// Waits until the lock is free. Error if the file cannot be made.
  static FileLock wait(const std::string& path);
  /// None if another process holds it.
  static std::optional<FileLock> try_take(const std::string& path);

  FileLock(FileLock&& other) noexcept : path_(std::move(other.path_)), descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

  /// Removes the file, then lets go: whoever waits takes the lock on a new one.
  void remove();

 private:
  FileLock(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  static std::optional<FileLock> take(const std::string& path, bool wait);

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace spinechron
