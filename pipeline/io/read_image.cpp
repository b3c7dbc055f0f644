#include "io/read_image.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/raw_layout.hpp"

namespace spinechron {
namespace {

enum class Format { tiff, itk, unknown };

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// By the first bytes, and by the name where these say nothing (MetaImage, OME companion files).
Format format_of(const std::string& path) {
  if (file_bytes(path) == 0) throw Error("{}: is empty: copy it again from where it was recorded", path);
  unsigned char head[4] = {0, 0, 0, 0};
  if (std::FILE* file = std::fopen(path.c_str(), "rb")) {
    if (std::fread(head, 1, sizeof head, file) == 0) head[0] = 0;
    std::fclose(file);
  }
  const bool little = head[0] == 'I' && head[1] == 'I' && (head[2] == 42 || head[2] == 43) && head[3] == 0;
  const bool big = head[0] == 'M' && head[1] == 'M' && head[2] == 0 && (head[3] == 42 || head[3] == 43);
  if (little || big || ends_with(path, ".companion.ome")) return Format::tiff;
  if (std::string(head, head + 4) == "NRRD" || ends_with(path, ".mha") || ends_with(path, ".mhd"))
    return Format::itk;
  return Format::unknown;
}

std::uint64_t half_of_memory() {
  return std::uint64_t(::sysconf(_SC_PHYS_PAGES)) * std::uint64_t(::sysconf(_SC_PAGE_SIZE)) / 2;
}

}  // namespace

RawStack read_image(const Session& session, const ReadOptions& given) {
  ReadOptions options = given;
  if (options.max_bytes == 0) options.max_bytes = half_of_memory();
  io_detail::Decoded decoded;
  switch (format_of(session.path)) {
    case Format::tiff:
      decoded = io_detail::read_tiff(session, options);
      break;
    case Format::itk:
      decoded = io_detail::read_with_itk(session, options);
      break;
    case Format::unknown:
      throw Error(
          "{}: is not an image that can be read: give OME-TIFF, BigTIFF, ImageJ or ScanImage TIFF, NRRD or "
          "MetaImage",
          session.path);
  }
  RawStack stack = io_detail::finish(std::move(decoded), session);
  stack.sha256 = sha256_of_files(stack.files);
  return stack;
}

}  // namespace spinechron
