#include "graph/finished.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.hpp"
#include "graph/failures.hpp"
#include "io/bids.hpp"
#include "io/files.hpp"

namespace spinechron {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kLargestMark = 256ULL << 20;

std::string without(const std::string& prefix, const std::string& text) {
  return text.rfind(prefix, 0) == 0 ? text.substr(prefix.size()) : text;
}

FinishedSeries read_mark(const fs::path& out, const fs::path& mark) {
  const Json json = Json::parse(read_file(mark.string(), kLargestMark));
  FinishedSeries found;
  found.mark = fs::relative(mark, out).string();
  const Json& series = json.at("series");
  found.series.subject = without("sub-", series.at("participant_id"));
  found.series.sample = without("sample-", series.at("sample_id"));
  if (series.at("group").is_string()) found.series.group = series.at("group");
  for (const Json& from : json.at("sessions")) {
    Session session;
    session.label = from.at("session");
    session.path = from.at("path");
    if (from.at("hours").is_number()) session.hours = from.at("hours").get<double>();
    found.series.sessions.push_back(std::move(session));
  }
  for (const auto& [name, sha256] : json.at("completion").at("files").items())
    if (sha256_of_file((out / name).string()) != sha256.get<std::string>())
      throw Error("{}: it was changed after it was written", name);
  return found;
}

}  // namespace

std::vector<FinishedSeries> find_finished(const std::string& out, std::vector<std::string>* problems) {
  if (!fs::is_directory(out)) throw UsageError("{}: there is no such folder with results", out);
  constexpr std::string_view kEnd = "_provenance.json";
  std::set<std::string> failed;
  for (const Failure& failure : read_failures(out)) failed.insert(failure.stem());
  std::vector<FinishedSeries> found;
  for (const fs::directory_entry& subject : fs::directory_iterator(out)) {
    if (subject.path().filename().string().rfind("sub-", 0) != 0) continue;
    std::error_code none;
    for (const fs::directory_entry& entry : fs::directory_iterator(subject.path() / "micr", none)) {
      const std::string name = entry.path().filename().string();
      if (name.size() < kEnd.size() || name.compare(name.size() - kEnd.size(), kEnd.size(), kEnd) != 0)
        continue;
      try {
        FinishedSeries one = read_mark(out, entry.path());
        if (!failed.count(one.series.stem()))
          found.push_back(std::move(one));
        else if (problems)
          problems->push_back(fmt::format(
              "{}: its series is left out, since this is the result of an earlier run and the last one "
              "failed: mend what failures.tsv says and run it again",
              entry.path().string()));
      } catch (const std::exception& e) {
        if (problems)
          problems->push_back(
              fmt::format("{}: its series is left out, since it is not whole: {}; run it again",
                          entry.path().string(), e.what()));
      }
    }
  }
  if (problems) std::sort(problems->begin(), problems->end());
  std::sort(found.begin(), found.end(), [](const FinishedSeries& a, const FinishedSeries& b) {
    if (a.series.subject != b.series.subject) return natural_less(a.series.subject, b.series.subject);
    return natural_less(a.series.sample, b.series.sample);
  });
  return found;
}

}  // namespace spinechron
