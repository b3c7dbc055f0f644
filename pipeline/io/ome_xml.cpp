#include "io/ome_xml.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <pugixml.hpp>

#include "core/error.hpp"

namespace spinechron::io_detail {
namespace {

/// Without a namespace prefix: "OME:Pixels" -> "Pixels".
std::string local_name(const char* name) {
  const char* colon = std::strrchr(name, ':');
  return colon ? colon + 1 : name;
}

template <typename Use>
void for_children(const pugi::xml_node& node, const char* name, Use&& use) {
  for (const pugi::xml_node& child : node.children())
    if (local_name(child.name()) == name) use(child);
}

pugi::xml_node first_child(const pugi::xml_node& node, const char* name) {
  for (const pugi::xml_node& child : node.children())
    if (local_name(child.name()) == name) return child;
  return {};
}

std::optional<std::uint64_t> whole_number(const std::string& path, const pugi::xml_node& node,
                                          const char* name) {
  const pugi::xml_attribute attribute = node.attribute(name);
  if (!attribute) return std::nullopt;
  const char* text = attribute.value();
  const char* end = text + std::strlen(text);
  std::uint64_t value = 0;
  const auto [rest, status] = std::from_chars(text, end, value);
  if (status != std::errc() || rest != end || text == end || value > (1ULL << 40))
    throw Error("{}: its OME-XML says {}=\"{:.40}\", which is not a size: export the image again", path, name,
                text);
  return value;
}

OmeTiffData read_tiff_data(const std::string& path, const pugi::xml_node& node) {
  OmeTiffData data;
  data.ifd = whole_number(path, node, "IFD");
  data.plane_count = whole_number(path, node, "PlaneCount");
  if (!data.plane_count) data.plane_count = whole_number(path, node, "NumPlanes");  // before 2011
  data.first_z = whole_number(path, node, "FirstZ").value_or(0);
  data.first_c = whole_number(path, node, "FirstC").value_or(0);
  data.first_t = whole_number(path, node, "FirstT").value_or(0);
  const pugi::xml_node uuid = first_child(node, "UUID");
  data.file_name = uuid.attribute("FileName").value();
  data.uuid = uuid.text().get();
  return data;
}

void read_physical_sizes(const pugi::xml_node& pixels, OmeImage& image) {
  const char* names[] = {"PhysicalSizeX", "PhysicalSizeY", "PhysicalSizeZ"};
  for (int axis = 0; axis < 3; ++axis) {
    const pugi::xml_attribute size = pixels.attribute(names[axis]);
    const pugi::xml_attribute unit = pixels.attribute((std::string(names[axis]) + "Unit").c_str());
    const char* text = size.value();
    double value = 0;
    if (size && std::from_chars(text, text + std::strlen(text), value).ec == std::errc())
      image.voxel_um[size_t(axis)] = length_in_um(value, unit ? unit.value() : "um");
  }
}

void read_channels(const std::string& path, const pugi::xml_node& pixels, OmeImage& image) {
  for_children(pixels, "Channel", [&](const pugi::xml_node& channel) {
    const auto samples = whole_number(path, channel, "SamplesPerPixel").value_or(1);
    if (samples > 1 && samples <= image.c) image.samples_per_pixel = samples;
    for (std::uint64_t i = 0; i < std::max<std::uint64_t>(1, samples) && image.channel_names.size() < image.c;
         ++i)
      image.channel_names.push_back(channel.attribute("Name").value());
  });
  image.channel_names.resize(image.c);
}

OmeImage read_pixels(const std::string& path, const pugi::xml_node& pixels) {
  OmeImage image;
  const auto size = [&](const char* name) {
    const auto value = whole_number(path, pixels, name);
    if (!value) throw Error("{}: its OME-XML has no {}: export the image again", path, name);
    return *value;
  };
  image.x = size("SizeX");
  image.y = size("SizeY");
  image.z = size("SizeZ");
  image.c = size("SizeC");
  image.t = size("SizeT");
  if (image.c == 0 || image.c > 10000 || image.t == 0)
    throw Error("{}: its OME-XML says {} channels and {} time points: export the image again", path, image.c,
                image.t);
  image.dimension_order = pixels.attribute("DimensionOrder").value();
  std::string sorted = image.dimension_order;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != "CTXYZ" || image.dimension_order.substr(0, 2) != "XY")
    throw Error(
        "{}: its OME-XML says DimensionOrder=\"{:.40}\", where XYZCT, XYZTC, XYCZT, XYCTZ, XYTZC or XYTCZ "
        "is needed: export the image again",
        path, image.dimension_order);
  image.significant_bits =
      int(std::min<std::uint64_t>(64, whole_number(path, pixels, "SignificantBits").value_or(0)));
  read_physical_sizes(pixels, image);
  read_channels(path, pixels, image);
  for_children(pixels, "TiffData",
               [&](const pugi::xml_node& node) { image.tiff_data.push_back(read_tiff_data(path, node)); });
  return image;
}

}  // namespace

bool looks_like_ome_xml(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return begin != std::string::npos && text[begin] == '<' &&
         (text.find("<OME") != std::string::npos || text.find(":OME") != std::string::npos);
}

OmeDocument parse_ome_xml(const std::string& path, const std::string& text) {
  pugi::xml_document xml;
  const pugi::xml_parse_result parsed = xml.load_buffer(text.data(), text.size());
  if (!parsed)
    throw Error("{}: its OME-XML cannot be read ({} at character {}): export the image again", path,
                parsed.description(), parsed.offset);
  const pugi::xml_node root = first_child(xml, "OME");
  OmeDocument document;
  document.uuid = root.attribute("UUID").value();
  if (const pugi::xml_node only = first_child(root, "BinaryOnly")) {
    document.metadata_file = only.attribute("MetadataFile").value();
    return document;
  }
  for_children(root, "Image", [&](const pugi::xml_node& image) {
    if (const pugi::xml_node pixels = first_child(image, "Pixels"))
      document.images.push_back(read_pixels(path, pixels));
  });
  if (document.images.empty())
    throw Error("{}: its OME-XML describes no image: export the image again", path);
  return document;
}

}  // namespace spinechron::io_detail
