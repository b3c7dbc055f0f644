#include "report/study.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "core/error.hpp"
#include "io/files.hpp"
#include "io/table.hpp"

namespace spinechron::report {
namespace fs = std::filesystem;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kProvenance = "_provenance.json";

void note_interval(Study& study, const std::string& from, const std::string& to) {
  const std::pair<std::string, std::string> interval{from, to};
  if (std::find(study.intervals.begin(), study.intervals.end(), interval) == study.intervals.end())
    study.intervals.push_back(interval);
}

std::string first_column(const TableReader& table, const std::vector<std::string>& names,
                         const std::string& file) {
  for (const std::string& name : names)
    if (table.has(name)) return name;
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "'" : "', '") + name;
  throw Error("{}: no column says which {} a row belongs to: name one {}'", file, names.front(), list);
}

}  // namespace

std::vector<SeriesOnDisk> finished_series(const fs::path& out_dir,
                                          const std::optional<std::vector<std::string>>& stems) {
  std::vector<SeriesOnDisk> out;
  std::error_code none;
  for (const fs::directory_entry& subject : fs::directory_iterator(out_dir, none)) {
    if (subject.path().filename().string().rfind("sub-", 0) != 0) continue;
    for (const fs::directory_entry& file : fs::directory_iterator(subject.path() / "micr", none)) {
      const std::string name = file.path().filename().string();
      const std::string ending = kProvenance;
      if (name.size() <= ending.size() || name.substr(name.size() - ending.size()) != ending) continue;
      const std::string stem = name.substr(0, name.size() - ending.size());
      if (stems && std::find(stems->begin(), stems->end(), stem) == stems->end()) continue;
      nlohmann::json provenance;
      try {
        provenance = nlohmann::json::parse(read_file(file.path().string(), 256ULL << 20));
        const auto& series = provenance.at("series");
        SeriesOnDisk s;
        s.subject = series.at("participant_id").get<std::string>().substr(4);
        s.sample = series.at("sample_id").get<std::string>().substr(7);
        if (!series.at("group").is_null()) s.group = series.at("group").get<std::string>();
        s.folder = file.path().parent_path();
        s.stem = stem;
        out.push_back(std::move(s));
      } catch (const std::exception& e) {
        throw Error("{}: cannot be understood ({}): remove it and run the series again", file.path().string(),
                    e.what());
      }
    }
  }
  std::sort(out.begin(), out.end(), [](const SeriesOnDisk& a, const SeriesOnDisk& b) {
    return a.subject != b.subject ? a.subject < b.subject : a.sample < b.sample;
  });
  return out;
}

Study read_study(const std::vector<SeriesOnDisk>& series) {
  Study study;
  std::set<std::string> denominators;
  for (const SeriesOnDisk& s : series) {
    const TableReader dynamics(s.file("_dynamics.tsv").string(),
                               {"dendrite_id", "session_from", "n_from", "denominator"});
    std::map<std::pair<std::string, std::string>, double> n_before;  // of dendrite and session
    for (size_t i = 0; i < dynamics.rows(); ++i) {
      denominators.insert(dynamics.text(i, "denominator"));
      n_before[{dynamics.text(i, "dendrite_id"), dynamics.text(i, "session_from")}] =
          dynamics.required_number(i, "n_from");
    }
    if (denominators.size() > 1)
      throw Error(
          "{}: its rates have another denominator than those of earlier series: run all series with one "
          "report.denominator",
          s.file("_dynamics.tsv").string());
    if (!denominators.empty()) study.denominator = *denominators.begin();
    const TableReader rates(
        s.file("_rates.tsv").string(),
        {"dendrite_id", "session_from", "session_to", "hours", "event", "denominator", "n_events", "per"});
    for (size_t i = 0; i < rates.rows(); ++i) {
      if (rates.text(i, "denominator") != study.denominator || rates.text(i, "dendrite_id") == "all")
        continue;
      Observation o;
      o.animal = "sub-" + s.subject;
      o.sample = "sample-" + s.sample;
      o.group = s.group;
      o.dendrite = rates.text(i, "dendrite_id");
      o.from = rates.text(i, "session_from");
      o.to = rates.text(i, "session_to");
      o.measure = rates.text(i, "event") == "eliminated" ? "elimination" : "formation";
      o.events = rates.required_number(i, "n_events");
      o.trials = rates.number(i, "per").value_or(0);
      o.n_before = n_before[{o.dendrite, o.from}];
      o.hours = rates.number(i, "hours").value_or(kNaN);
      if (!(o.trials > 0)) continue;
      o.value = o.events / o.trials;
      note_interval(study, o.from, o.to);
      study.observations.push_back(std::move(o));
    }
    const TableReader dendrites(s.file("_dendrites.tsv").string(),
                                {"dendrite_id", "session", "length_um", "n_spines"});
    for (size_t i = 0; i < dendrites.rows(); ++i) {
      const std::optional<double> length = dendrites.number(i, "length_um"),
                                  n = dendrites.number(i, "n_spines");
      if (!length || !n || !(*length > 0)) continue;
      Observation o;
      o.animal = "sub-" + s.subject;
      o.sample = "sample-" + s.sample;
      o.group = s.group;
      o.dendrite = dendrites.text(i, "dendrite_id");
      o.to = dendrites.text(i, "session");
      o.measure = "density";
      o.events = *n;
      o.trials = *length;
      o.value = *n / *length;
      note_interval(study, "", o.to);
      study.observations.push_back(std::move(o));
    }
  }
  return study;
}

