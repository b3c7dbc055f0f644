#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "io/files.hpp"
#include "io/table.hpp"
#include "io_fixture.hpp"

namespace spinechron::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Files : public IoTest {
 protected:
  size_t files_in_folder() const {
    return size_t(
        std::distance(std::filesystem::directory_iterator(folder_), std::filesystem::directory_iterator()));
  }
};

TEST_F(Files, Sha256OfKnownTexts) {
  // FIPS 180-2, appendix B
  EXPECT_EQ(sha256_of_bytes("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of_file(put("empty", "")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const std::string million(1000000, 'a');
  EXPECT_EQ(sha256_of_file(put("a", million)),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(sha256_of_files({put("1", "a"), put("2", "bc")}), sha256_of_bytes("abc"));
}

TEST_F(Files, WrittenWholeOrNotAtAll) {
  const std::string file = path("deep/er/a.txt");
  write_file(file, "first");
  write_file(file, "second");
  EXPECT_EQ(read_file(file), "second");
  {
    AtomicFile unfinished(file);
    std::ofstream(unfinished.temporary()) << "half";
  }
  EXPECT_EQ(read_file(file), "second");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "deep/er"),
                          std::filesystem::directory_iterator()),
            1);
}

TEST_F(Files, FullDiskLeavesNothingBehind) {
  const std::string file = put("a.txt", "old");
  const std::string large(1 << 20, 'x');
  // a limit on file sizes stands for the full disk
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(error_of([&] { write_file(file, large); }).find("cannot be written") == std::string::npos);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(read_file(file), "old");
  EXPECT_EQ(files_in_folder(), 1U);
  EXPECT_THAT(errno_text(ENOSPC), HasSubstr("disk is full"));
}

TEST_F(Files, LimitsAndWrongPaths) {
  EXPECT_THAT(error_of([&] { read_file(put("a", "12345"), 4); }), HasSubstr("5 bytes where at most 4"));
  EXPECT_THAT(error_of([&] { read_file("/dev/zero"); }), HasSubstr("not a plain file"));
  put("b", "");
  EXPECT_THAT(error_of([&] { write_file(path("b/c"), "x"); }), HasSubstr("cannot make its folder"));
}

TEST_F(Files, JsonKeepsOrderAndEndsWithNewline) {
  nlohmann::ordered_json json;
  json["z"] = 1;
  json["a"] = 0.1;
  write_json(path("a.json"), json);
  EXPECT_EQ(read_file(path("a.json")), "{\n  \"z\": 1,\n  \"a\": 0.1\n}\n");
}

TEST(TableText, CellsReadBackExactly) {
  Table table{{"a", "b"}, {}};
  const std::vector<double> values = {0.1, 1.0 / 3, 1e-300, 6.02214076e23, -0.0, 12, 1e16, 0.12};
  for (const double value : values) table.rows.push_back({value, "x"});
  table.rows.push_back({std::numeric_limits<double>::quiet_NaN(), ""});
  table.rows.push_back({std::optional<double>(), "a\tb\nc"});
  table.rows.push_back({7, std::int64_t(-1)});
  const std::string text = to_tsv(table);
  EXPECT_THAT(text, AllOf(HasSubstr("a\tb\n0.1\tx\n"), HasSubstr("\n0\tx\n"),
                          HasSubstr("\nn/a\tn/a\nn/a\ta b c\n7\t-1\n")));
  const TableReader reader = TableReader::from_text("t.tsv", text, {"a", "b"});
  for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(reader.number(i, "a"), values[i]);
  EXPECT_EQ(reader.number(values.size(), "a"), std::nullopt);
  EXPECT_EQ(reader.text(values.size(), "c"), "");
  EXPECT_THROW(to_tsv({{"a"}, {{1, 2}}}), Error);
}

TEST(TableText, ForgivesWhatSpreadsheetsDo) {
  const TableReader reader = TableReader::from_text("t.tsv",
                                                    "\xEF\xBB\xBF"
                                                    "a\tb\r\n1\tn/a\r\n\r\n",
                                                    {"a"});
  EXPECT_EQ(reader.rows(), 1U);
  EXPECT_EQ(reader.required_number(0, "a"), 1);
  EXPECT_EQ(reader.text(0, "b"), "");
}

TEST(TableText, ErrorsNameFileLineAndColumn) {
  const auto message = [](const std::string& text) {
    return error_of([&] { TableReader::from_text("t.tsv", text, {"a", "b"}).required_number(0, "b"); });
  };
  EXPECT_THAT(message(""), AllOf(HasSubstr("t.tsv"), HasSubstr("is empty")));
  EXPECT_THAT(message("a\n1\n"), HasSubstr("no column b"));
  EXPECT_THAT(message("a\tb\tb\n"), HasSubstr("a column twice"));
  EXPECT_THAT(message("a\tb\n\n1\n"), HasSubstr("t.tsv, line 3: has 1 cells where the header has 2"));
  EXPECT_THAT(message("a\tb\n1\t2,5\n"), HasSubstr("t.tsv, line 2, column b: \"2,5\" is not a number"));
  EXPECT_THAT(message("a\tb\n1\tinf\n"), HasSubstr("is not a number"));
  EXPECT_THAT(message("a\tb\n1\tn/a\n"), HasSubstr("t.tsv, line 2, column b: is empty"));
  EXPECT_THAT(message(std::string("a\tb\n1\t\0\n", 8)), HasSubstr("not a text file"));
  EXPECT_THAT(message("a\tb\r1\t2\n"), HasSubstr("t.tsv, line 1: has a carriage return within"));
}

TEST_F(Files, TableAndItsSidecar) {
  write_table(path("t.tsv"), {{"state"}, {{"present"}}});
  EXPECT_EQ(read_file(path("t.tsv")), "state\npresent\n");
  EXPECT_EQ(TableReader(path("t.tsv"), {"state"}).text(0, "state"), "present");
  write_column_sidecar(path("t.json"),
                       {{"x_um", "Column.", "um", {}}, {"state", "What it is.", "", {{"present", "Seen."}}}});
  const auto json = nlohmann::ordered_json::parse(read_file(path("t.json")));
  EXPECT_EQ(json.begin().key(), "x_um");
  EXPECT_EQ(json["x_um"]["Units"], "um");
  EXPECT_FALSE(json["state"].contains("Units"));
  EXPECT_EQ(json["state"]["Levels"]["present"], "Seen.");
}

}  // namespace
}  // namespace spinechron::test
