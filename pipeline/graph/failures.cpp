#include "graph/failures.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "graph/file_lock.hpp"
#include "io/bids.hpp"
#include "report/table.hpp"

namespace spinechron {
namespace {

namespace fs = std::filesystem;

fs::path file_in(const std::string& out) {
  return fs::path(out) / "failures.tsv";
}

report::Table empty_table() {
  report::Table table;
  table.columns = {
      {"participant_id", "The animal.", "", {}},
      {"sample_id", "The field of view.", "", {}},
      {"session", "The session that failed; n/a if the series as a whole did.", "", {}},
      {"stage", "The step at which it failed.", "", {}},
      {"reason", "What was wrong and what would mend it.", "", {}},
  };
  return table;
}

}  // namespace

std::vector<Failure> read_failures(const std::string& out) {
  std::vector<Failure> failures;
  if (!fs::exists(file_in(out))) return failures;
  for (const auto& row : report::read_table(file_in(out)).rows) {
    if (row.size() != empty_table().columns.size())
      throw Error("{}: it has other columns than this version writes: remove it and run again",
                  file_in(out).string());
    failures.push_back({row[0].substr(std::min<size_t>(4, row[0].size())),
                        row[1].substr(std::min<size_t>(7, row[1].size())), row[2] == "n/a" ? "" : row[2],
                        row[3], row[4]});
  }
  return failures;
}

void write_failures(const ResultStore& store, const std::vector<Failure>& failures,
                    const std::vector<std::string>& handled, bool whole) {
  const std::string lock_path = store.out() + "/.failures.lock";
  FileLock lock = FileLock::wait(lock_path);
  std::vector<Failure> all = failures;
  if (!whole) {
    const std::set<std::string> ours(handled.begin(), handled.end());
    for (Failure& old : read_failures(store.out()))
      if (!ours.count(old.stem())) all.push_back(std::move(old));
  }
  std::sort(all.begin(), all.end(), [](const Failure& a, const Failure& b) {
    return a.subject != b.subject ? natural_less(a.subject, b.subject) : natural_less(a.sample, b.sample);
  });
  report::Table table = empty_table();
  for (const Failure& f : all)
    table.rows.push_back(
        {"sub-" + f.subject, "sample-" + f.sample, report::cell(f.session), f.stage, report::cell(f.reason)});
  // Made elsewhere, so that a kill leaves nothing half made in the output folder.
  const fs::path made = file_in(store.scratch());
  table.write(made);
  for (const char* ending : {".json", ".tsv"})
    fs::rename(fs::path(made).replace_extension(ending), file_in(store.out()).replace_extension(ending));
  lock.remove();
}

}  // namespace spinechron
