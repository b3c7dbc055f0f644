#include "io/labels.hpp"

#include <tiffio.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdarg>
#include <memory>

#include "core/error.hpp"
#include "io/deflate.hpp"
#include "io/files.hpp"
#include "io/ome_xml.hpp"
#include "io/tiff_file.hpp"

namespace spinechron {
namespace {

int note_error(TIFF*, void* user_data, const char*, const char*, va_list) {
  auto& error = *static_cast<int*>(user_data);
  if (error == 0) error = errno ? errno : EIO;
  return 1;
}

std::string ome_xml(Size3 size, const Vec3& voxel_um, const char* type) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><OME "
      "xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:schemaLocation=\"http://www.openmicroscopy.org/Schemas/OME/2016-06 "
      "http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd\" Creator=\"spinechron\"><Image "
      "ID=\"Image:0\">"
      "<Pixels ID=\"Pixels:0\" DimensionOrder=\"XYZCT\" Type=\"{}\" SizeX=\"{}\" SizeY=\"{}\" SizeZ=\"{}\" "
      "SizeC=\"1\" SizeT=\"1\" PhysicalSizeX=\"{}\" PhysicalSizeXUnit=\"\xC2\xB5m\" PhysicalSizeY=\"{}\" "
      "PhysicalSizeYUnit=\"\xC2\xB5m\" PhysicalSizeZ=\"{}\" PhysicalSizeZUnit=\"\xC2\xB5m\">"
      "<Channel ID=\"Channel:0:0\" SamplesPerPixel=\"1\"/><TiffData IFD=\"0\" "
      "PlaneCount=\"{}\"/></Pixels></Image>"
      "</OME>",
      type, size.x, size.y, size.z, voxel_um[0], voxel_um[1], voxel_um[2], size.z);
}

/// `fill(first, count, out)` fills `count` samples from the stack's sample `first` on; false: they are all 0,
/// and nothing was done.
template <typename T, typename Fill>
void write_stack(const std::string& path, Size3 size, const Vec3& voxel_um, Fill&& fill) {
  if (size.count() == 0 || size.x > UINT32_MAX || size.y > UINT32_MAX)
    throw Error("{}: a stack of {} x {} x {} voxels cannot be written as TIFF", path, size.x, size.y, size.z);
  AtomicFile target(path);
  int error = 0;
  std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                           TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), note_error, &error);
  const auto fail = [&] {
    throw Error("{}: cannot be written: {}", path, errno_text(error ? error : errno));
  };
  errno = 0;
  const bool big = size.count() * sizeof(T) > 3ULL << 30;
  std::unique_ptr<TIFF, decltype(&TIFFClose)> tiff(
      TIFFOpenExt(target.temporary().c_str(), big ? "w8" : "w", options.get()), TIFFClose);
  if (!tiff) fail();
  const std::string xml = ome_xml(size, voxel_um, sizeof(T) == 2 ? "uint16" : "uint32");
  const auto rows = std::uint32_t(std::clamp<size_t>((1 << 16) / (size.x * sizeof(T)), 1, size.y));
  constexpr int kLevel = 3;  // of libdeflate's 12
  std::vector<T> samples(size.x * rows), zeros;
  std::string packed;
  std::pair<size_t, std::string> empty;  // a strip of that many zeros, as most are, packed once
  for (size_t z = 0; z < size.z; ++z) {
    TIFF* t = tiff.get();
    TIFFSetField(t, TIFFTAG_IMAGEWIDTH, std::uint32_t(size.x));
    TIFFSetField(t, TIFFTAG_IMAGELENGTH, std::uint32_t(size.y));
    TIFFSetField(t, TIFFTAG_BITSPERSAMPLE, 8 * sizeof(T));
    TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(t, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    TIFFSetField(t, TIFFTAG_ROWSPERSTRIP, rows);
    if (z == 0) TIFFSetField(t, TIFFTAG_IMAGEDESCRIPTION, xml.c_str());
    for (std::uint32_t strip = 0; std::uint64_t(strip) * rows < size.y; ++strip) {
      const size_t first = size_t(strip) * rows;
      const size_t count = std::min<size_t>(rows, size.y - first) * size.x, bytes = count * sizeof(T);
      const bool is_empty = !fill(z * size.x * size.y + first * size.x, count, samples.data());
      if (!is_empty) {
        packed = deflated(samples.data(), bytes, kLevel);
      } else if (empty.first != count) {
        zeros.assign(count, 0);
        empty = {count, deflated(zeros.data(), bytes, kLevel)};
      }
      std::string& out = is_empty ? empty.second : packed;
      if (TIFFWriteRawStrip(t, strip, out.data(), tmsize_t(out.size())) < 0) fail();
    }
    if (!TIFFWriteDirectory(t)) fail();
  }
  tiff.reset();
  if (error) fail();
  target.commit();
}

}  // namespace

