#include "graph/progress.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "graph/memory.hpp"

namespace spinechron {

Progress::Running* Progress::find(const std::string& series) {
  for (Running& running : running_)
    if (running.series == series) return &running;
  return nullptr;
}

void Progress::remove(const std::string& series) {
  std::erase_if(running_, [&](const Running& running) { return running.series == series; });
}

void Progress::started(const Series& series) {
  // read, calibrate, filters, segment and detect of every session; align, match and write of the series
  const double steps = static_cast<double>(series.sessions.size() * (4 + filters_) + 3);
  running_.push_back({series.stem(), "", "read", steps, 0});
}

void Progress::stage_began(const std::string& series, const std::string& session, const std::string& stage) {
  if (Running* running = find(series)) {
    running->session = session;
    running->stage = stage;
  }
}

void Progress::stage_done(const StageEvent& event) {
  if (Running* running = find(event.series)) running->steps_done += 1;
}

void Progress::finished(const std::string& series) {
  remove(series);
  ++done_;
}

void Progress::failed(const std::string& series) {
  remove(series);
  ++failed_;
}

double Progress::fraction() const {
  if (series_ == 0) return 1;
  double ended = static_cast<double>(done_ + failed_);
  for (const Running& running : running_) ended += std::min(1.0, running.steps_done / running.steps);
  return std::min(1.0, ended / static_cast<double>(series_));
}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

std::optional<double> Progress::seconds_left() const {
  const double part = fraction();
  if (part <= 0) return std::nullopt;
  return seconds() / part * (1 - part);
}

std::string Progress::current() const {
  if (running_.empty()) return "";
  return running_.front().series + " " + running_.front().stage;
}

nlohmann::ordered_json Progress::to_json(const std::string& state) const {
  nlohmann::ordered_json running = nlohmann::ordered_json::array();
  for (const Running& r : running_)
    running.push_back({{"series", r.series}, {"session", r.session}, {"stage", r.stage}});
  const auto left = seconds_left();
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  return {{"state", state},
          {"updated", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
          {"host", host},
          {"process", getpid()},
          {"series", series_ + skipped_},
          {"done", done_ + skipped_},
          {"failed", failed_},
          {"fraction", fraction()},
          {"seconds", seconds()},
          {"seconds_left", left ? nlohmann::ordered_json(*left) : nlohmann::ordered_json()},
          {"running", running},
          {"peak_memory_bytes", peak_resident_bytes()}};
}

std::string duration_text(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 90 * 60) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace spinechron
