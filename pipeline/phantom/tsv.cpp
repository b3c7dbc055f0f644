#include "phantom/tsv.hpp"

#include <charconv>
#include <fstream>

#include "core/error.hpp"

namespace spinechron {
namespace {

std::vector<std::string> split(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> cells(1);
  for (char c : line) {
    if (c == '\t')
      cells.emplace_back();
    else
      cells.back() += c;
  }
  return cells;
}

}  // namespace

Tsv Tsv::read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error("{}: cannot be read: check that it is there and may be read", path);
  Tsv table;
  table.path_ = path;
  std::string line;
  if (!std::getline(in, line)) throw Error("{}: is empty: a table with a header is needed", path);
  const auto header = split(line);
  for (size_t i = 0; i < header.size(); ++i) table.columns_[header[i]] = i;
  while (std::getline(in, line)) {
    if (line.empty() || line == "\r") continue;
    auto cells = split(line);
    if (cells.size() != header.size())
      throw Error("{}: row {} has {} cells where the header has {}: write the table again", path,
                  table.cells_.size() + 1, cells.size(), header.size());
    table.cells_.push_back(std::move(cells));
  }
  return table;
}

const std::string& Tsv::text(size_t row, const std::string& column) const {
  const auto it = columns_.find(column);
  if (it == columns_.end()) throw Error("{}: has no column {}: is it the right table?", path_, column);
  return cells_[row][it->second];
}

double Tsv::number(size_t row, const std::string& column) const {
  const std::string& cell = text(row, column);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size())
    throw Error("{}: row {}, column {}: '{}' is not a number", path_, row + 1, column, cell);
  return value;
}

}  // namespace spinechron