void write_labels(const std::string& path, const LabelStack& stack) {
  if (stack.labels.size() != stack.size.count())
    throw Error("{}: {} labels for {} voxels", path, stack.labels.size(), stack.size.count());
  const auto copy = [&](size_t first, size_t count, auto* out) {
    std::copy_n(stack.labels.data() + first, count, out);
    return true;
  };
  const bool small =
      std::all_of(stack.labels.begin(), stack.labels.end(), [](auto label) { return label <= 65535; });
  if (small)
    write_stack<std::uint16_t>(path, stack.size, stack.voxel_um, copy);
  else
    write_stack<std::uint32_t>(path, stack.size, stack.voxel_um, copy);
}

void write_labels(const std::string& path, const SparseLabels& stack) {
  if (!stack.voxels.empty() && stack.voxels.back().first >= stack.size.count())
    throw Error("{}: a label lies beyond the stack of {} voxels", path, stack.size.count());
  const auto spread = [&](size_t first, size_t count, auto* out) {
    auto at = std::lower_bound(stack.voxels.begin(), stack.voxels.end(), std::pair{first, 0U});
    if (at == stack.voxels.end() || at->first >= first + count) return false;
    std::fill_n(out, count, 0);
    for (; at != stack.voxels.end() && at->first < first + count; ++at) out[at->first - first] = at->second;
    return true;
  };
  if (std::all_of(stack.voxels.begin(), stack.voxels.end(), [](const auto& v) { return v.second <= 65535; }))
    write_stack<std::uint16_t>(path, stack.size, stack.voxel_um, spread);
  else
    write_stack<std::uint32_t>(path, stack.size, stack.voxel_um, spread);
}

LabelStack read_labels(const std::string& path, std::uint64_t max_bytes) {
  using namespace io_detail;
  TiffFile file(path, max_bytes);
  LabelStack stack;
  if (!looks_like_ome_xml(file.description()))
    throw Error("{}: is not an OME-TIFF: give a label stack", path);
  const OmeDocument document = parse_ome_xml(path, file.description());
  if (document.images.empty())
    throw Error("{}: keeps its OME-XML elsewhere: give a label stack in one file", path);
  const OmeImage& image = document.images.front();
  const TiffPage first = file.pages().front();
  const bool is_unsigned =
      first.type == SampleType::u8 || first.type == SampleType::u16 || first.type == SampleType::u32;
  if (!first.readable || !is_unsigned || image.c != 1 || image.t != 1 || image.z != file.pages().size())
    throw Error("{}: is not a stack of labels: one channel of 8, 16 or 32 bit unsigned integers is needed",
                path);
  ReadOptions options;
  options.max_bytes = max_bytes;
  stack.size = check_size(path, first.width, first.height, image.z, bytes_of(first.type), file.bytes(),
                          max_ratio(first.compression), options);
  for (int axis = 0; axis < 3; ++axis) stack.voxel_um[axis] = image.voxel_um[size_t(axis)].value_or(1);
  stack.labels.resize(stack.size.count());
  for (size_t z = 0; z < stack.size.z; ++z) {
    const TiffPage& page = file.pages()[z];
    if (page.width != first.width || page.height != first.height || page.type != first.type)
      throw Error("{}: its slices differ in size or type: give a label stack", path);
    file.read_plane(z, 0, stack.labels.data() + z * first.samples_per_plane());
  }
  return stack;
}

void write_ome_tiff(const std::string& path, const Image& counts) {
  write_stack<std::uint16_t>(path, counts.size(), counts.voxel_um(),
                             [&](size_t first, size_t count, std::uint16_t* out) {
                               const float* in = counts.data() + first;
                               for (size_t i = 0; i < count; ++i)
                                 out[i] = std::uint16_t(std::lround(std::clamp(in[i], 0.0F, 65535.0F)));
                               return true;
                             });
}

}  // namespace spinechron
