#include "io/tiff_file.hpp"

#include <fcntl.h>
#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/sample_convert.hpp"

namespace spinechron::io_detail {
namespace {

struct CloseTiff {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

int keep_first_message(TIFF*, void* user_data, const char*, const char* format, va_list arguments) {
  auto& message = *static_cast<std::string*>(user_data);
  if (!message.empty()) return 1;
  char text[256];
  std::vsnprintf(text, sizeof text, format, arguments);
  message = text;
  while (!message.empty() && (message.back() == '.' || message.back() == '\n')) message.pop_back();
  return 1;
}

int say_nothing(TIFF*, void*, const char*, const char*, va_list) {
  return 1;
}

template <typename T>
T tag(TIFF* tiff, std::uint32_t which, T otherwise) {
  T value = otherwise;
  return TIFFGetFieldDefaulted(tiff, which, &value) ? value : otherwise;
}

std::string text_tag(TIFF* tiff, std::uint32_t which) {
  const char* text = nullptr;
  return TIFFGetField(tiff, which, &text) && text ? text : "";
}

std::string sample_type(std::uint16_t bits, std::uint16_t format, SampleType& type) {
  const bool is_float = format == SAMPLEFORMAT_IEEEFP;
  const bool is_signed = format == SAMPLEFORMAT_INT;
  if (!is_float && !is_signed && format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID)
    return "has complex samples: save it with 16-bit integer samples";
  if (is_float && bits == 32)
    type = SampleType::f32;
  else if (is_float && bits == 64)
    type = SampleType::f64;
  else if (!is_float && bits == 8)
    type = is_signed ? SampleType::s8 : SampleType::u8;
  else if (!is_float && bits == 16)
    type = is_signed ? SampleType::s16 : SampleType::u16;
  else if (!is_float && bits == 32)
    type = is_signed ? SampleType::s32 : SampleType::u32;
  else
    return fmt::format("has samples of {} bits: save it with 8, 16 or 32 bits a sample", bits);
  return "";
}

TiffPage describe_page(TIFF* tiff) {
  TiffPage page;
  page.width = tag<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0);
  page.height = tag<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0);
  page.samples = std::max<std::uint16_t>(1, tag<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL, 1));
  page.compression = tag<std::uint16_t>(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  page.reduced = tag<std::uint32_t>(tiff, TIFFTAG_SUBFILETYPE, 0) & FILETYPE_REDUCEDIMAGE;
  page.directory = TIFFCurrentDirOffset(tiff);
  page.why = sample_type(tag<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1),
                         tag<std::uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT), page.type);
  const auto photometric = tag<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  if (!TIFFIsCODECConfigured(page.compression) || max_ratio(page.compression) == 0)
    page.why = fmt::format("has a compression (number {}) that cannot be read: save it with deflate or LZW",
                           page.compression);
  else if (photometric == PHOTOMETRIC_YCBCR || photometric == PHOTOMETRIC_CIELAB)
    page.why = "holds colours, not counts: save it as grey values";
  page.readable = page.why.empty();
  const std::uint64_t* offsets = nullptr;
  if (!TIFFIsTiled(tiff) && TIFFGetField(tiff, TIFFTAG_STRIPOFFSETS, &offsets) && offsets)
    page.first_data = offsets[0];
  return page;
}

}  // namespace

struct TiffFile::State {
  std::string path;
  std::uint64_t bytes = 0, max_bytes = 0;
  std::string message;
  std::unique_ptr<TIFF, CloseTiff> tiff;
  std::vector<TiffPage> pages;
  std::string description, software;
  double pixels_per_unit[2] = {0, 0};
  std::vector<unsigned char> buffer;

