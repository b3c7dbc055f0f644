#include "io/itk_header.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/tiff_plan.hpp"

namespace spinechron::io_detail {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMostHeaderBytes = 1 << 20;
using Keys = std::map<std::string, std::string>;

std::string get(const Keys& keys, const char* key) {
  const auto found = keys.find(key);
  return found == keys.end() ? "" : found->second;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> result;
  for (std::string word; stream >> word;) result.push_back(word);
  return result;
}

/// `"um" "um" "um"` -> um um um; empty ones (of a channel axis) are left out.
std::vector<std::string> quoted(const std::string& text) {
  std::vector<std::string> result;
  for (size_t begin = text.find('"'); begin != std::string::npos; begin = text.find('"', begin)) {
    const size_t end = text.find('"', begin + 1);
    if (end == std::string::npos) break;
    if (end > begin + 1) result.push_back(text.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
  return result;
}

/// `none (0.1,0,0) (0,0.1,0) (0,0,1)` -> the lengths of the vectors.
std::vector<double> vector_lengths(const std::string& text) {
  std::vector<double> result;
  for (size_t begin = text.find('('); begin != std::string::npos; begin = text.find('(', begin + 1)) {
    std::string inside = text.substr(begin + 1, text.find(')', begin) - begin - 1);
    for (char& c : inside)
      if (c == ',') c = ' ';
    double sum = 0;
    for (const std::string& word : words(inside)) sum += std::pow(to_number(word).value_or(NAN), 2);
    result.push_back(std::sqrt(sum));
  }
  return result;
}

/// Sizes as the header gives them: how many samples there must be.
std::uint64_t checked_samples(const std::string& path, const std::string& dimension,
                              const std::string& sizes) {
  const auto count = to_number(dimension).value_or(0);
  const std::vector<std::string> all = words(sizes);
  if (!(count >= 1 && count <= 5) || double(all.size()) != count)
    throw Error(
        "{}: its header says {:.20} dimensions of sizes {:.60}: it is damaged or no image, save it again",
        path, dimension.empty() ? "no" : dimension, sizes.empty() ? "not given" : sizes);
  std::uint64_t samples = 1;
  for (const std::string& word : all) {
    const auto size = to_number(word).value_or(0);
    if (!(size >= 1 && size < 1e12) || __builtin_mul_overflow(samples, std::uint64_t(size), &samples) ||
        samples > 1ULL << 60)
      throw Error("{}: its header says sizes {:.60}: it is damaged, copy it again", path, sizes);
  }
  return samples;
}

void use_spacing(TextHeader& header, const std::string& path, const std::vector<double>& spacing,
                 const std::vector<std::string>& units) {
  if (spacing.size() < 3) return;
  const bool has_unit = units.size() >= 3;
  for (size_t axis = 0; axis < 3; ++axis)
    if (std::isfinite(spacing[axis]))
      header.voxel_um[axis] = length_in_um(spacing[axis], has_unit ? units[axis] : "um");
  if (!has_unit)
    header.warnings.push_back(
        fmt::format("{} does not say the unit of its voxel size; um was assumed.", path));
}

void add_data_file(TextHeader& header, const std::string& path, const std::string& name) {
  if (name.rfind("LIST", 0) == 0 || name.find('%') != std::string::npos || words(name).size() > 1)
    throw Error("{}: spreads its data over several files: save it as one", path);
  const std::string data = (fs::path(path).parent_path() / name).string();
  header.stored_bytes += file_bytes(data);
  header.files.push_back(data);
}

TextHeader read_nrrd(const std::string& path, const std::string& text) {
  TextHeader header;
  header.format = "NRRD";
  const size_t end = std::min(text.find("\n\n"), text.find("\r\n\r\n"));
  Keys keys;
  for (auto& [key, value] : key_values(text.substr(0, end), ':')) keys[key] = value;
  const std::uint64_t samples = checked_samples(path, get(keys, "dimension"), get(keys, "sizes"));
  header.files = {path};
  header.stored_bytes = file_bytes(path);
  std::string data = get(keys, "data file");
  if (data.empty()) data = get(keys, "datafile");
  if (!data.empty()) add_data_file(header, path, data);
  const std::string encoding = get(keys, "encoding");
  header.compressed = encoding == "gzip" || encoding == "gz";
  if (!header.compressed && encoding != "raw")
    throw Error("{}: its encoding is {:.20}, where raw or gzip is needed: save it again", path,
                encoding.empty() ? "not given" : encoding);
  if (samples > header.stored_bytes * (header.compressed ? 1032 : 1))
    throw Error(
        "{}: its header says sizes {:.60}, but its {} bytes cannot hold them: it is truncated, copy it again",
        path, get(keys, "sizes"), header.stored_bytes);

  std::vector<double> spacing = vector_lengths(get(keys, "space directions"));
  std::vector<std::string> units = quoted(get(keys, "space units"));
  if (spacing.empty()) {
    for (const std::string& word : words(get(keys, "spacings")))
      if (const auto number = to_number(word)) spacing.push_back(std::abs(*number));
    units = quoted(get(keys, "units"));
  }
  use_spacing(header, path, spacing, units);
  return header;
}

/// Of `header`, whose lines must be as plain as every program writes them: ITK's reader copies names into 255
/// bytes and values into 500 without a check, takes ':' for '=', and believes the last of several lines of
/// one name. What it reads then is what is checked here.
Keys meta_keys(const std::string& path, const std::string& header) {
  constexpr size_t kLongestName = 200, kLongestValue = 450;
  Keys keys;
  std::istringstream lines(header);
  size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    const size_t name_end = line.find_first_of("=:");
    const bool plain =
        std::all_of(line.begin(), line.end(), [](unsigned char c) { return c >= ' ' || c == '\t'; });
    if (!plain || name_end == std::string::npos || line[name_end] == ':' || name_end > kLongestName ||
        line.size() - name_end > kLongestValue)
      throw Error(
          "{}: line {} of its header is not NAME = VALUE, or far too long: it is damaged, save it again",
          path, number);
    for (const auto& [name, value] : key_values(line, '='))
      if (!keys.emplace(name, value).second)
        throw Error("{}: its header says {:.40} twice: it is damaged, save it again", path, name);
  }
  return keys;
}

TextHeader read_meta(const std::string& path, const std::string& text) {
  TextHeader header;
  header.format = "MetaImage";
  const size_t last_key = text.find("ElementDataFile");
  if (last_key == std::string::npos)
    throw Error(
        "{}: has no MetaImage header (a line ElementDataFile = ...): it is damaged or no image, save it "
        "again",
        path);
  const Keys keys = meta_keys(path, text.substr(0, text.find('\n', last_key)));
  const std::uint64_t samples = checked_samples(path, get(keys, "NDims"), get(keys, "DimSize"));
  header.files = {path};
  header.stored_bytes = file_bytes(path);
  const std::string data = get(keys, "ElementDataFile");
  if (data.empty()) throw Error("{}: its header names no data file: save it again", path);
  if (data != "LOCAL" && data != "Local" && data != "local") add_data_file(header, path, data);
  header.compressed = get(keys, "CompressedData").rfind('T', 0) == 0;
  static const std::set<std::string> known_types = {"MET_UCHAR", "MET_CHAR", "MET_USHORT", "MET_SHORT",
                                                    "MET_UINT",  "MET_INT",  "MET_FLOAT",  "MET_DOUBLE"};
  if (!known_types.count(get(keys, "ElementType")))
    throw Error("{}: its ElementType is \"{:.40}\": save it with 8 or 16 bit integers or floating point",
                path, get(keys, "ElementType"));
  if (!get(keys, "BinaryData").empty() && get(keys, "BinaryData").rfind('T', 0) != 0)
    throw Error("{}: holds its voxels as text: save it as binary data", path);
  if (samples > header.stored_bytes * (header.compressed ? 1032 : 1))
    throw Error(
        "{}: its header says sizes {:.60}, but its {} bytes cannot hold them: it is truncated, copy it again",
        path, get(keys, "DimSize"), header.stored_bytes);
  std::string spacing_text = get(keys, "ElementSpacing");
  if (spacing_text.empty()) spacing_text = get(keys, "ElementSize");
  std::vector<double> spacing;
  for (const std::string& word : words(spacing_text))
    spacing.push_back(std::abs(to_number(word).value_or(NAN)));
  const std::string unit = get(keys, "DistanceUnits");
  use_spacing(header, path, spacing,
              unit.empty() || unit == "?" ? std::vector<std::string>() : std::vector<std::string>(3, unit));
  return header;
}

}  // namespace

std::string read_file_head(const std::string& path, size_t bytes) {
  // asked first, since it says what is wrong with the path, if anything
  std::string text(std::min<std::uint64_t>(bytes, file_bytes(path)), '\0');
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) throw Error("{}: {}", path, errno_text(errno));
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

TextHeader read_text_header(const std::string& path) {
  const std::string text = read_file_head(path, kMostHeaderBytes);
  return text.rfind("NRRD", 0) == 0 ? read_nrrd(path, text) : read_meta(path, text);
}

}  // namespace spinechron::io_detail
