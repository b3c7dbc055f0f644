#include "io/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.hpp"
#include "io/files.hpp"

namespace spinechron {
namespace {

std::vector<std::string> split(std::string_view line, char separator) {
  std::vector<std::string> pieces;
  for (size_t begin = 0;;) {
    const size_t end = line.find(separator, begin);
    pieces.emplace_back(line.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return pieces;
    begin = end + 1;
  }
}

}  // namespace

// -0 and 0 are one number to every reader; they shall be one text
Cell::Cell(double value)
    : text_(std::isfinite(value) ? fmt::format("{}", value == 0 ? 0.0 : value) : "n/a") {}

Cell::Cell(std::string_view text) : text_(text.empty() ? "n/a" : text) {
  for (char& c : text_)
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
}

std::string to_tsv(const Table& table) {
  std::string text;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) text += '\t';
    text += table.columns[i];
  }
  text += '\n';
  for (const auto& row : table.rows) {
    if (row.size() != table.columns.size())
      throw Error("a row of {} cells in a table of {} columns", row.size(), table.columns.size());
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += '\t';
      text += row[i].text();
    }
    text += '\n';
  }
  return text;
}

void write_table(const std::string& path, const Table& table) {
  write_file(path, to_tsv(table));
}

TableReader::TableReader(const std::string& path, const std::vector<std::string>& required,
                         std::uint64_t max_bytes)
    : name_(path) {
  parse(read_file(path, max_bytes), required);
}

TableReader TableReader::from_text(const std::string& name, std::string_view text,
                                   const std::vector<std::string>& required) {
  TableReader reader;
  reader.name_ = name;
  reader.parse(text, required);
  return reader;
}

void TableReader::parse(std::string_view text, const std::vector<std::string>& required) {
  if (text.find('\0') != std::string_view::npos)
    throw Error("{}: is not a text file: save it as tab-separated UTF-8", name_);
  size_t line_number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++line_number;
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    while (columns_.empty() && line.substr(0, 3) == "\xEF\xBB\xBF") line.remove_prefix(3);
    if (line.empty()) continue;
    if (line.find('\r') != std::string_view::npos)
      throw Error("{}, line {}: has a carriage return within: save it with one kind of line ends", name_,
                  line_number);
    std::vector<std::string> cells = split(line, '\t');
    if (columns_.empty()) {
      columns_ = std::move(cells);
      continue;
    }
    if (cells.size() != columns_.size())
      throw Error(
          "{}, line {}: has {} cells where the header has {}: separate cells by one tab each and write n/a "
          "for "
          "what is missing",
          name_, line_number, cells.size(), columns_.size());
    cells_.push_back(std::move(cells));
    lines_.push_back(line_number);
  }
  if (columns_.empty())
    throw Error("{}: is empty: a header line with {} is needed", name_, fmt::join(required, ", "));
  for (const std::string& column : required)
    if (!has(column))
      throw Error("{}: has no column {}: its header must have {}, separated by tabs", name_, column,
                  fmt::join(required, ", "));
  if (std::set<std::string>(columns_.begin(), columns_.end()).size() != columns_.size())
    throw Error("{}: names a column twice in its header: keep one of them", name_);
}

bool TableReader::has(const std::string& column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::string TableReader::text(size_t row, const std::string& column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  if (found == columns_.end()) return "";
  const std::string& cell = cells_.at(row)[size_t(found - columns_.begin())];
  return cell == "n/a" ? "" : cell;
}

std::string TableReader::required_text(size_t row, const std::string& column) const {
  const std::string cell = text(row, column);
  if (cell.empty()) throw Error("{}: is empty: a value is needed here", place(row, column));
  return cell;
}

std::optional<double> TableReader::number(size_t row, const std::string& column) const {
  const std::string cell = text(row, column);
  if (cell.empty()) return std::nullopt;
  double value = 0;
  const char* end = cell.data() + cell.size();
  const auto [rest, status] = std::from_chars(cell.data(), end, value);
  if (status != std::errc() || rest != end || !std::isfinite(value))
    throw Error("{}: \"{:.40}\" is not a number: write it like 12.5, or n/a", place(row, column), cell);
  return value;
}

double TableReader::required_number(size_t row, const std::string& column) const {
  required_text(row, column);
  return *number(row, column);
}

std::string TableReader::place(size_t row, const std::string& column) const {
  return fmt::format("{}, line {}, column {}", name_, lines_.at(row), column);
}

void write_column_sidecar(const std::string& path, const std::vector<ColumnMeaning>& columns) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const ColumnMeaning& column : columns) {
    nlohmann::ordered_json& entry = json[column.name];
    entry["Description"] = column.description;
    if (!column.units.empty()) entry["Units"] = column.units;
    for (const auto& [level, meaning] : column.levels) entry["Levels"][level] = meaning;
  }
  write_json(path, json);
}

}  // namespace spinechron
