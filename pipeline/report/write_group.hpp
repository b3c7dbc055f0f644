#pragma once
// What is said of all series together.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace spinechron::report {

struct GroupOptions {
  double confidence = 0.95;
  /// Behaviour of the animals (columns `animal` or `participant_id`, `hours`, `score`), if there is any.
  std::optional<std::filesystem::path> behaviour;
  /// Stems of the series that count; none given: all that have a mark.
  std::optional<std::vector<std::string>> series = std::nullopt;
};

/// From the finished series under `out_dir` writes there: dynamics.tsv and spines.tsv (all series, with
/// participant_id, sample_id, group), group.tsv (estimates), group_comparisons.tsv, group_power.tsv,
/// group_counts.tsv (for mixed models), group_rescue.tsv (distance sweep), group_wide.csv (an animal a row),
/// group_behaviour.tsv if asked for, report.html, summary.json and dataset_description.json. Without any
/// finished series the tables are empty but there. Error naming the file if one of a series that counts
/// cannot be understood. Equal series give equal bytes. Returns the number of series.
size_t write_group(const std::filesystem::path& out_dir, const GroupOptions& options = {});

/// The statistics of a table as labs keep them (see read_study_table) as text for the terminal; with
/// `out_dir` the same group tables as of series are written there too.
std::string group_of_table(const std::filesystem::path& table, bool only_used,
                           const std::optional<std::filesystem::path>& out_dir,
                           const GroupOptions& options = {});

}  // namespace spinechron::report
