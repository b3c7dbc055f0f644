#include "graph/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/error.hpp"
#include "io/files.hpp"

namespace spinechron {

std::optional<FileLock> FileLock::take(const std::string& path, bool wait) {
  while (true) {
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) throw Error("{}: it cannot be locked: {}", path, errno_text(errno));
    FileLock lock(path, descriptor);
    while (flock(descriptor, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) return std::nullopt;
      if (errno != EINTR) throw Error("{}: it cannot be locked: {}", path, errno_text(errno));
    }
    // The holder before us may have removed the file: then the lock is on nothing.
    struct stat held {
    }, there{};
    if (fstat(descriptor, &held) == 0 && stat(path.c_str(), &there) == 0 && held.st_ino == there.st_ino &&
        held.st_dev == there.st_dev)
      return lock;
  }
}

FileLock FileLock::wait(const std::string& path) {
  return *take(path, true);
}

std::optional<FileLock> FileLock::try_take(const std::string& path) {
  return take(path, false);
}

void FileLock::remove() {
  unlink(path_.c_str());
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace spinechron
