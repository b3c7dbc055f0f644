#include "io/bids.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "core/error.hpp"
#include "io/bids_name.hpp"
#include "io/files.hpp"
#include "io/manifest.hpp"

namespace spinechron {
namespace fs = std::filesystem;
namespace {

using namespace io_detail;

/// Names in a folder, in natural order. An unreadable folder is a UsageError.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error))
    names.push_back(entry->path().filename().string());
  if (error) throw UsageError("{}: cannot be listed: {}", folder.string(), errno_text(error.value()));
  std::sort(names.begin(), names.end(), natural_less);
  return names;
}

/// Subfolders of the form prefix-label -> label.
std::vector<std::string> labels_in(const fs::path& folder, const std::string& prefix) {
  std::vector<std::string> labels;
  for (const std::string& name : names_in(folder))
    if (name.rfind(prefix, 0) == 0 && is_label(name.substr(prefix.size())) && fs::is_directory(folder / name))
      labels.push_back(name.substr(prefix.size()));
  return labels;
}

/// "2019-03-01T14:30:00" (fractions and a final Z are allowed) -> hours since 1970.
std::optional<double> hours_of(const std::string& acq_time) {
  int year = 0, minute = 0;
  unsigned month = 0, day = 0, hour = 0;
  double second = 0;
  const int got =
      std::sscanf(acq_time.c_str(), "%4d-%2u-%2uT%2u:%2d:%9lf", &year, &month, &day, &hour, &minute, &second);
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (got < 5 || !date.ok() || hour > 24 || minute < 0 || minute > 59 || !(second >= 0 && second < 61))
    return std::nullopt;
  return double(sys_days(date).time_since_epoch().count()) * 24 + hour + minute / 60.0 + second / 3600.0;
}

/// Finds the images of one BIDS folder.
class BidsFolder {
 public:
  BidsFolder(std::string root, const FindOptions& options) : root_(std::move(root)), options_(options) {}

  InputSet find() {
    const std::vector<std::string> subjects = labels_in(root_, "sub-");
    if (subjects.empty())
      throw UsageError("{}: holds no sub-* folder: give a BIDS folder or a manifest (.tsv)", root_.string());
    for (const std::string& subject : subjects) {
      const fs::path folder = root_ / ("sub-" + subject);
      search(folder / "micr", subject, "");
      for (const std::string& session : labels_in(folder, "ses-"))
        search(folder / ("ses-" + session) / "micr", subject, session);
      add_times(folder, subject);
    }
    if (set_.series.empty())
      throw UsageError(
          "{}: holds no image under sub-*/[ses-*/]micr/ with a name like "
          "sub-01_ses-baseline_sample-A_2PE.ome.tif: check names and extensions",
          root_.string());
    add_groups();
    warn_of_samples_without_image();
    return std::move(set_);
  }

 private:
  void search(const fs::path& folder, const std::string& subject, const std::string& session_folder) {
    if (!fs::is_directory(folder)) return;
    static const std::set<std::string> not_images = {"photo", "dseg", "mask"};
    for (const std::string& file : names_in(folder)) {
      const auto name = parse_bids_name(file);
      const fs::path path = folder / file;
      if (!name) {
        const size_t dot = file.find('.');
        if (dot != std::string::npos && is_image_extension(file.substr(dot)))
          set_.warnings.push_back(path.string() + " was left out: its name is not built as BIDS names are.");
        continue;
      }
      if (!is_image_extension(name->extension) || not_images.count(name->suffix) ||
          !name->entity("desc").empty())
        continue;
      if (name->entity("sample").empty()) {
        set_.warnings.push_back(path.string() + " was left out: its name has no sample-.");
        continue;
      }
      add_image(*name, path.string(), subject, session_folder);
    }
  }

  void add_image(const BidsName& name, const std::string& path, const std::string& subject,
                 const std::string& session_folder) {
    Session session;
    session.label =
        name.entity("ses").empty() ? (session_folder.empty() ? "1" : session_folder) : name.entity("ses");
    session.path = path;
    session.channel = options_.channel;
    std::string problem;
    if (name.entity("sub") != subject || name.entity("ses") != session_folder)
      problem = path + ": its name says another subject or session than its folder: move or rename it";
    try {
      const Sidecar sidecar = read_sidecars(root_.string(), path);
      std::copy(std::begin(sidecar.um), std::end(sidecar.um), std::begin(session.voxel_um));
      if (!sidecar.file.empty()) session.voxel_source = "sidecar " + sidecar.file;
      session.lens = sidecar.lens;
    } catch (const Error& e) {
      problem = e.what();
    }
    add_session(set_, subject, name.entity("sample"), std::move(session), problem);
  }

