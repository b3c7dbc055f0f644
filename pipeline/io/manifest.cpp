#include "io/manifest.hpp"

#include <algorithm>
#include <filesystem>

#include "core/error.hpp"
#include "io/bids_name.hpp"

namespace spinechron::io_detail {
namespace fs = std::filesystem;
namespace {

std::string label_cell(const TableReader& table, size_t row, const std::string& column,
                       const std::string& prefix) {
  const std::string label = without_prefix(table.required_text(row, column), prefix);
  if (!is_label(label))
    throw Error("{}: \"{:.40}\" is not a label: use letters and digits only", table.place(row, column),
                label);
  return label;
}

Session session_of_row(const TableReader& table, size_t row, const std::string& manifest,
                       const std::string& label, const FindOptions& options, std::string& problem) {
  Session session;
  session.label = label;
  const fs::path path = table.text(row, "path");
  session.path = path.is_absolute() ? path.string()
                                    : (fs::path(manifest).parent_path() / path).lexically_normal().string();
  session.channel = options.channel;
  if (const std::string channel = table.text(row, "channel"); !channel.empty()) session.channel = channel;
  try {
    table.required_text(row, "path");
    session.hours = table.number(row, "hours");
    const char* columns[] = {"voxel_x_um", "voxel_y_um", "voxel_z_um"};
    for (int axis = 0; axis < 3; ++axis) {
      session.voxel_um[axis] = table.number(row, columns[axis]);
      if (session.voxel_um[axis]) session.voxel_source = "manifest " + manifest;
    }
  } catch (const Error& e) {
    problem = e.what();
  }
  return session;
}

}  // namespace

const std::vector<std::string>& manifest_columns() {
  static const std::vector<std::string> columns = {"subject", "sample", "session", "path"};
  return columns;
}

void set_problem(FoundSeries& found, const std::string& problem) {
  if (found.problem.empty()) found.problem = problem;
}

void add_session(InputSet& set, const std::string& subject, const std::string& sample, Session session,
                 const std::string& problem) {
  auto found = std::find_if(set.series.begin(), set.series.end(), [&](const FoundSeries& f) {
    return f.series.subject == subject && f.series.sample == sample;
  });
  if (found == set.series.end()) {
    found = set.series.insert(set.series.end(), FoundSeries{});
    found->series.subject = subject;
    found->series.sample = sample;
  }
  set_problem(*found, problem);
  auto& sessions = found->series.sessions;
  const auto same = std::find_if(sessions.begin(), sessions.end(),
                                 [&](const Session& other) { return other.label == session.label; });
  if (same == sessions.end()) {
    sessions.push_back(std::move(session));
    return;
  }
  set_problem(*found,
              fmt::format("session {} is there twice, as {} and {}: say in a manifest which one counts",
                          session.label, same->path, session.path));
}

InputSet series_of_manifest(const TableReader& table, const std::string& manifest,
                            const FindOptions& options) {
  InputSet set;
  for (size_t row = 0; row < table.rows(); ++row) {
    const std::string subject = label_cell(table, row, "subject", "sub-");
    const std::string sample = label_cell(table, row, "sample", "sample-");
    const std::string label = label_cell(table, row, "session", "ses-");
    std::string problem;
    Session session = session_of_row(table, row, manifest, label, options, problem);
    add_session(set, subject, sample, std::move(session), problem);
    const std::string group = table.text(row, "group");
    for (FoundSeries& found : set.series) {
      if (found.series.subject != subject || found.series.sample != sample || group.empty()) continue;
      if (!found.series.group.empty() && found.series.group != group)
        set_problem(found,
                    fmt::format("{}: {} is in group {} here and in group {} above: give it one group",
                                table.place(row, "group"), found.series.stem(), group, found.series.group));
      found.series.group = group;
    }
  }
  return set;
}

}  // namespace spinechron::io_detail
