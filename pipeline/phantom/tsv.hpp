#pragma once
// Reading tab-separated tables with a header, as truth and results are written.

#include <map>
#include <string>
#include <vector>

namespace spinechron {

/// One table in memory; cells are text.
class Tsv {
 public:
  /// Error if the file cannot be read, is empty, or a row has another number of cells than the header.
  static Tsv read(const std::string& path);

  const std::string& path() const { return path_; }
  size_t rows() const { return cells_.size(); }
  bool has(const std::string& column) const { return columns_.contains(column); }
  /// Error that names file and column if there is no such column.
  const std::string& text(size_t row, const std::string& column) const;
  /// Error that names file, line and column if the cell is not a number.
  double number(size_t row, const std::string& column) const;

 private:
  std::string path_;
  std::map<std::string, size_t> columns_;
  std::vector<std::vector<std::string>> cells_;
};

}  // namespace spinechron
