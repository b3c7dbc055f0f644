#include "report/write_group.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "core/version.hpp"
#include "io/files.hpp"
#include "report/group_page.hpp"
#include "report/group_rescue.hpp"
#include "report/group_statistics.hpp"
#include "report/tables.hpp"

namespace spinechron::report {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

// The tables of all series below each other, with who they belong to in front. `columns` are those of one.
Table joined(const std::vector<SeriesOnDisk>& series, const std::string& ending,
             const std::vector<Column>& columns) {
  Table out;
  out.columns = {{"participant_id", "The animal.", "", {}},
                 {"sample_id", "The field of view.", "", {}},
                 {"group", "Treatment.", "", {}}};
  out.columns.insert(out.columns.end(), columns.begin(), columns.end());
  for (const SeriesOnDisk& s : series) {
    const Table one = read_table(s.file(ending));
    std::vector<size_t> from;
    for (const Column& c : columns) {
      const auto at = one.find(c.name);
      if (!at)
        throw Error("{}: has no column '{}': run the series again with this version", s.file(ending).string(),
                    c.name);
      from.push_back(*at);
    }
    for (const auto& row : one.rows) {
      std::vector<std::string> cells = {"sub-" + s.subject, "sample-" + s.sample, cell(s.group)};
      for (size_t i : from) cells.push_back(row[i]);
      out.rows.push_back(std::move(cells));
    }
  }
  return out;
}

// What failures.tsv names, if there is one: series, step, reason.
std::vector<std::vector<std::string>> failed_series(const fs::path& out_dir) {
  std::vector<std::vector<std::string>> out;
  std::error_code none;
  if (!fs::exists(out_dir / "failures.tsv", none)) return out;
  const TableReader table((out_dir / "failures.tsv").string(),
                          {"participant_id", "sample_id", "stage", "reason"});
  for (size_t i = 0; i < table.rows(); ++i)
    out.push_back({table.text(i, "participant_id") + "_" + table.text(i, "sample_id"), table.text(i, "stage"),
                   table.text(i, "reason")});
  return out;
}

Json interval_json(const Table& dynamics, const std::vector<std::string>& row) {
  Json out;
  for (const char* name : {"session_from", "session_to"}) out[name] = row[*dynamics.find(name)];
  for (const char* name :
       {"hours", "n_from", "n_to", "n_stable", "n_eliminated", "n_formed", "n_rescued", "n_rescued_by_chance",
        "n_not_assessable", "elimination_rate", "formation_rate", "turnover_ratio", "survival_fraction"}) {
    const std::string& text = row[*dynamics.find(name)];
    if (text == "n/a") {
      out[name] = Json();
      continue;
    }
    out[name] = Json::parse(text, nullptr, false);
    if (!out[name].is_number())
      throw Error("{}_{}_dynamics.tsv: column {}: '{}' is no number: run the series again", row[0], row[1],
                  name, text);
  }
  return out;
}

Json summary_json(const std::vector<SeriesOnDisk>& series, const Table& dynamics, const fs::path& out_dir) {
  Json out;
  out["program"] = {
      {"name", "spinechron"}, {"version", build_info().version}, {"commit", build_info().commit}};
  out["n_series"] = series.size();
  out["series"] = Json::array();
  for (const SeriesOnDisk& s : series) {
    Json one = {{"participant_id", "sub-" + s.subject},
                {"sample_id", "sample-" + s.sample},
                {"group", s.group.empty() ? Json() : Json(s.group)},
                {"report", fs::relative(s.file("_report.html"), out_dir).generic_string()}};
    one["intervals"] = Json::array();
    for (const auto& row : dynamics.rows)
      if (row[0] == "sub-" + s.subject && row[1] == "sample-" + s.sample && row[3] == "all")
        one["intervals"].push_back(interval_json(dynamics, row));
    out["series"].push_back(std::move(one));
  }
  return out;
}

Json description_json() {
  return {
      {"Name", "Dendritic spines over time"},
      {"BIDSVersion", "1.8.0"},
      {"DatasetType", "derivative"},
      {"GeneratedBy",
       {{{"Name", "spinechron"},
         {"Version", build_info().version},
         {"Description", "Formation, elimination and rescue of dendritic spines in longitudinal stacks"}}}}};
}

}  // namespace

size_t write_group(const fs::path& out_dir, const GroupOptions& options) {
  const std::vector<SeriesOnDisk> series = finished_series(out_dir, options.series);
  const SeriesResult nothing = [] {
    SeriesResult r;
    r.sessions.emplace_back();
    return r;
  }();
  const Table dynamics = joined(series, "_dynamics.tsv", dynamics_table(nothing, {}, {}).columns);
  const Table spines = joined(series, "_spines.tsv", spines_table(nothing).columns);
  const Study study = read_study(series);
  const GroupStatistics statistics = analyse(study, options.confidence);
  GroupPage page{series,
                 dynamics,
                 estimates_table(statistics, study),
                 comparisons_table(statistics),
                 power_table(statistics),
                 std::nullopt,
                 statistics};
  if (options.behaviour) page.behaviour = behaviour_table(statistics, *options.behaviour, options.confidence);

  dynamics.write(out_dir / "dynamics.tsv");
  spines.write(out_dir / "spines.tsv");
  page.estimates.write(out_dir / "group.tsv");
  page.comparisons.write(out_dir / "group_comparisons.tsv");
  page.power.write(out_dir / "group_power.tsv");
  counts_table(study).write(out_dir / "group_counts.tsv");
  group_rescue_table(series).write(out_dir / "group_rescue.tsv");
  write_file((out_dir / "group_wide.csv").string(), wide_csv(statistics));
  if (page.behaviour) page.behaviour->write(out_dir / "group_behaviour.tsv");
  page.confidence = options.confidence;
  page.spines = spines;
  page.record = read_record(series);
  page.failures = failed_series(out_dir);
  write_file((out_dir / "report.html").string(), group_page(page, out_dir));
  write_json((out_dir / "summary.json").string(), summary_json(series, dynamics, out_dir));
  write_json((out_dir / "dataset_description.json").string(), description_json());
  return series.size();
}

std::string group_of_table(const fs::path& file, bool only_used, const std::optional<fs::path>& out_dir,
                           const GroupOptions& options) {
  const Study study = read_study_table(file, only_used);
  const GroupStatistics statistics = analyse(study, options.confidence);
  const Table estimates = estimates_table(statistics, study), comparisons = comparisons_table(statistics);
  std::string out = estimates.tsv() + "\n" + comparisons.tsv();
  std::optional<Table> behaviour;
  if (options.behaviour) behaviour = behaviour_table(statistics, *options.behaviour, options.confidence);
  if (behaviour) out += "\n" + behaviour->tsv();
  if (out_dir) {
    estimates.write(*out_dir / "group.tsv");
    comparisons.write(*out_dir / "group_comparisons.tsv");
    power_table(statistics).write(*out_dir / "group_power.tsv");
    counts_table(study).write(*out_dir / "group_counts.tsv");
    write_file((*out_dir / "group_wide.csv").string(), wide_csv(statistics));
    if (behaviour) behaviour->write(*out_dir / "group_behaviour.tsv");
  }
  return out;
}

}  // namespace spinechron::report
