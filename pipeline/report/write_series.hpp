#pragma once
// All files of one series.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/result.hpp"
#include "report/context.hpp"

namespace spinechron::report {

/// `OUT/sub-01/micr/sub-01_sample-A` + `ending` ("_spines.tsv").
std::filesystem::path series_file(const std::filesystem::path& out_dir, const Series& series,
                                  const std::string& ending);

/// Writes everything of a series but its provenance: the tables `_spines`, `_events`, `_dynamics`,
/// `_dendrites`, `_rates`, `_fates`, `_rescue`, `_clustering` (.tsv, .json), `_report.html`, `_figure`,
/// `_straightened` and `_montage`
/// (.png, .svg) under `OUT/sub-01/micr/`, and under `OUT/sub-01/ses-<t>/micr/` the tracing, the label
/// stack and, for other programs, the spines (`_desc-spines`: `_dendrites.swc`, `_rois.zip`, `_points.csv`)
/// of every session. The provenance is left to the caller, who writes it last: where it is, the series is
/// complete. A file appears whole or not at all; Error if one cannot be written. Equal results give equal
/// bytes.
void write_series(const SeriesResult& result, const ReportContext& context,
                  const std::filesystem::path& out_dir);

/// What the provenance file holds: program, configuration, inputs with their hashes, quality of each session
/// and registration, counts, timings.
nlohmann::ordered_json provenance_json(const SeriesResult& result, const ReportContext& context);

}  // namespace spinechron::report