  [[noreturn]] void damaged() const {
    throw Error("{}: is truncated or damaged{}: copy it again from where it was recorded", path,
                message.empty() ? "" : " (" + message + ")");
  }
  /// libtiff takes a file that ends within a directory's pointer to the next one for a whole file.
  bool ends_inside_last_directory() const {
    const bool big_tiff = TIFFIsBigTIFF(tiff.get()) != 0;
    const std::uint64_t at = pages.back().directory;
    unsigned char bytes_read[8] = {};
    const size_t width = big_tiff ? 8 : 2;
    if (::pread(TIFFFileno(tiff.get()), bytes_read, width, off_t(at)) != ssize_t(width)) return true;
    std::uint64_t entries = 0;
    for (size_t i = 0; i < width; ++i)
      entries = entries << 8 | bytes_read[TIFFIsBigEndian(tiff.get()) ? i : width - 1 - i];
    const std::uint64_t end = big_tiff ? at + 8 + entries * 20 + 8 : at + 2 + entries * 12 + 4;
    return end > bytes;
  }
  void go_to(size_t page) {
    message.clear();
    if (page >= pages.size() || !TIFFSetSubDirectory(tiff.get(), pages[page].directory)) damaged();
    if (!pages[page].readable) throw Error("{}: {}", path, pages[page].why);
  }
  /// Room for one decoded strip or tile, which may not be larger than the compression can make it.
  void make_room(tmsize_t size) {
    if (size <= 0 || std::uint64_t(size) > max_bytes) damaged();
    buffer.resize(size_t(size));
  }
};

std::uint64_t max_ratio(std::uint16_t compression) {
  switch (compression) {
    case COMPRESSION_NONE:
      return 1;
    case COMPRESSION_PACKBITS:
      return 64;
    case COMPRESSION_DEFLATE:
    case COMPRESSION_ADOBE_DEFLATE:
      return 1032;
    case COMPRESSION_LZW:
      return 4096;
    case COMPRESSION_LZMA:
    case COMPRESSION_ZSTD:
    case COMPRESSION_WEBP:
    case COMPRESSION_LERC:
    case COMPRESSION_JPEG:
      return 100000;
    default:
      return 0;
  }
}

TiffFile::TiffFile(const std::string& path, std::uint64_t max_bytes) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.path = path;
  s.bytes = file_bytes(path);
  s.max_bytes = max_bytes;
  if (s.bytes == 0) throw Error("{}: is empty: copy it again from where it was recorded", path);
  std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                           TIFFOpenOptionsFree);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(),
                                      tmsize_t(std::min<std::uint64_t>(max_bytes, 1ULL << 62)));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_first_message, &s.message);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), say_nothing, nullptr);
  // m: no memory map, so that a file that shrinks while it is read is an error and not a crash;
  // c: no splitting of large strips, so that each is read in one go
  s.tiff.reset(TIFFOpenExt(path.c_str(), "rmc", options.get()));
  if (!s.tiff) s.damaged();
  TIFF* tiff = s.tiff.get();
  s.description = text_tag(tiff, TIFFTAG_IMAGEDESCRIPTION);
  s.software = text_tag(tiff, TIFFTAG_SOFTWARE);
  s.pixels_per_unit[0] = double(tag<float>(tiff, TIFFTAG_XRESOLUTION, 0.0F));
  s.pixels_per_unit[1] = double(tag<float>(tiff, TIFFTAG_YRESOLUTION, 0.0F));
  s.message.clear();
  do {
    s.pages.push_back(describe_page(tiff));
  } while (TIFFReadDirectory(tiff));
  if (!s.message.empty() || s.ends_inside_last_directory()) s.damaged();
}

TiffFile::~TiffFile() = default;
TiffFile::TiffFile(TiffFile&&) noexcept = default;
TiffFile& TiffFile::operator=(TiffFile&&) noexcept = default;

const std::string& TiffFile::path() const {
  return state_->path;
}
std::uint64_t TiffFile::bytes() const {
  return state_->bytes;
}
const std::vector<TiffPage>& TiffFile::pages() const {
  return state_->pages;
}
const std::string& TiffFile::description() const {
  return state_->description;
}
const std::string& TiffFile::software() const {
  return state_->software;
}
std::string TiffFile::description_of(size_t page) const {
  if (page >= state_->pages.size() || !TIFFSetSubDirectory(state_->tiff.get(), state_->pages[page].directory))
    return "";
  return text_tag(state_->tiff.get(), TIFFTAG_IMAGEDESCRIPTION);
}
double TiffFile::pixels_per_unit(int axis) const {
  return state_->pixels_per_unit[axis];
}
bool TiffFile::byte_swapped() const {
  return TIFFIsByteSwapped(state_->tiff.get()) != 0;
}

