#include "graph/worker.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace spinechron {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json optional_json(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

template <typename T>
std::optional<T> optional_from(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional<T>(json.get<T>());
}

}  // namespace

Json to_json(const Series& series) {
  Json sessions = Json::array();
  for (const Session& s : series.sessions) {
    sessions.push_back({{"label", s.label},
                        {"path", s.path},
                        {"hours", optional_json(s.hours)},
                        {"voxel_um", Json::array({optional_json(s.voxel_um[0]), optional_json(s.voxel_um[1]),
                                                  optional_json(s.voxel_um[2])})},
                        {"voxel_source", s.voxel_source},
                        {"channel", optional_json(s.channel)}});
    if (s.lens) sessions.back()["lens"] = {s.lens->numerical_aperture, s.lens->wavelength_um};
  }
  return {{"subject", series.subject},
          {"sample", series.sample},
          {"group", series.group},
          {"sessions", sessions}};
}

Series series_from_json(const Json& json) {
  try {
    Series series;
    series.subject = json.at("subject");
    series.sample = json.at("sample");
    series.group = json.at("group");
    for (const Json& from : json.at("sessions")) {
      Session session;
      session.label = from.at("label");
      session.path = from.at("path");
      session.hours = optional_from<double>(from.at("hours"));
      for (size_t i = 0; i < 3; ++i) session.voxel_um[i] = optional_from<double>(from.at("voxel_um").at(i));
      session.voxel_source = from.at("voxel_source");
      session.channel = optional_from<std::string>(from.at("channel"));
      if (from.contains("lens")) session.lens = Lens{from.at("lens").at(0), from.at("lens").at(1)};
      series.sessions.push_back(std::move(session));
    }
    return series;
  } catch (const Json::exception& e) {
    throw Error("a series cannot be read from its JSON: {}", e.what());
  }
}

void WorkerVoice::say(const Json& message) const {
  const std::string line = message.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (size_t at = 0; at < line.size();) {
    const ssize_t written = write(descriptor_, line.data() + at, line.size() - at);
    if (written <= 0) return;  // nobody listens any more
    at += static_cast<size_t>(written);
  }
}

void WorkerVoice::stage_began(const Series&, const std::string& session, const std::string& stage) {
  say({{"says", "began"}, {"session", session}, {"stage", stage}});
}

void WorkerVoice::stage_done(const StageEvent& event) {
  const StageTiming& timing = event.timing;
  say({{"says", "stage"},
       {"session", timing.session},
       {"stage", timing.stage},
       {"seconds", timing.seconds},
       {"peak_memory_bytes", event.peak_memory_bytes}});
}

void WorkerVoice::finished(const Finished& finished) {
  Json notes = Json::array();
  for (const Finished::Note& note : finished.notes) notes.push_back({note.session, note.text});
  say({{"says", "finished"},
       {"spines", finished.spines},
       {"seconds", finished.seconds},
       {"peak_memory_bytes", finished.peak_memory_bytes},
       {"notes", notes}});
}

void WorkerVoice::failed(const Failure& failure) {
  say({{"says", "failed"},
       {"session", failure.session},
       {"stage", failure.stage},
       {"reason", failure.reason}});
}

void WorkerEar::hear(const std::string& line) {
  const Json message = Json::parse(line, nullptr, false);
  if (!message.is_object()) return;
  try {
    const std::string says = message.at("says");
    if (says == "began") {
      session_ = message.at("session");
      stage_ = message.at("stage");
      observer_.stage_began(series_, session_, stage_);
    } else if (says == "stage") {
      observer_.stage_done({series_.stem(),
                            {message.at("session"), message.at("stage"), message.at("seconds").get<double>()},
                            message.at("peak_memory_bytes")});
    } else if (says == "finished") {
      Finished done{
          series_.stem(), message.at("spines"), message.at("seconds"), message.at("peak_memory_bytes"), {}};
      for (const Json& note : message.at("notes")) done.notes.push_back({note.at(0), note.at(1)});
      finished_ = true;
      observer_.finished(done);
    } else if (says == "failed") {
      failure_ = Failure{series_.subject, series_.sample, message.at("session"), message.at("stage"),
                         message.at("reason")};
    }
  } catch (const Json::exception&) {
    // half a line of a worker that was killed
  }
}

Failure WorkerEar::failure_now(const std::string& what) const {
  const std::string where = session_.empty() ? "" : " / ses-" + session_;
  return {series_.subject, series_.sample, session_, stage_,
          fmt::format("{}{} / {}: {}", series_.stem(), where, stage_, what)};
}

}  // namespace spinechron
