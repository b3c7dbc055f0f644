#pragma once
// A table as it is written: UTF-8 TSV with a header, and the JSON sidecar that describes its columns.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/table.hpp"

namespace spinechron::report {

using Column = ColumnMeaning;

/// A number that reads back exactly; "n/a" for NaN.
std::string cell(double number);
std::string cell(int number);
/// A text with tabs and line breaks turned into blanks; "n/a" if empty.
std::string cell(const std::string& text);

struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  ///< cells as they are written; as long as `columns`

  std::string tsv() const;
  std::optional<size_t> find(const std::string& name) const;  ///< index of a column
  /// Writes `path` (.tsv) and its sidecar (.json).
  void write(const std::filesystem::path& path) const;
};

/// Reads a TSV with a header; columns have names only. An Error names the file and the line that is wrong.
Table read_table(const std::filesystem::path& path);

}  // namespace spinechron::report