template <typename T>
void TiffFile::read_plane(size_t index, unsigned sample, T* out) {
  State& s = *state_;
  s.go_to(index);
  const TiffPage& page = s.pages[index];
  TIFF* tiff = s.tiff.get();
  if (sample >= page.samples) s.damaged();
  const bool separate = page.samples > 1 && tag<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG,
                                                               PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE;
  const size_t stride = separate ? 1 : page.samples;
  const size_t first = (separate ? 0 : sample) * bytes_of(page.type);
  const size_t pixel_bytes = stride * bytes_of(page.type);
  const auto plane = std::uint16_t(separate ? sample : 0);

  if (TIFFIsTiled(tiff)) {
    const auto tile_width = tag<std::uint32_t>(tiff, TIFFTAG_TILEWIDTH, 0);
    const auto tile_height = tag<std::uint32_t>(tiff, TIFFTAG_TILELENGTH, 0);
    const tmsize_t size = TIFFTileSize(tiff);
    s.make_room(size);
    if (tile_width == 0 || tile_height == 0 ||
        std::uint64_t(size) != std::uint64_t(tile_width) * tile_height * pixel_bytes)
      s.damaged();
    for (std::uint64_t y = 0; y < page.height; y += tile_height)
      for (std::uint64_t x = 0; x < page.width; x += tile_width) {
        const auto tile = TIFFComputeTile(tiff, std::uint32_t(x), std::uint32_t(y), 0, plane);
        if (TIFFReadEncodedTile(tiff, tile, s.buffer.data(), size) != size) s.damaged();
        const auto columns = size_t(std::min<std::uint64_t>(tile_width, page.width - x));
        const auto rows = size_t(std::min<std::uint64_t>(tile_height, page.height - y));
        for (size_t row = 0; row < rows; ++row)
          convert(page.type, s.buffer.data() + row * tile_width * pixel_bytes + first, columns, stride,
                  out + (y + row) * page.width + x);
      }
    return;
  }
  const std::uint64_t rows_per_strip =
      std::clamp<std::uint64_t>(tag<std::uint32_t>(tiff, TIFFTAG_ROWSPERSTRIP, page.height), 1, page.height);
  s.make_room(tmsize_t(rows_per_strip * page.width * pixel_bytes));
  for (std::uint64_t y = 0; y < page.height; y += rows_per_strip) {
    const std::uint64_t rows = std::min<std::uint64_t>(rows_per_strip, page.height - y);
    const auto size = tmsize_t(rows * page.width * pixel_bytes);
    const auto strip = TIFFComputeStrip(tiff, std::uint32_t(y), plane);
    if (TIFFReadEncodedStrip(tiff, strip, s.buffer.data(), size) != size) s.damaged();
    convert(page.type, s.buffer.data() + first, size_t(rows) * page.width, stride, out + y * page.width);
  }
}

template void TiffFile::read_plane<float>(size_t, unsigned, float*);
template void TiffFile::read_plane<std::uint16_t>(size_t, unsigned, std::uint16_t*);
template void TiffFile::read_plane<std::uint32_t>(size_t, unsigned, std::uint32_t*);

void TiffFile::read_contiguous(std::uint64_t plane, float* out) {
  State& s = *state_;
  s.go_to(0);
  const TiffPage& page = s.pages[0];
  const size_t count = page.samples_per_plane(), width = bytes_of(page.type);
  s.make_room(tmsize_t(count * width));
  const std::uint64_t begin = page.first_data + plane * s.buffer.size();
  if (begin + s.buffer.size() > s.bytes) s.damaged();
  for (size_t done = 0; done < s.buffer.size();) {
    const ssize_t got = ::pread(TIFFFileno(s.tiff.get()), s.buffer.data() + done, s.buffer.size() - done,
                                off_t(begin + done));
    if (got <= 0) s.damaged();
    done += size_t(got);
  }
  if (byte_swapped()) {
    if (width == 2) TIFFSwabArrayOfShort(reinterpret_cast<std::uint16_t*>(s.buffer.data()), tmsize_t(count));
    if (width == 4) TIFFSwabArrayOfLong(reinterpret_cast<std::uint32_t*>(s.buffer.data()), tmsize_t(count));
    if (width == 8) TIFFSwabArrayOfLong8(reinterpret_cast<std::uint64_t*>(s.buffer.data()), tmsize_t(count));
  }
  convert(page.type, s.buffer.data(), count, 1, out);
}

}  // namespace spinechron::io_detail
