#include <cmath>

#include "core/error.hpp"
#include "io/tiff_plan.hpp"

namespace spinechron::io_detail {

bool looks_like_imagej(const TiffFile& file) {
  return file.description().rfind("ImageJ=", 0) == 0;
}

// The description that ImageJ writes: "ImageJ=1.53k\nimages=40\nchannels=2\nslices=..\nframes=..\nunit=..\n
// spacing=.." (ij/io/FileSaver.java, getDescriptionString). Planes follow each other channel first, then
// slice, then frame. Above 4 GB there is one directory, and all planes lie behind its data.
TiffPlan plan_imagej(const TiffFile& file, const PlanRequest& request) {
  TiffPlan plan;
  plan.format = "ImageJ TIFF";
  plan.paths = {request.path()};
  const auto keys = key_values(file.description());
  const TiffPage& first = file.pages()[0];
  const std::vector<size_t> pages = stack_pages(file, plan);

  const std::uint64_t images = to_count(keys, "images").value_or(pages.size());
  plan.contiguous = pages.size() == 1 && images > 1;
  if (plan.contiguous) {
    const std::uint64_t plane_bytes = first.samples_per_plane() * bytes_of(first.type);
    if (!first.readable || first.compression != 1 || first.samples != 1 || first.first_data == 0 ||
        plane_bytes == 0)
      throw Error("{}: has one page where its header says {} images: it is truncated, copy it again",
                  request.path(), images);
    if ((file.bytes() - std::min(file.bytes(), first.first_data)) / plane_bytes < images)
      throw Error("{}: is too short for the {} images that its header names: it is truncated, copy it again",
                  request.path(), images);
  } else if (pages.size() < images) {
    throw Error("{}: has {} pages where its header says {} images: it is truncated, copy it again",
                request.path(), pages.size(), images);
  }

  const bool rgb = first.samples > 1;
  const std::uint64_t channels = std::max<std::uint64_t>(1, to_count(keys, "channels").value_or(1));
  const std::uint64_t frames = std::max<std::uint64_t>(1, to_count(keys, "frames").value_or(1));
  const std::uint64_t slices =
      to_count(keys, "slices").value_or(std::max<std::uint64_t>(1, images / (channels * frames)));
  if (channels * slices > images || channels * slices * frames != images)
    throw Error(
        "{}: its header says {} channels, {} slices and {} frames, but {} images: save it again from ImageJ",
        request.path(), channels, slices, frames, images);
  check_is_z_stack(request.path(), slices, frames);
  const size_t channel =
      choose_channel(request.path(), std::vector<std::string>(rgb ? first.samples : channels),
                     request.session, request.options);
  for (std::uint64_t z = 0; z < slices; ++z) {
    const std::uint64_t index = rgb ? z : z * channels + channel;
    plan.slices.push_back({{0, plan.contiguous ? size_t(index) : pages[index], unsigned(rgb ? channel : 0)}});
  }

  const auto text = [&](const char* key) { return keys.count(key) ? keys.at(key) : std::string(); };
  const auto unit_of = [&](int axis) {  // y and z may have units of their own
    const std::string own = axis == 0 ? "" : text(axis == 1 ? "yunit" : "zunit");
    return own.empty() ? text("unit") : own;
  };
  for (int axis = 0; axis < 2; ++axis) {
    const double pixels = file.pixels_per_unit(axis);
    if (!(pixels > 0)) continue;
    // the tag holds a ratio that is read as float: six digits are what it is good for
    const double size = to_number(fmt::format("{:.6g}", 1 / pixels)).value_or(0);
    plan.voxel_um[size_t(axis)] = length_in_um(size, unit_of(axis));
  }
  if (const auto spacing = to_number(text("spacing")))
    plan.voxel_um[2] = length_in_um(std::abs(*spacing), unit_of(2));
  return plan;
}

}  // namespace spinechron::io_detail
