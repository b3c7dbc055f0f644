#pragma once
// Standard error: log lines as text or JSON, and a bar below them on a terminal.

#include <nlohmann/json.hpp>
#include <string>

#include "graph/progress.hpp"

namespace spinechron {

struct ConsoleOptions {
  std::string progress = "auto";    ///< "auto" (a bar on a terminal, else lines), "plain", "none"
  std::string log_level = "info";   ///< "trace", "debug", "info", "warning", "error", "off"
  std::string log_format = "text";  ///< "text", "json": one object a line
};

/// From here on everything that is logged goes to standard error as `options` say.
void open_console(const ConsoleOptions& options);

/// Fields of a JSON log line beside time, level and message.
using LogFields = nlohmann::ordered_json;

void log_debug(const std::string& message, const LogFields& fields = {});
void log_info(const std::string& message, const LogFields& fields = {});
void log_warning(const std::string& message, const LogFields& fields = {});
void log_error(const std::string& message, const LogFields& fields = {});

/// Whether log lines are JSON objects.
bool console_is_json();
/// Whether lines that only say how far the work is are wanted.
bool console_wants_progress_lines();
/// Draws the bar anew, at most ten times a second. Does nothing without a bar.
void draw_bar(const Progress& progress);
/// Takes the bar away.
void remove_bar();

}  // namespace spinechron
