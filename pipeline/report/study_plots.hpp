#pragma once
// The tables that the plots of a study's page are drawn from. They stand in the page beneath their plot.

#include <string>
#include <utility>
#include <vector>

#include "report/group_statistics.hpp"
#include "report/table.hpp"

namespace spinechron::report {

/// Share of the spines of each series' first session that are still there, by session: every animal (`kind`
/// part), and each group's mean over animals (`kind` mean) with its bootstrap interval. `spines` are the
/// study's (participant_id, sample_id, group, spine_id, session, state). A session's time is the mean of
/// `times` (label, hours); n/a if one is unknown.
Table study_survival(const Table& spines, const std::vector<std::pair<std::string, double>>& times,
                     double confidence);

/// How many spines of each group have each fate, the most frequent first.
Table study_fates(const Table& spines);

/// One measure of every animal (`kind` animal) and each group's mean with its interval (`kind` mean) over
/// every interval, or in every session.
Table animal_points(const GroupStatistics& statistics, const std::string& measure);

}  // namespace spinechron::report
