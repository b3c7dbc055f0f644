#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <exception>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/ome_xml.hpp"
#include "io/tiff_plan.hpp"

namespace spinechron::io_detail {
namespace {

/// The files of a plan, one open at a time.
class OpenFiles {
 public:
  OpenFiles(const TiffPlan& plan, std::uint64_t max_bytes, std::unique_ptr<TiffFile> first)
      : plan_(plan), max_bytes_(max_bytes), file_(std::move(first)) {}
  TiffFile& get(size_t index) {
    if (!file_ || index != index_) {
      file_ = std::make_unique<TiffFile>(plan_.paths[index], max_bytes_);
      index_ = index;
    }
    return *file_;
  }

 private:
  const TiffPlan& plan_;
  std::uint64_t max_bytes_;
  std::unique_ptr<TiffFile> file_;
  size_t index_ = 0;
};

/// The page of a plane, checked against the page that gave the stack its size.
const TiffPage& page_of(const TiffPlan& plan, const TiffFile& file, const PlaneRef& plane) {
  const size_t index = plan.contiguous ? 0 : plane.page;
  if (index >= file.pages().size())
    throw Error("{}: has {} pages where page {} is needed: it is truncated, copy it again", file.path(),
                file.pages().size(), index + 1);
  return file.pages()[index];
}

/// Slices `begin` to before `end`, each the mean of its planes.
void read_slices(const TiffPlan& plan, OpenFiles& files, const TiffPage& lead, const ReadOptions& options,
                 Image& counts, size_t begin, size_t end) {
  const Size3 size = counts.size();
  std::vector<float> another;
  for (size_t z = begin; z < end; ++z) {
    check_cancelled(options);
    float* out = counts.slice(z);
    const auto& slice = plan.slices[z];
    for (size_t i = 0; i < slice.size(); ++i) {
      TiffFile& file = files.get(slice[i].file);
      const TiffPage& page = page_of(plan, file, slice[i]);
      if (page.width != lead.width || page.height != lead.height || page.type != lead.type)
        throw Error(
            "{}: slice {} has {} x {} pixels or another sample type than slice 1 with {} x {}: give a stack "
            "of equal slices",
            file.path(), z + 1, page.width, page.height, lead.width, lead.height);
      if (i > 0) another.resize(size.x * size.y);
      float* target = i == 0 ? out : another.data();
      if (plan.contiguous)
        file.read_contiguous(slice[i].page, target);
      else
        file.read_plane(slice[i].page, slice[i].sample, target);
      if (i > 0)
        for (size_t k = 0; k < another.size(); ++k) out[k] += another[k];
    }
    if (slice.size() > 1)
      for (size_t k = 0; k < size.x * size.y; ++k) out[k] /= float(slice.size());
  }
}

Decoded decode(const TiffPlan& plan, std::unique_ptr<TiffFile> first, const PlanRequest& request) {
  const ReadOptions& options = request.options;
  OpenFiles files(plan, options.max_bytes, std::move(first));
  const PlaneRef& lead_plane = plan.slices.front().front();
  const TiffPage lead = page_of(plan, files.get(lead_plane.file), lead_plane);
  std::vector<size_t> used;
  size_t planes = 0;
  for (const auto& slice : plan.slices)
    for (const PlaneRef& plane : slice) {
      used.push_back(plane.file);
      ++planes;
    }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  std::uint64_t stored_bytes = 0;
  for (const size_t index : used) stored_bytes += file_bytes(plan.paths[index]);
  const Size3 size = check_size(request.path(), lead.width, lead.height, plan.slices.size(),
                                bytes_of(lead.type), stored_bytes, max_ratio(lead.compression), options);

  Decoded decoded;
  decoded.warnings = plan.warnings;
  decoded.counts = Image::unfilled(size, resolve_voxel(plan.voxel_um, request.session, decoded.warnings));
  decoded.type = lead.type;
  // Every part opens the files for itself. Of several damaged slices the first one is named, as if there were
  // one part.
  const size_t parts = std::min<size_t>(size_t(tbb::this_task_arena::max_concurrency()), 1 + size.z / 8);
  std::vector<std::exception_ptr> failures(parts);
  tbb::parallel_for(
      size_t{0}, parts,
      [&](size_t part) {
        try {
          OpenFiles own(plan, options.max_bytes, nullptr);
          read_slices(plan, part == 0 ? files : own, lead, options, decoded.counts, part * size.z / parts,
                      (part + 1) * size.z / parts);
        } catch (...) {
          failures[part] = std::current_exception();
        }
      },
      tbb::simple_partitioner());
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  decoded.format = plan.format;
  decoded.significant_bits = plan.significant_bits;
  decoded.files = plan.paths;
  return decoded;
}

}  // namespace

Decoded read_tiff(const Session& session, const ReadOptions& options) {
  const PlanRequest request{session, options};
  const bool companion = session.path.size() > 4 && session.path.substr(session.path.size() - 4) == ".ome";
  if (companion)
    return decode(plan_ome(nullptr, read_file(session.path, 256 << 20), request), nullptr, request);

  auto file = std::make_unique<TiffFile>(session.path, options.max_bytes);
  if (!file->pages()[0].readable) throw Error("{}: {}", session.path, file->pages()[0].why);
  TiffPlan plan;
  if (looks_like_ome_xml(file->description()))
    plan = plan_ome(file.get(), file->description(), request);
  else if (looks_like_imagej(*file))
    plan = plan_imagej(*file, request);
  else if (looks_like_scanimage(*file))
    plan = plan_scanimage(*file, request);
  else
    plan = plan_plain(*file, request);
  return decode(plan, std::move(file), request);
}

}  // namespace spinechron::io_detail
