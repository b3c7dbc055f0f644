#include "io/scanimage_header.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "io/tiff_plan.hpp"

namespace spinechron::io_detail {
namespace {

using Keys = std::map<std::string, std::string>;

/// "[1;2]", "[-1 2 3]", "5" -> the numbers in it.
std::vector<double> numbers(const Keys& keys, const std::string& key) {
  std::vector<double> result;
  const auto found = keys.find(key);
  if (found == keys.end()) return result;
  std::string piece;
  for (const char c : found->second + " ") {
    if (c != '[' && c != ']' && c != ';' && c != ',' && c != ' ') {
      piece += c;
    } else if (!piece.empty()) {
      if (const auto number = to_number(piece)) result.push_back(*number);
      piece.clear();
    }
  }
  return result;
}

std::optional<double> positive(const Keys& keys, const std::string& key) {
  const auto all = numbers(keys, key);
  if (all.size() != 1 || all[0] == 0) return std::nullopt;
  return std::abs(all[0]);
}

bool is_true(const Keys& keys, const std::string& key) {
  const auto found = keys.find(key);
  return found != keys.end() && (found->second == "true" || found->second == "1");
}

bool is_false(const Keys& keys, const std::string& key) {
  const auto found = keys.find(key);
  return found != keys.end() && (found->second == "false" || found->second == "0");
}

std::uint64_t at_least_one(std::optional<std::uint64_t> value) {
  return std::max<std::uint64_t>(1, value.value_or(1));
}

ScanImageHeader parse_version_3(const Keys& keys) {
  ScanImageHeader header;
  header.channels = at_least_one(to_count(keys, "state.acq.numberOfChannelsSave"));
  header.slices = at_least_one(to_count(keys, "state.acq.numberOfZSlices"));
  const bool averaged = is_true(keys, "state.acq.averaging");
  header.frames_per_slice = averaged ? 1 : at_least_one(to_count(keys, "state.acq.numberOfFrames"));
  header.z_step_um = positive(keys, "state.acq.zStepSize");
  return header;
}

ScanImageHeader parse_version_5(const Keys& keys) {
  ScanImageHeader header;
  header.channels = std::max<size_t>(1, numbers(keys, "hChannels.channelSave").size());
  const std::string stack = "hStackManager.";
  const bool fast = is_true(keys, "hFastZ.enable");
  // numSlices is what the user has typed in, not what was recorded
  const bool off = is_false(keys, stack + "enable") && !fast;
  const auto slices = to_count(keys, stack + "numSlices");
  header.slices = off ? 1 : at_least_one(slices ? slices : to_count(keys, stack + "slicesPerAcq"));
  if (const auto actual = to_count(keys, stack + "actualNumSlices"); actual && !off)
    header.slices = at_least_one(actual);
  const std::uint64_t average = at_least_one(to_count(keys, "hScan2D.logAverageFactor"));
  header.frames_per_slice = off ? 1 : at_least_one(to_count(keys, stack + "framesPerSlice")) / average;
  header.frames_per_slice = std::max<std::uint64_t>(1, header.frames_per_slice);
  if (fast) {
    const auto fast_volumes = to_count(keys, stack + "actualNumVolumes");
    header.volumes = at_least_one(fast_volumes ? fast_volumes : to_count(keys, stack + "numVolumes"));
    if (!fast_volumes && !to_count(keys, stack + "numVolumes"))
      header.volumes = at_least_one(to_count(keys, "hFastZ.numVolumes"));
    if (is_true(keys, "hFastZ.discardFlybackFrames"))
      header.flyback_frames = to_count(keys, "hFastZ.numDiscardFlybackFrames").value_or(0);
  }
  header.z_step_um = positive(keys, stack + "actualStackZStepSize");
  if (!header.z_step_um) header.z_step_um = positive(keys, stack + "stackZStepSize");
  // four corners, x and y in turn
  const auto corners = numbers(keys, "hRoiManager.imagingFovUm");
  if (corners.size() == 8) {
    const auto extent = [&](size_t axis) {
      const auto [low, high] =
          std::minmax({corners[axis], corners[axis + 2], corners[axis + 4], corners[axis + 6]});
      return high > low ? std::optional<double>(high - low) : std::nullopt;
    };
    header.field_x_um = extent(0);
    header.field_y_um = extent(1);
  }
  return header;
}

}  // namespace

ScanImageHeader parse_scanimage_header(const std::string& text) {
  const Keys raw = key_values(text);
  if (raw.count("state.acq.numberOfChannelsSave") || raw.count("state.software.version"))
    return parse_version_3(raw);
  // The prefix changed from version to version: "scanimage.SI5.", "scanimage.SI.", "SI.".
  Keys keys;
  for (const auto& [key, value] : raw) {
    std::string name = key;
    for (const std::string prefix : {"scanimage.", "SI5.", "SI."})
      if (name.rfind(prefix, 0) == 0) name.erase(0, prefix.size());
    keys.emplace(name, value);
  }
  return parse_version_5(keys);
}

}  // namespace spinechron::io_detail
