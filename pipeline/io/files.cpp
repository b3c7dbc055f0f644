#include "io/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace spinechron {
namespace fs = std::filesystem;
namespace {

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, mode_t mode = 0666)
      : fd_(::open(path.c_str(), flags, mode)) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool close() {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 || ::close(fd) == 0;
  }

 private:
  int fd_;
};

/// Opened for reading and known to be a plain file.
std::unique_ptr<Descriptor> open_for_reading(const std::string& path, std::uint64_t& bytes) {
  auto file = std::make_unique<Descriptor>(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->get() < 0) throw Error("{}: {}", path, errno_text(errno));
  struct stat status {};
  if (::fstat(file->get(), &status) != 0) throw Error("{}: {}", path, errno_text(errno));
  if (S_ISDIR(status.st_mode)) throw Error("{}: {}", path, errno_text(EISDIR));
  if (!S_ISREG(status.st_mode)) throw Error("{}: is not a plain file: give a file on a disk", path);
  bytes = std::uint64_t(status.st_size);
  return file;
}

/// At most `size` bytes; fewer only at the end of the file.
size_t read_some(const Descriptor& file, const std::string& path, char* out, size_t size) {
  size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(file.get(), out + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error("{}: {}", path, errno_text(errno));
    if (got == 0) break;
    done += size_t(got);
  }
  return done;
}

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
      throw Error("the cryptographic library cannot compute SHA-256: mend its installation");
  }
  void add(const void* bytes, size_t size) { EVP_DigestUpdate(context_.get(), bytes, size); }
  void add_file(const std::string& path) {
    std::uint64_t bytes = 0;
    const auto file = open_for_reading(path, bytes);
    std::vector<char> piece(1 << 16);
    while (const size_t got = read_some(*file, path, piece.data(), piece.size())) add(piece.data(), got);
  }
  std::string hex() {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest, &size);
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

template <typename Json>
void write_any_json(const std::string& path, const Json& json) {
  write_file(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

std::string errno_text(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return "there is no such file: check the path";
    case EACCES:
    case EPERM:
      return "no permission: ask for access to it or choose another place";
    case EISDIR:
      return "is a folder where a file is needed: check the path";
    case ENOSPC:
    case EDQUOT:
      return "the disk is full: make room and run again";
    case EROFS:
      return "the disk is read-only: choose another place";
    case ENAMETOOLONG:
      return "the path is too long: choose a shorter one";
    case EMFILE:
    case ENFILE:
      return "too many files are open: lower --jobs";
    default:
      return fmt::format("the system says \"{}\"", std::strerror(error));
  }
}

std::uint64_t file_bytes(const std::string& path) {
  std::uint64_t bytes = 0;
  open_for_reading(path, bytes);
  return bytes;
}

std::string read_file(const std::string& path, std::uint64_t max_bytes) {
  std::uint64_t bytes = 0;
  const auto file = open_for_reading(path, bytes);
  if (bytes > max_bytes)
    throw Error("{}: has {} bytes where at most {} make sense: check that it is the right file", path, bytes,
                max_bytes);
  std::string text(bytes, '\0');
  text.resize(read_some(*file, path, text.data(), text.size()));
  return text;
}

std::string sha256_of_file(const std::string& path) {
  return sha256_of_files({path});
}

std::string sha256_of_files(const std::vector<std::string>& paths) {
  Sha256 sha;
  for (const std::string& path : paths) sha.add_file(path);
  return sha.hex();
}

std::string sha256_of_bytes(std::string_view bytes) {
  Sha256 sha;
  sha.add(bytes.data(), bytes.size());
  return sha.hex();
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  static std::atomic<unsigned> counter{0};
  const fs::path target(path_);
  std::error_code error;
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
  if (error) throw Error("{}: cannot make its folder: {}", path_, errno_text(error.value()));
  // hidden, so that a run that was killed leaves nothing that looks like a result
  temporary_ = (target.parent_path() /
                fmt::format(".{}.{}.{}.tmp", target.filename().string(), ::getpid(), counter.fetch_add(1)))
                   .string();
}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary_.c_str());
}

void AtomicFile::commit() {
  Descriptor file(temporary_, O_RDWR | O_CLOEXEC);
  if (file.get() < 0 || ::fsync(file.get()) != 0 || !file.close() ||
      std::rename(temporary_.c_str(), path_.c_str()) != 0)
    throw Error("{}: cannot be written: {}", path_, errno_text(errno));
  committed_ = true;
}

void write_file(const std::string& path, std::string_view bytes) {
  AtomicFile target(path);
  Descriptor file(target.temporary(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
  if (file.get() < 0) throw Error("{}: cannot be written: {}", path, errno_text(errno));
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw Error("{}: cannot be written: {}", path, errno_text(errno));
    bytes.remove_prefix(size_t(put));
  }
  if (!file.close()) throw Error("{}: cannot be written: {}", path, errno_text(errno));
  target.commit();
}

void write_json(const std::string& path, const nlohmann::json& json) {
  write_any_json(path, json);
}
void write_json(const std::string& path, const nlohmann::ordered_json& json) {
  write_any_json(path, json);
}

}  // namespace spinechron
