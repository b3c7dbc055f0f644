#include <itkMetaImageIO.h>
#include <itkNrrdImageIO.h>

#include <filesystem>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/itk_header.hpp"
#include "io/sample_convert.hpp"

namespace spinechron::io_detail {
namespace {

SampleType sample_type(const std::string& path, const itk::ImageIOBase& io) {
  switch (io.GetComponentType()) {
    case itk::IOComponentEnum::UCHAR:
      return SampleType::u8;
    case itk::IOComponentEnum::CHAR:
      return SampleType::s8;
    case itk::IOComponentEnum::USHORT:
      return SampleType::u16;
    case itk::IOComponentEnum::SHORT:
      return SampleType::s16;
    case itk::IOComponentEnum::UINT:
      return SampleType::u32;
    case itk::IOComponentEnum::INT:
      return SampleType::s32;
    case itk::IOComponentEnum::FLOAT:
      return SampleType::f32;
    case itk::IOComponentEnum::DOUBLE:
      return SampleType::f64;
    default:
      throw Error("{}: has samples of type {}: save it with 8 or 16 bit integers or floating point", path,
                  itk::ImageIOBase::GetComponentTypeAsString(io.GetComponentType()));
  }
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text.substr(0, 200);
}

Decoded read(itk::ImageIOBase& io, const Session& session, const ReadOptions& options) {
  const std::string& path = session.path;
  // ITK trusts headers; this one is read first, so that no size is believed before it is checked
  const TextHeader header = read_text_header(path);
  check_cancelled(options);
  io.SetFileName(path);
  io.ReadImageInformation();
  const unsigned dimensions = io.GetNumberOfDimensions();
  check_is_z_stack(path, dimensions > 2 ? io.GetDimensions(2) : 1, dimensions > 3 ? io.GetDimensions(3) : 1);
  const size_t channels = io.GetNumberOfComponents();
  const size_t channel = choose_channel(path, std::vector<std::string>(channels), session, options);
  Decoded decoded;
  decoded.type = sample_type(path, io);
  const Size3 size = check_size(path, io.GetDimensions(0), io.GetDimensions(1), io.GetDimensions(2),
                                bytes_of(decoded.type) * channels, header.stored_bytes,
                                header.compressed ? 1032 : 1, options);
  decoded.format = header.format;
  decoded.warnings = header.warnings;
  decoded.files = header.files;
  decoded.counts = Image::unfilled(size, resolve_voxel(header.voxel_um, session, decoded.warnings));

  itk::ImageIORegion region(dimensions);
  for (unsigned d = 0; d < dimensions; ++d) region.SetSize(d, io.GetDimensions(d));
  io.SetIORegion(region);
  std::vector<char> buffer(size_t(io.GetImageSizeInBytes()));
  if (buffer.size() != size.count() * channels * bytes_of(decoded.type))
    throw Error("{}: its header contradicts itself: save it again", path);
  io.Read(buffer.data());
  convert(decoded.type, buffer.data() + channel * bytes_of(decoded.type), size.count(), channels,
          decoded.counts.data());
  return decoded;
}

}  // namespace

Decoded read_with_itk(const Session& session, const ReadOptions& options) {
  try {
    const auto nrrd = itk::NrrdImageIO::New();
    if (read_file_head(session.path, 4) == "NRRD") return read(*nrrd, session, options);
    const auto meta = itk::MetaImageIO::New();
    return read(*meta, session, options);
  } catch (const itk::ExceptionObject& e) {
    throw Error("{}: is truncated or damaged ({}): copy it again", session.path,
                one_line(e.GetDescription()));
  }
}

}  // namespace spinechron::io_detail
