#pragma once
// The page of a whole study.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/group_statistics.hpp"
#include "report/study_record.hpp"

namespace spinechron::report {

struct GroupPage {
  std::vector<SeriesOnDisk> series;
  Table dynamics;  ///< of all series
  Table estimates, comparisons, power;
  std::optional<Table> behaviour;
  GroupStatistics statistics;
  double confidence = 0.95;
  Table spines = {};                                    ///< of all series
  StudyRecord record = {};                              ///< of all series
  std::vector<std::vector<std::string>> failures = {};  ///< of failures.tsv: series, step, reason
};

/// As HTML; series are linked by paths relative to `out_dir`.
std::string group_page(const GroupPage& page, const std::filesystem::path& out_dir);

}  // namespace spinechron::report
