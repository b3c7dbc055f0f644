#include "report/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/files.hpp"

namespace spinechron::report {

std::string cell(double number) {
  return Cell(number == 0 ? 0.0 : number).text();
}

std::string cell(int number) {
  return Cell(number).text();
}

std::string cell(const std::string& text) {
  return Cell(text).text();
}

std::string Table::tsv() const {
  std::string out;
  for (size_t i = 0; i < columns.size(); ++i) out += (i ? "\t" : "") + columns[i].name;
  out += '\n';
  for (const auto& row : rows) out += fmt::format("{}\n", fmt::join(row, "\t"));
  return out;
}

std::optional<size_t> Table::find(const std::string& name) const {
  for (size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == name) return i;
  return std::nullopt;
}

void Table::write(const std::filesystem::path& path) const {
  write_file(path.string(), tsv());
  write_column_sidecar(std::filesystem::path(path).replace_extension(".json").string(), columns);
}

Table read_table(const std::filesystem::path& path) {
  const TableReader in(path.string(), {});
  Table out;
  for (const std::string& name : in.columns()) out.columns.push_back({name, "", "", {}});
  for (size_t r = 0; r < in.rows(); ++r) {
    std::vector<std::string>& row = out.rows.emplace_back();
    for (const std::string& name : in.columns()) row.push_back(cell(in.text(r, name)));
  }
  return out;
}

}  // namespace spinechron::report
