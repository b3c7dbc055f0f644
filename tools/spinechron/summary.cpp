#include "summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "console.hpp"
#include "graph/finished.hpp"
#include "io/table.hpp"
#include "report/write_series.hpp"

namespace spinechron {
namespace {

using Row = std::vector<std::string>;

std::vector<Row> rows_of(const std::string& out, const Series& series) {
  std::vector<Row> rows;
  const TableReader dynamics(report::series_file(out, series, "_dynamics.tsv").string(),
                             {"dendrite_id", "session_from", "session_to", "n_from", "n_eliminated",
                              "n_formed", "n_rescued", "n_not_assessable"});
  for (size_t i = 0; i < dynamics.rows(); ++i)
    if (dynamics.text(i, "dendrite_id") == "all")
      rows.push_back(
          {series.stem(), dynamics.text(i, "session_from") + " -> " + dynamics.text(i, "session_to"),
           dynamics.text(i, "n_from"), dynamics.text(i, "n_eliminated"), dynamics.text(i, "n_formed"),
           dynamics.text(i, "n_rescued"), dynamics.text(i, "n_not_assessable")});
  if (!rows.empty()) return rows;
  const TableReader spines(report::series_file(out, series, "_spines.tsv").string(), {"session", "state"});
  size_t present = 0;
  for (size_t i = 0; i < spines.rows(); ++i) present += spines.text(i, "state") == "present";
  return {{series.stem(), series.sessions.front().label, std::to_string(present), "-", "-", "-", "-"}};
}

}  // namespace

std::vector<Series> finished_or_warned(const std::string& out) {
  std::vector<std::string> problems;
  std::vector<Series> series;
  for (FinishedSeries& found : find_finished(out, &problems)) series.push_back(std::move(found.series));
  for (const std::string& problem : problems) log_warning(problem);
  return series;
}

std::vector<std::string> stems_of(const std::vector<Series>& series) {
  std::vector<std::string> stems;
  for (const Series& s : series) stems.push_back(s.stem());
  return stems;
}

std::string summary_table(const std::string& out, const std::vector<Series>& series) {
  std::vector<Row> rows{
      {"series", "interval", "spines", "eliminated", "formed", "rescued", "not assessable"}};
  for (const Series& s : series)
    if (std::filesystem::exists(report::series_file(out, s, "_provenance.json")))
      for (Row& row : rows_of(out, s)) rows.push_back(std::move(row));
  std::vector<size_t> width(rows.front().size(), 0);
  for (const Row& row : rows)
    for (size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i)
      line += i < 2 ? fmt::format("{:<{}}  ", row[i], width[i]) : fmt::format("{:>{}}  ", row[i], width[i]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace spinechron
