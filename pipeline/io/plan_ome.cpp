#include <filesystem>
#include <set>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/ome_xml.hpp"
#include "io/tiff_plan.hpp"

namespace spinechron::io_detail {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxPlanes = 1 << 24;  // more than any file system holds of one image

/// The image to read among several in one file: the first z stack, else the first.
const OmeImage& choose_image(const OmeDocument& document, TiffPlan& plan) {
  const auto& images = document.images;
  size_t chosen = 0;
  while (chosen < images.size() && images[chosen].z < 2) ++chosen;
  if (chosen == images.size()) chosen = 0;
  if (images.size() > 1)
    plan.warnings.push_back(fmt::format("{} holds {} images; number {} was read.", plan.paths.front(),
                                        images.size(), chosen + 1));
  return images[chosen];
}

/// Finds the index in `plan.paths` of the file that a TiffData element names.
class FileFinder {
 public:
  FileFinder(TiffPlan& plan, const std::string& base, const OmeDocument& document, const OmeImage& image,
             bool has_own)
      : plan_(plan), folder_(fs::path(base).parent_path()), own_uuid_(document.uuid), has_own_(has_own) {
    for (const OmeTiffData& data : image.tiff_data) names_.insert(data.file_name);
  }

  size_t operator()(const OmeTiffData& data) {
    const std::string own_name = fs::path(plan_.paths.front()).filename().string();
    if (has_own_ && (data.file_name.empty() || data.file_name == own_name)) return 0;
    if (has_own_ && !own_uuid_.empty() && data.uuid == own_uuid_) return 0;
    const auto known = index_.find(data.file_name);
    if (known != index_.end()) return known->second;
    if (data.file_name.empty() || fs::path(data.file_name).filename() != fs::path(data.file_name))
      throw Error(
          "{}: its OME-XML names the file \"{}\", which is not a file in the same folder: export the image "
          "again",
          plan_.paths.front(), data.file_name);
    const fs::path sibling = folder_ / data.file_name;
    // A single file that was renamed still names its old self.
    if (has_own_ && names_.size() == 1 && !fs::exists(sibling)) return 0;
    if (!fs::exists(sibling))
      throw Error("{}: its OME-XML names {}, which is not there: copy all files of the set into one folder",
                  plan_.paths.front(), sibling.string());
    plan_.paths.push_back(sibling.string());
    return index_[data.file_name] = plan_.paths.size() - 1;
  }

 private:
  TiffPlan& plan_;
  fs::path folder_;
  std::string own_uuid_;
  bool has_own_;
  std::set<std::string> names_;
  std::map<std::string, size_t> index_;
};

/// Walks through (z, c, t) in the order in which planes follow each other.
struct PlaneWalk {
  PlaneWalk(const OmeImage& image, std::uint64_t stored_channels) {
    for (int i = 0; i < 3; ++i) {
      const char axis = image.dimension_order[size_t(i) + 2];
      axes[i] = axis == 'Z' ? 0 : axis == 'C' ? 1 : 2;
    }
    sizes[0] = image.z, sizes[1] = stored_channels, sizes[2] = image.t;
  }
  bool advance(std::uint64_t (&at)[3]) const {
    for (const int axis : axes) {
      if (++at[axis] < sizes[axis]) return true;
      at[axis] = 0;
    }
    return false;
  }
  int axes[3];
  std::uint64_t sizes[3];
};

}  // namespace

TiffPlan plan_ome(const TiffFile* file, const std::string& xml, const PlanRequest& request) {
  TiffPlan plan;
  plan.format = "OME-TIFF";
  plan.paths = {request.path()};
  std::string base = request.path();
  OmeDocument document = parse_ome_xml(base, xml);
  const std::string own_uuid = document.uuid;
  if (!document.metadata_file.empty()) {
    const fs::path name(document.metadata_file);
    const fs::path companion = fs::path(base).parent_path() / name.filename();
    base = companion.string();
    if (!fs::exists(companion))
      throw Error("{}: its companion file {} is not there: copy all files of the set into one folder",
                  request.path(), base);
    document = parse_ome_xml(base, read_file(base, 256 << 20));
    if (document.images.empty())
      throw Error("{}: the companion file describes no image: export the image again", base);
    document.uuid = own_uuid;
    plan.paths.push_back(base);
  }
  if (document.images.empty())
    throw Error("{}: its OME-XML names no companion file: export the image again", request.path());
  const OmeImage& image = choose_image(document, plan);
  check_is_z_stack(request.path(), image.z, image.t);
  const std::uint64_t stored_channels = image.c / image.samples_per_pixel;
  if (image.z > kMaxPlanes || stored_channels == 0 || image.z * stored_channels > kMaxPlanes)
    throw Error("{}: its OME-XML says {} slices of {} channels, which cannot be: export the image again",
                request.path(), image.z, image.c);
  const size_t channel =
      choose_channel(request.path(), image.channel_names, request.session, request.options);
  plan.voxel_um = image.voxel_um;
  plan.significant_bits = image.significant_bits;

  FileFinder find(plan, base, document, image, file != nullptr);
  const PlaneWalk walk(image, stored_channels);
  std::vector<OmeTiffData> tiff_data = image.tiff_data;
  if (tiff_data.empty()) tiff_data.emplace_back();
  plan.slices.resize(image.z);
  for (const OmeTiffData& data : tiff_data) {
    const size_t where = find(data);
    const bool own = file && where == 0;
    std::uint64_t at[3] = {data.first_z, data.first_c / image.samples_per_pixel, data.first_t};
    if (at[0] >= image.z || at[1] >= stored_channels || at[2] >= image.t)
      throw Error("{}: its OME-XML places a plane outside the image: export the image again", request.path());
    const std::uint64_t count = data.plane_count.value_or(data.ifd || !own ? 1 : file->pages().size());
    for (std::uint64_t k = 0; k < count; ++k) {
      const std::uint64_t page = data.ifd.value_or(0) + k;
      if (own && page >= file->pages().size())
        throw Error("{}: has {} pages where its OME-XML names page {}: it is truncated, copy it again",
                    request.path(), file->pages().size(), page + 1);
      if (at[1] == channel / image.samples_per_pixel)
        plan.slices[at[0]] = {{where, size_t(page), unsigned(channel % image.samples_per_pixel)}};
      if (!walk.advance(at)) break;
    }
  }
  for (size_t z = 0; z < plan.slices.size(); ++z)
    if (plan.slices[z].empty())
      throw Error("{}: its OME-XML names no plane for slice {} of {}: export the image again", request.path(),
                  z + 1, plan.slices.size());
  return plan;
}

}  // namespace spinechron::io_detail
