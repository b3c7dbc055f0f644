#pragma once
// The page of a whole study.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/group_statistics.hpp"
#include "report/scene.hpp"

namespace spinechron::report {

struct GroupPage {
  std::vector<SeriesOnDisk> series;
  Table dynamics;  ///< of all series
  Table estimates, comparisons, power;
  std::optional<Table> behaviour;
  GroupStatistics statistics;
};

/// As HTML; series are linked by paths relative to `out_dir`.
std::string group_page(const GroupPage& page, const std::filesystem::path& out_dir, double confidence);

/// One measure of all groups: over each interval every animal as a point, the groups' means with their
/// intervals. None if nothing was measured.
std::optional<Scene> animals_plot(const GroupStatistics& statistics, const std::string& measure);

}  // namespace spinechron::report
