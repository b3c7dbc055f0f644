#include "report/study_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.hpp"
#include "io/files.hpp"
#include "report/html.hpp"
#include "report/plot_tables.hpp"

namespace spinechron::report {
namespace {

using Json = nlohmann::ordered_json;

double number(const Json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

// As far as quality_row() needs it.
SessionResult session_of(const Json& json) {
  SessionResult in;
  in.session.label = json.at("session").get<std::string>();
  const Json &quality = json.at("quality"), &registration = json.at("registration");
  in.quality.verdict = quality.at("verdict").get<std::string>();
  in.quality.reasons = quality.at("reasons").get<std::vector<std::string>>();
  in.quality.snr = number(quality.at("snr"));
  in.quality.photons = number(quality.at("photons"));
  in.quality.motion_um = number(quality.at("motion_um"));
  in.quality.saturated_fraction = number(quality.at("saturated_fraction"));
  in.optics.lateral_sigma_um = number(json.at("optics").at("lateral_sigma_um"));
  in.optics.axial_sigma_um = number(json.at("optics").at("axial_sigma_um"));
  in.quality.shift_um = number(registration.at("shift_um"));
  in.quality.overlap = number(registration.at("overlap"));
  in.quality.registration_error_um = number(registration.at("error_um"));
  in.frame.usable = registration.at("usable").get<bool>();
  in.frame.reason = registration.at("reason").get<std::string>();
  in.warnings = json.at("warnings").get<std::vector<std::string>>();
  return in;
}

// The hashes of what stands beside the settings: plugins, then the files that they read.
std::string hashes(const Json& configuration) {
  std::string out;
  for (const char* kind : {"plugins", "files"})
    for (const Json& file : configuration.value(kind, Json::array()))
      out += (out.empty() ? "" : " ") + file.at("sha256").get<std::string>();
  return out.empty() ? "none" : out;
}

// The smallest and the largest size along an axis, or the only one.
std::string range(double low, double high) {
  return low == high ? shown(low) : shown(low) + " to " + shown(high);
}

class Reader {
 public:
  Reader() {
    record_.quality.columns = quality_columns();
    record_.quality.columns.insert(record_.quality.columns.begin(), {"series", "Animal and field.", "", {}});
    record_.inputs.columns = {{"series", "Animal and field.", "", {}},
                              {"session", "Label of the session.", "", {}},
                              {"format", "As it was read.", "", {}},
                              {"voxel", "Size of a voxel along x, y, z.", "um", {}},
                              {"sha256", "Of the image's bytes.", "", {}}};
    record_.programs.columns = {{"series", "Animal and field.", "", {}},
                                {"version", "Of the program.", "", {}},
                                {"commit", "Of the program.", "", {}},
                                {"configuration", "SHA-256 of the configuration in effect.", "", {}},
                                {"plugins", "SHA-256 of each plugin and of each file that it read.", "", {}}};
    record_.settings.columns = {{"section", "Section of the configuration.", "", {}},
                                {"key", "Name of the parameter.", "", {}},
                                {"value", "Value in effect.", "", {}}};
  }

  void add(const SeriesOnDisk& series, const Json& json) {
    const Json &program = json.at("program"), &configuration = json.at("configuration");
    MethodsFacts& facts = record_.facts;
    if (record_.programs.rows.empty()) {
      facts.version = program.at("version").get<std::string>();
      facts.commit = program.at("commit").get<std::string>();
      if (configuration.contains("settings")) note_settings(configuration.at("settings"));
    }
    record_.programs.rows.push_back({series.stem, cell(program.at("version").get<std::string>()),
                                     cell(program.at("commit").get<std::string>()),
                                     cell(configuration.at("sha256").get<std::string>()),
                                     cell(hashes(configuration))});
    const auto& first = record_.programs.rows.front();
    if (!std::equal(first.begin() + 1, first.end(), record_.programs.rows.back().begin() + 1))
      record_.one_configuration = false;
    const Json& sessions = json.at("sessions");
    facts.n_sessions = std::max(facts.n_sessions, sessions.size());
    for (const Json& session : sessions) note_session(series, session);
    animals_.insert(series.subject);
    ++n_series_;
  }

  StudyRecord finish() {
    if (n_series_ == 0) return std::move(record_);
    std::vector<std::string> labels;
    for (const auto& [label, hours] : record_.times)
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    std::string voxel;
    for (int axis = 0; axis < 3; ++axis) voxel += (axis ? " x " : "") + range(low_um_[axis], high_um_[axis]);
    record_.facts.stacks =
        fmt::format("{} field{} of view in {} animal{} (session{} {}; voxel size {} \u00b5m)", n_series_,
                    n_series_ == 1 ? "" : "s", animals_.size(), animals_.size() == 1 ? "" : "s",
                    labels.size() == 1 ? "" : "s", list_of(labels), voxel);
    return std::move(record_);
  }

 private:
  void note_settings(const Json& settings) {
    MethodsFacts& facts = record_.facts;
    for (const auto& [section, keys] : settings.items())
      for (const auto& [key, value] : keys.items()) {
        const std::string text = value.get<std::string>();
        facts.settings.push_back({section, key, text, "", ""});
        record_.settings.rows.push_back({cell(section), cell(key), cell(text)});
        const auto plain = nlohmann::json::parse(text, nullptr, false);
        if (section == "report" && key == "denominator" && plain.is_string())
          facts.config.denominator = plain;
        if (section == "report" && key == "confidence" && plain.is_number()) facts.config.confidence = plain;
        if (section == "match" && key == "rescue_um" && plain.is_number()) facts.rescue_um = plain;
      }
  }

  void note_session(const SeriesOnDisk& series, const Json& json) {
    const SessionResult in = session_of(json);
    std::vector<std::string> row = quality_row(in);
    row.insert(row.begin(), series.stem);
    record_.quality.rows.push_back(std::move(row));
    const Json& voxel = json.at("voxel_um");
    for (size_t axis = 0; axis < 3; ++axis) {
      low_um_[axis] = std::fmin(low_um_[axis], number(voxel.at(axis)));
      high_um_[axis] = std::fmax(high_um_[axis], number(voxel.at(axis)));
    }
    record_.inputs.rows.push_back({series.stem, cell(in.session.label),
                                   cell(json.at("format").get<std::string>()),
                                   fmt::format("{} x {} x {}", shown(number(voxel.at(0))),
                                               shown(number(voxel.at(1))), shown(number(voxel.at(2)))),
                                   cell(json.at("sha256").get<std::string>())});
    record_.times.emplace_back(in.session.label, number(json.at("hours")));
  }

  StudyRecord record_;
  std::set<std::string> animals_;
  size_t n_series_ = 0;
  static constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  double low_um_[3] = {kNaN, kNaN, kNaN}, high_um_[3] = {kNaN, kNaN, kNaN};
};

}  // namespace

StudyRecord read_record(const std::vector<SeriesOnDisk>& series) {
  Reader reader;
  for (const SeriesOnDisk& s : series) {
    const std::string file = s.file("_provenance.json").string();
    try {
      reader.add(s, Json::parse(read_file(file, 256ULL << 20)));
    } catch (const std::exception& e) {
      throw Error("{}: cannot be understood ({}): remove it and run the series again", file, e.what());
    }
  }
  return reader.finish();
}

}  // namespace spinechron::report
