#pragma once
// Tables: UTF-8, tab-separated, a header line, `n/a` for what is missing, numbers that read back exactly.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spinechron {

/// One cell as it stands in the file. Numbers are printed with the fewest digits that read back to the same
/// value; NaN, infinities and empty texts become `n/a`; tabs and line breaks in texts become spaces.
class Cell {
 public:
  Cell() : text_("n/a") {}
  Cell(double value);
  Cell(float value) = delete;  // would be printed with digits of the conversion: widen it on purpose
  Cell(int value) : text_(std::to_string(value)) {}
  Cell(std::int64_t value) : text_(std::to_string(value)) {}
  Cell(std::size_t value) : text_(std::to_string(value)) {}
  Cell(bool value) = delete;  // say in words what it means
  Cell(std::string_view text);
  Cell(const std::string& text) : Cell(std::string_view(text)) {}
  Cell(const char* text) : Cell(std::string_view(text)) {}
  template <typename T>
  Cell(const std::optional<T>& value) : Cell(value ? Cell(*value) : Cell()) {}

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  ///< each as long as `columns`
};

/// The bytes of the table. A row of another length than the header is an Error.
std::string to_tsv(const Table& table);

/// Writes it whole or not at all; Error on a full disk or missing permission.
void write_table(const std::string& path, const Table& table);

/// A table that was read, with its lines: what is wrong is said as `file, line 3, column hours: ...`.
class TableReader {
 public:
  /// Reads and checks: UTF-8 or ASCII text without NUL, a header of distinct names, `required` among them,
  /// rows as long as the header, at most `max_bytes`. A byte order mark, CR LF and empty last lines are
  /// forgiven.
  TableReader(const std::string& path, const std::vector<std::string>& required,
              std::uint64_t max_bytes = 64 << 20);
  /// The same from text; `name` stands for the file in messages.
  static TableReader from_text(const std::string& name, std::string_view text,
                               const std::vector<std::string>& required);

  size_t rows() const { return cells_.size(); }
  const std::vector<std::string>& columns() const { return columns_; }
  bool has(const std::string& column) const;

  /// The cell's text; empty for `n/a`, for an empty cell and for a column that is not there.
  std::string text(size_t row, const std::string& column) const;
  /// As text, but Error if it is empty.
  std::string required_text(size_t row, const std::string& column) const;
  /// A finite number; none where `text` is empty; Error if it is something else.
  std::optional<double> number(size_t row, const std::string& column) const;
  /// As number, but Error if it is missing.
  double required_number(size_t row, const std::string& column) const;
  /// "FILE, line 3, column hours"
  std::string place(size_t row, const std::string& column) const;

 private:
  TableReader() = default;
  void parse(std::string_view text, const std::vector<std::string>& required);

  std::string name_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> cells_;
  std::vector<size_t> lines_;  ///< in the file, from 1
};

/// What a column means, for the JSON beside a table.
struct ColumnMeaning {
  std::string name;
  std::string description;
  std::string units;                                        ///< empty: none
  std::vector<std::pair<std::string, std::string>> levels;  ///< legal texts and what they mean
};

/// Writes the JSON that BIDS wants beside a table: {"column": {"Description", "Units", "Levels"}}, in the
/// order given.
void write_column_sidecar(const std::string& path, const std::vector<ColumnMeaning>& columns);

}  // namespace spinechron
