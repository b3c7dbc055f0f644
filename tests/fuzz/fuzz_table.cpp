// A table: what can be read can be written, and reads back the same.
#include "fuzz/fuzz_support.hpp"
#include "io/table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace spinechron;
  try {
    const TableReader first = TableReader::from_text("fuzz", fuzz::as_text(data, size), {});
    Table table{first.columns(), {}};
    for (std::size_t row = 0; row < first.rows(); ++row) {
      table.rows.emplace_back();
      for (const std::string& column : first.columns()) {
        table.rows.back().emplace_back(first.text(row, column));
        try {
          first.number(row, column);
        } catch (const Error&) {
        }
      }
    }
    const TableReader second = TableReader::from_text("again", to_tsv(table), {});
    if (second.rows() != first.rows()) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
