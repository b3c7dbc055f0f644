#pragma once
// The numbers of a whole study: what the group statistics are made from.

#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spinechron::report {

/// One dendrite over one interval (or in one session), one measure.
struct Observation {
  std::string animal, sample, dendrite, group;
  std::string from, to;  ///< session labels; `from` is empty for what belongs to one session
  std::string measure;   ///< "elimination", "formation", "density"
  double value = std::numeric_limits<double>::quiet_NaN();
  double events = 0;    ///< spines lost, gained, there
  double trials = 0;    ///< the denominator: spines, or um
  double n_before = 0;  ///< of elimination and formation: spines present at `from`, whatever the denominator
  double hours = std::numeric_limits<double>::quiet_NaN();  ///< length of the interval
};

struct Study {
  std::vector<Observation> observations;
  /// Intervals and sessions in the order of time, as (from, to).
  std::vector<std::pair<std::string, std::string>> intervals;
  std::string denominator = "previous";
};

/// A finished series in an output folder.
struct SeriesOnDisk {
  std::string subject, sample, group;
  std::filesystem::path folder;  ///< OUT/sub-.../micr
  std::string stem;              ///< "sub-01_sample-A"
  std::filesystem::path file(const std::string& ending) const { return folder / (stem + ending); }
};

/// All series under `out_dir` that are complete (their provenance is there), by subject, then sample; of
/// these only the `stems`, if given. Error if the provenance of one cannot be understood.
std::vector<SeriesOnDisk> finished_series(
    const std::filesystem::path& out_dir,
    const std::optional<std::vector<std::string>>& stems = std::nullopt);

/// Collects the dendrites' rates under the denominator that the series were run with, and their densities.
Study read_study(const std::vector<SeriesOnDisk>& series);

/// Reads a table of one dendrite and day (or session) a row, as labs keep them: columns `mouse` (or `animal`,
/// `subject`, `participant_id`), `group`, `dendrite`, `day` (or `session`, then with `hours` since the first
/// one if known), `count`, and, where known, `length_um`, `density`, `formation_pct`, `elimination_pct` (in
/// percent of the previous count). Rows with `used` = 0 are left out if `only_used`. Error if a needed column
/// is missing.
Study read_study_table(const std::filesystem::path& path, bool only_used = false);

}  // namespace spinechron::report
