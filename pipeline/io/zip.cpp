#include "io/zip.hpp"

#include <zip.h>

#include <memory>

#include "core/error.hpp"

namespace spinechron {
namespace {

constexpr zip_uint16_t kFirstOf1980 = 0x21;  // the earliest date a zip archive can hold

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

[[noreturn]] void fail(const std::string& what) {
  throw Error("a zip archive cannot be made: {}", what);
}

std::string bytes_of(zip_source_t* source) {
  zip_stat_t about;
  std::string out;
  if (zip_source_stat(source, &about) != 0 || !(about.valid & ZIP_STAT_SIZE)) fail("its size is unknown");
  out.resize(about.size);
  if (zip_source_open(source) != 0 ||
      zip_source_read(source, out.data(), out.size()) != zip_int64_t(out.size()))
    fail(zip_error_strerror(zip_source_error(source)));
  zip_source_close(source);
  return out;
}

}  // namespace

std::string to_zip(const std::vector<std::pair<std::string, std::string>>& entries) {
  if (entries.empty()) return {"PK\5\6" + std::string(18, '\0')};  // libzip writes no empty archives
  const std::unique_ptr<zip_source_t, Discard> memory(zip_source_buffer_create(nullptr, 0, 0, nullptr));
  if (!memory) fail("there is not enough memory");
  zip_source_keep(memory.get());
  std::unique_ptr<zip_t, Discard> archive(zip_open_from_source(memory.get(), ZIP_TRUNCATE, nullptr));
  if (!archive) {
    zip_source_free(memory.get());
    fail("it cannot be opened");
  }
  for (const auto& [name, content] : entries) {
    zip_source_t* from = zip_source_buffer(archive.get(), content.data(), content.size(), 0);
    const zip_int64_t at = from ? zip_file_add(archive.get(), name.c_str(), from, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
      if (from) zip_source_free(from);
      fail(name + ": " + zip_strerror(archive.get()));
    }
    zip_set_file_compression(archive.get(), zip_uint64_t(at), ZIP_CM_DEFLATE, 9);
    zip_file_set_dostime(archive.get(), zip_uint64_t(at), 0, kFirstOf1980, 0);
  }
  if (zip_close(archive.get()) != 0) fail(zip_strerror(archive.get()));
  archive.release();
  return bytes_of(memory.get());
}

}  // namespace spinechron
