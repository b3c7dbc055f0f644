#include "report/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/files.hpp"

namespace spinechron::report {

std::string cell(double number) {
  if (std::isnan(number)) return "n/a";
  return fmt::format("{}", number == 0 ? 0.0 : number);
}

std::string cell(int number) {
  return fmt::format("{}", number);
}

std::string cell(const std::string& text) {
  std::string out = text.empty() ? "n/a" : text;
  for (char& c : out)
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  return out;
}

std::string Table::tsv() const {
  std::string out;
  for (size_t i = 0; i < columns.size(); ++i) out += (i ? "\t" : "") + columns[i].name;
  out += '\n';
  for (const auto& row : rows) out += fmt::format("{}\n", fmt::join(row, "\t"));
  return out;
}

std::string Table::json() const {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (const Column& c : columns) {
    nlohmann::ordered_json& entry = out[c.name];
    entry["Description"] = c.description;
    if (!c.units.empty()) entry["Units"] = c.units;
    for (const auto& [level, meaning] : c.levels) entry["Levels"][level] = meaning;
  }
  return out.dump(2) + "\n";
}

std::optional<size_t> Table::find(const std::string& name) const {
  for (size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == name) return i;
  return std::nullopt;
}

void Table::write(const std::filesystem::path& path) const {
  write_file(path.string(), tsv());
  write_file(std::filesystem::path(path).replace_extension(".json").string(), json());
}

Table read_table(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error("{}: cannot be opened: check that it exists and may be read", path.string());
  Table out;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (number == 1 && line.rfind("\xEF\xBB\xBF", 0) == 0) line.erase(0, 3);
    if (line.empty()) continue;
    std::vector<std::string> cells;
    for (size_t at = 0;;) {
      const size_t tab = line.find('\t', at);
      cells.push_back(line.substr(at, tab - at));
      if (tab == std::string::npos) break;
      at = tab + 1;
    }
    if (out.columns.empty()) {
      for (std::string& name : cells) out.columns.push_back({std::move(name), "", "", {}});
    } else if (cells.size() != out.columns.size()) {
      throw Error("{}: line {} has {} cells, the header has {}: separate the cells by tabs", path.string(),
                  number, cells.size(), out.columns.size());
    } else {
      out.rows.push_back(std::move(cells));
    }
  }
  if (out.columns.empty()) throw Error("{}: is empty: it needs a header line", path.string());
  return out;
}

}  // namespace spinechron::report