Study read_study_table(const fs::path& path, bool only_used) {
  const TableReader table(path.string(), {});
  const std::string file = path.string();
  const std::string animal = first_column(table, {"animal", "mouse", "subject", "participant_id"}, file);
  const std::string session = first_column(table, {"session", "day"}, file);
  const std::string group = first_column(table, {"group"}, file);
  const std::string dendrite = first_column(table, {"dendrite", "dendrite_id"}, file);
  const std::string count = first_column(table, {"count"}, file);
  const auto hours_of = [&](size_t row) -> std::optional<double> {
    if (table.has("hours") || session != "day") return table.number(row, "hours");
    return 24 * table.required_number(row, session);
  };
  struct Before {
    std::optional<double> count, hours;
  };
  std::map<std::string, Before> before;  // of the same dendrite
  std::vector<std::string> order;        // of sessions
  Study study;
  for (size_t i = 0; i < table.rows(); ++i) {
    if (only_used && table.has("used") && table.text(i, "used") == "0") continue;
    Observation o;
    o.group = table.text(i, group);
    // A label may appear in two groups; the two are two animals here, as group and label together name one.
    o.animal = o.group + "/" + table.required_text(i, animal);
    o.dendrite = table.required_text(i, dendrite);
    o.to = table.required_text(i, session);
    if (std::find(order.begin(), order.end(), o.to) == order.end()) order.push_back(o.to);
    const std::optional<double> here = table.number(i, count);
    const std::optional<double> length = table.number(i, "length_um");
    const std::string key = o.animal + "\n" + o.dendrite;
    const auto earlier = before.find(key);
    o.measure = "density";
    const std::optional<double> density = table.number(i, "density");
    if (density || (here && length && *length > 0)) {
      o.value = density ? *density : *here / *length;
      o.events = here.value_or(0);
      o.trials = length.value_or(0);
      study.observations.push_back(o);
    }
    const size_t at = static_cast<size_t>(std::find(order.begin(), order.end(), o.to) - order.begin());
    for (const auto& [column, measure] : {std::pair<const char*, const char*>{"formation_pct", "formation"},
                                          {"elimination_pct", "elimination"}}) {
      const std::optional<double> percent = table.number(i, column);
      if (!percent) continue;
      Observation rate = o;
      rate.measure = measure;
      rate.value = *percent / 100;
      rate.from = at > 0 ? order[at - 1] : "";
      rate.trials = earlier != before.end() ? earlier->second.count.value_or(0) : 0;
      rate.events = std::round(rate.value * rate.trials);
      rate.n_before = rate.trials;
      if (earlier != before.end() && earlier->second.hours && hours_of(i))
        rate.hours = *hours_of(i) - *earlier->second.hours;
      study.observations.push_back(rate);
    }
    before[key] = {here, hours_of(i)};
  }
  for (const std::string& s : order) note_interval(study, "", s);
  for (size_t i = 1; i < order.size(); ++i) note_interval(study, order[i - 1], order[i]);
  if (study.observations.empty())
    throw Error("{}: holds no numbers: it needs 'density', 'formation_pct' or 'elimination_pct'", file);
  return study;
}

}  // namespace spinechron::report
