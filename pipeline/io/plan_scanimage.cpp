#include "core/error.hpp"
#include "io/scanimage_header.hpp"
#include "io/tiff_plan.hpp"

namespace spinechron::io_detail {
namespace {

/// Pages at the beginning that share the first one's frame number: as many as there are channels. 1 if pages
/// carry no frame number (before ScanImage 5).
std::uint64_t pages_of_first_frame(const TiffFile& file, const std::vector<size_t>& pages) {
  const auto number = [&](size_t i) {
    const auto keys = key_values(file.description_of(pages[i]));
    for (const char* key : {"frameNumbers", "Frame Number", "scanimage.SI.frameNumber"})
      if (keys.count(key)) return keys.at(key);
    return std::string();
  };
  const std::string first = number(0);
  std::uint64_t same = 1;
  while (!first.empty() && same < pages.size() && same < 16 && number(same) == first) ++same;
  return same;
}

}  // namespace

bool looks_like_scanimage(const TiffFile& file) {
  for (const std::string* text : {&file.software(), &file.description()})
    for (const char* sign : {"SI.VERSION_MAJOR", "scanimage.SI", "state.acq.numberOfChannelsSave"})
      if (text->find(sign) != std::string::npos) return true;
  return false;
}

// Frames are stored channel first, then repeats of a slice, then slices, then volumes. The header says what
// was asked for; only what agrees with the number of pages is believed.
TiffPlan plan_scanimage(const TiffFile& file, const PlanRequest& request) {
  TiffPlan plan;
  plan.format = "ScanImage TIFF";
  plan.paths = {request.path()};
  const ScanImageHeader header = parse_scanimage_header(file.software() + "\n" + file.description());
  const std::vector<size_t> pages = stack_pages(file, plan);
  const std::uint64_t channels = std::max(header.channels, pages_of_first_frame(file, pages));
  if (pages.size() % channels != 0)
    throw Error(
        "{}: has {} pages, which {} channels cannot share evenly: it is truncated or the recording was "
        "stopped, cut the last pages off",
        request.path(), pages.size(), channels);
  const std::uint64_t frames = pages.size() / channels;
  if (header.slices < 2) check_is_z_stack(request.path(), 1, frames);
  if (header.volumes > 1 && frames >= 2 * (header.slices + header.flyback_frames))
    check_is_z_stack(request.path(), header.slices, header.volumes);

  std::uint64_t repeats = 1;
  if (frames == header.slices * header.frames_per_slice)
    repeats = header.frames_per_slice;
  else if (frames != header.slices && frames != header.slices + header.flyback_frames)
    throw Error(
        "{}: its header says {} slices with {} frames each, but it has {} frames a channel: it is truncated, "
        "or save one stack a file",
        request.path(), header.slices, header.frames_per_slice, frames);
  if (repeats > 1)
    plan.warnings.push_back(
        fmt::format("{} has {} frames a slice; their mean was taken.", request.path(), repeats));

  const size_t channel =
      choose_channel(request.path(), std::vector<std::string>(channels), request.session, request.options);
  for (std::uint64_t z = 0; z < header.slices; ++z) {
    plan.slices.emplace_back();
    for (std::uint64_t r = 0; r < repeats; ++r)
      plan.slices.back().push_back({0, pages[(z * repeats + r) * channels + channel], 0});
  }
  const TiffPage& first = file.pages()[0];
  if (header.field_x_um && first.width > 0) plan.voxel_um[0] = *header.field_x_um / first.width;
  if (header.field_y_um && first.height > 0) plan.voxel_um[1] = *header.field_y_um / first.height;
  plan.voxel_um[2] = header.z_step_um;
  return plan;
}

}  // namespace spinechron::io_detail
