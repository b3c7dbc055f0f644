#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/bids_name.hpp"
#include "io/files.hpp"
#include "io/raw_layout.hpp"

namespace spinechron::io_detail {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

json parse_object(const std::string& name, const std::string& text) {
  const json object = json::parse(text, nullptr, false);
  if (object.is_discarded()) throw Error("{}: is not valid JSON: check it with a JSON validator", name);
  if (!object.is_object())
    throw Error("{}: is not a JSON object ({{...}}): write it as BIDS sidecars are", name);
  return object;
}

/// Does a sidecar apply: same suffix, and all its entities among the image's?
bool applies(const BidsName& sidecar, const BidsName& image) {
  if (sidecar.extension != ".json" || sidecar.suffix != image.suffix) return false;
  return std::all_of(sidecar.entities.begin(), sidecar.entities.end(),
                     [&](const auto& entity) { return image.entity(entity.first) == entity.second; });
}

/// The sidecars in one folder that apply, those with fewer entities first.
std::vector<std::string> sidecars_in(const fs::path& folder, const BidsName& image) {
  std::vector<std::pair<size_t, std::string>> found;
  std::error_code error;
  for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
    const auto name = parse_bids_name(file->path().filename().string());
    if (name && applies(*name, image)) found.emplace_back(name->entities.size(), file->path().string());
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> paths;
  for (auto& [count, path] : found) paths.push_back(std::move(path));
  return paths;
}

void read_pixel_size(const std::string& name, const json& object, Sidecar& sidecar) {
  const auto size = object.find("PixelSize");
  if (size == object.end() || size->is_null()) return;
  const auto unit = object.find("PixelSizeUnits");
  const std::string unit_text = unit != object.end() && unit->is_string() ? unit->get<std::string>() : "";
  if (unit_text != "um" && unit_text != "nm" && unit_text != "mm" && unit_text != "\xC2\xB5m")
    throw Error("{}: has PixelSize, but PixelSizeUnits is not one of um, nm, mm: add it", name);
  if (!size->is_array() || size->size() < 2 || size->size() > 3)
    throw Error("{}: PixelSize is not a list of two or three numbers: write it as [x, y, z]", name);
  for (size_t axis = 0; axis < size->size(); ++axis) {
    if (!(*size)[axis].is_number())
      throw Error("{}: PixelSize holds something that is not a number: write [x, y, z]", name);
    sidecar.um[axis] = length_in_um((*size)[axis].get<double>(), unit_text);
  }
  sidecar.file = name;
}

// An aperture beyond oil's and light that no objective passes are slips of the pen.
std::optional<Lens> lens_of(const json& object) {
  const auto number = [&](const char* key, double least, double most) -> std::optional<double> {
    const auto value = object.find(key);
    if (value == object.end() || !value->is_number()) return {};
    const double v = value->get<double>();
    return v >= least && v <= most ? std::optional(v) : std::nullopt;
  };
  const auto aperture = number("NumericalAperture", 0.1, 1.5);
  if (!aperture) return {};
  Lens lens;
  lens.numerical_aperture = *aperture;
  if (const auto nm = number("ExcitationWavelength", 300, 2000)) lens.wavelength_um = *nm / 1000;
  return lens;
}

Sidecar read_object(const std::string& name, const json& object) {
  Sidecar sidecar;
  read_pixel_size(name, object, sidecar);
  sidecar.lens = lens_of(object);
  return sidecar;
}

}  // namespace

Sidecar parse_sidecar(const std::string& name, const std::string& text) {
  return read_object(name, parse_object(name, text));
}

Sidecar read_sidecars(const std::string& root, const std::string& image) {
  const auto name = parse_bids_name(fs::path(image).filename().string());
  if (!name) return {};
  std::vector<fs::path> folders = {fs::path(root)};
  for (const fs::path& piece : fs::relative(fs::path(image).parent_path(), root))
    if (piece != ".") folders.push_back(folders.back() / piece);
  json merged = json::object();
  std::string source;
  for (const fs::path& folder : folders)
    for (const std::string& path : sidecars_in(folder, *name)) {
      const json object = parse_object(path, read_file(path, 16 << 20));
      if (object.contains("PixelSize") || object.contains("PixelSizeUnits")) source = path;
      merged.update(object);
    }
  return read_object(source, merged);
}

}  // namespace spinechron::io_detail
