// What `group` reads back of earlier runs: the first byte says which file of a small study the rest is.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "fuzz/fuzz_support.hpp"
#include "graph/failures.hpp"
#include "graph/finished.hpp"
#include "io/files.hpp"
#include "report/tables.hpp"
#include "report/write_group.hpp"
#include "report/write_series.hpp"
#include "unit/report/tiny_series.hpp"

namespace {

namespace fs = std::filesystem;
using namespace spinechron;

constexpr const char* kEndings[] = {"_provenance.json", "_spines.tsv", "_dynamics.tsv", "_rates.tsv",
                                    "_dendrites.tsv"};

/// Series of two animals, with the files that `group` asks for.
fs::path make_study() {
  const fs::path out = fs::path(fuzz::scratch_folder()) / "out";
  for (const char* subject : {"01", "02"}) {
    SeriesResult r = report::tiny_series();
    r.series.subject = subject;
    r.series.group = subject[1] == '1' ? "saline" : "ketamine";
    r.tracks = {report::track(1, 3, Side::left, "101"), report::track(2, 6, Side::right, "110")};
    const auto events = report::events(r, 1.0);
    const auto dynamics = report::dynamics(r, events, 1.0);
    const auto file = [&](const char* ending) { return report::series_file(out, r.series, ending); };
    report::spines_table(r).write(file("_spines.tsv"));
    report::dynamics_table(r, dynamics, {}).write(file("_dynamics.tsv"));
    report::rates_table(r, dynamics, {}).write(file("_rates.tsv"));
    report::dendrites_table(r).write(file("_dendrites.tsv"));
    auto mark = report::provenance_json(r, {});
    mark["completion"] = {{"maker", ""},
                          {"series", ""},
                          {"inputs", nlohmann::json::array()},
                          {"files", nlohmann::json::object()}};
    write_json(file("_provenance.json").string(), mark);
  }
  return out;
}

void write_bytes(const fs::path& path, const std::string& bytes) {
  fs::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

template <typename Read>
void expect_an_error_at_most(Read&& read) {
  try {
    read();
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fs::path out = make_study();
  if (size == 0) return 0;
  const std::string bytes = fuzz::as_text(data + 1, size - 1);
  const std::size_t which = data[0] % (std::size(kEndings) + 1);
  if (which == std::size(kEndings)) {
    write_bytes(out / "failures.tsv", bytes);
    expect_an_error_at_most([&] { read_failures(out.string()); });
    return 0;
  }
  const fs::path file = out / "sub-01" / "micr" / (std::string("sub-01_sample-A") + kEndings[which]);
  const std::string before = read_file(file.string(), 1 << 20);
  write_bytes(file, bytes);
  std::vector<std::string> problems;
  expect_an_error_at_most([&] { find_finished(out.string(), &problems); });
  expect_an_error_at_most([&] { report::write_group(out); });
  write_bytes(file, before);
  return 0;
}