  /// Hours from sub-X_sessions.tsv to all sessions of a subject.
  void add_times(const fs::path& folder, const std::string& subject) {
    const std::string path = (folder / ("sub-" + subject + "_sessions.tsv")).string();
    if (!fs::exists(path)) return;
    std::map<std::string, double> hours;
    std::string problem;
    try {
      const TableReader table(path, {"session_id"});
      for (size_t row = 0; row < table.rows(); ++row) {
        const std::string time = table.text(row, "acq_time");
        const auto parsed = hours_of(time);
        if (!time.empty() && !parsed)
          throw Error("{}: \"{:.40}\" is not a time: write it like 2019-03-01T14:30:00, or n/a",
                      table.place(row, "acq_time"), time);
        if (parsed) hours[without_prefix(table.required_text(row, "session_id"), "ses-")] = *parsed;
      }
    } catch (const Error& e) {
      problem = e.what();
    }
    for (FoundSeries& found : set_.series) {
      if (found.series.subject != subject) continue;
      set_problem(found, problem);
      for (Session& session : found.series.sessions)
        if (hours.count(session.label)) session.hours = hours[session.label];
    }
  }

  void add_groups() {
    const std::string path = (root_ / "participants.tsv").string();
    if (!fs::exists(path)) return;
    const TableReader table(path, {"participant_id"});
    for (size_t row = 0; row < table.rows(); ++row)
      for (FoundSeries& found : set_.series)
        if (found.series.subject == without_prefix(table.text(row, "participant_id"), "sub-"))
          found.series.group = table.text(row, "group");
  }

  void warn_of_samples_without_image() {
    const std::string path = (root_ / "samples.tsv").string();
    if (!fs::exists(path)) return;
    const TableReader table(path, {"sample_id", "participant_id"});
    for (size_t row = 0; row < table.rows(); ++row) {
      const std::string subject = without_prefix(table.text(row, "participant_id"), "sub-");
      const std::string sample = without_prefix(table.text(row, "sample_id"), "sample-");
      if (std::none_of(set_.series.begin(), set_.series.end(), [&](const FoundSeries& found) {
            return found.series.subject == subject && found.series.sample == sample;
          }))
        set_.warnings.push_back(fmt::format("{} names sample {} of subject {}, of which there is no image.",
                                            path, sample, subject));
    }
  }

  fs::path root_;
  const FindOptions& options_;
  InputSet set_;
};

/// Keeps the series whose label is asked for. A label that is not there is a UsageError that lists the
/// others.
void select(InputSet& set, const std::string& input, const std::vector<std::string>& wanted,
            const std::string& prefix, std::string Series::*label) {
  if (wanted.empty()) return;
  std::set<std::string> keep, there;
  for (const FoundSeries& found : set.series) there.insert(found.series.*label);
  for (const std::string& text : wanted) {
    const std::string name = without_prefix(text, prefix);
    if (!there.count(name))
      throw UsageError("{}: holds no {}{}; there is {}", input, prefix, name, fmt::join(there, ", "));
    keep.insert(name);
  }
  std::erase_if(set.series, [&](const FoundSeries& found) { return !keep.count(found.series.*label); });
}

}  // namespace

InputSet find_series(const std::string& input, const FindOptions& options) {
  InputSet set;
  std::error_code error;
  const auto status = fs::status(input, error);
  if (!fs::exists(status)) throw UsageError("{}: {}", input, errno_text(error ? error.value() : ENOENT));
  try {
    if (fs::is_directory(status)) {
      set = BidsFolder(fs::path(input).lexically_normal().string(), options).find();
    } else if (fs::path(input).extension() == ".tsv") {
      const TableReader table(input, manifest_columns());
      set = series_of_manifest(table, input, options);
      if (set.series.empty()) throw UsageError("{}: lists no image: add a row for each session", input);
    } else {
      throw UsageError(
          "{}: is neither a folder nor a manifest: give a BIDS folder, or a table that ends in .tsv", input);
    }
  } catch (const UsageError&) {
    throw;
  } catch (const Error& e) {
    throw UsageError(e.what());
  }
  select(set, input, options.participants, "sub-", &Series::subject);
  select(set, input, options.samples, "sample-", &Series::sample);
  if (set.series.empty())
    throw UsageError("{}: no series has both the subject and the sample that were asked for", input);
  std::sort(set.series.begin(), set.series.end(), [](const FoundSeries& a, const FoundSeries& b) {
    return a.series.subject != b.series.subject ? natural_less(a.series.subject, b.series.subject)
                                                : natural_less(a.series.sample, b.series.sample);
  });
  for (FoundSeries& found : set.series) {
    const std::string warning = order_sessions(found.series, options.session_order);
    if (!warning.empty()) set.warnings.push_back(warning);
  }
  return set;
}

}  // namespace spinechron
