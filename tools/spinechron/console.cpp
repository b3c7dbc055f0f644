#include "console.hpp"

#include <fmt/chrono.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>

namespace spinechron {
namespace {

thread_local const LogFields* fields_of_this_line = nullptr;

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

std::string bar_text(const Progress& progress) {
  constexpr int kCells = 24;
  const int full = static_cast<int>(progress.fraction() * kCells);
  std::string text(static_cast<size_t>(full), '#');
  text.resize(kCells, '.');
  std::string line =
      fmt::format("[{}] {}/{} series", text, progress.done() + progress.failures(), progress.total());
  if (progress.failures()) line += fmt::format(", {} failed", progress.failures());
  if (const auto left = progress.seconds_left()) line += fmt::format(", {} left", duration_text(*left));
  if (const std::string current = progress.current(); !current.empty()) line += "  " + current;
  return line.substr(0, static_cast<size_t>(terminal_width() - 1));
}

/// Writes lines above the bar.
class StderrSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  StderrSink(bool json, bool bar) : json_(json), bar_(bar) {}

  void draw(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (!bar_ || (!shown_.empty() && now - drawn_ < std::chrono::milliseconds(100))) return;
    drawn_ = now;
    shown_ = bar_text(progress);
    put("\r" + shown_ + "\x1b[K");
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    if (!shown_.empty()) put("\r\x1b[K");
    shown_.clear();
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string text(message.payload.begin(), message.payload.end());
    const auto level = spdlog::level::to_string_view(message.level);
    const std::string name(level.begin(), level.end());
    std::string line;
    if (json_) {
      LogFields object{{"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(message.time))},
                       {"level", name},
                       {"message", text}};
      if (fields_of_this_line)
        for (const auto& [key, value] : fields_of_this_line->items()) object[key] = value;
      line = object.dump(-1, ' ', false, LogFields::error_handler_t::replace) + "\n";
    } else {
      const std::time_t seconds = std::chrono::system_clock::to_time_t(message.time);
      const std::string mark = message.level >= spdlog::level::warn ? name + ": " : "";
      line = fmt::format("{:%H:%M:%S} {}{}\n", fmt::localtime(seconds), mark, text);
    }
    put(shown_.empty() ? line : "\r\x1b[K" + line + shown_);
  }
  void flush_() override {}

 private:
  static void put(const std::string& bytes) {
    std::fwrite(bytes.data(), 1, bytes.size(), stderr);
    std::fflush(stderr);
  }
  bool json_, bar_;
  std::string shown_;
  std::chrono::steady_clock::time_point drawn_;
};

std::shared_ptr<StderrSink> the_sink;
bool is_json = false, wants_lines = true;

void log_line(spdlog::level::level_enum level, const std::string& message, const LogFields& fields) {
  fields_of_this_line = fields.is_object() ? &fields : nullptr;
  spdlog::log(level, "{}", message);
  fields_of_this_line = nullptr;
}

}  // namespace

void open_console(const ConsoleOptions& options) {
  const bool json = options.log_format == "json";
  const bool has_bar = options.progress == "auto" && !json && isatty(STDERR_FILENO);
  is_json = json;
  wants_lines = options.progress != "none" && !has_bar;
  the_sink = std::make_shared<StderrSink>(json, has_bar);
  auto logger = std::make_shared<spdlog::logger>("spinechron", the_sink);
  logger->set_level(spdlog::level::from_str(options.log_level));
  spdlog::set_default_logger(logger);
}

void log_debug(const std::string& message, const LogFields& fields) {
  log_line(spdlog::level::debug, message, fields);
}
void log_info(const std::string& message, const LogFields& fields) {
  log_line(spdlog::level::info, message, fields);
}
void log_warning(const std::string& message, const LogFields& fields) {
  log_line(spdlog::level::warn, message, fields);
}
void log_error(const std::string& message, const LogFields& fields) {
  log_line(spdlog::level::err, message, fields);
}

bool console_is_json() {
  return is_json;
}
bool console_wants_progress_lines() {
  return wants_lines;
}
void draw_bar(const Progress& progress) {
  if (the_sink) the_sink->draw(progress);
}
void remove_bar() {
  if (the_sink) the_sink->remove();
}

}  // namespace spinechron
