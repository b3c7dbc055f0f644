#pragma once
// How far a batch is: what a bar, a line of log or another program wants to know.

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "graph/batch.hpp"

namespace spinechron {

/// Counts what the observer of a batch is told. Not thread-safe: a BatchObserver's calls never overlap.
class Progress {
 public:
  /// @param series   that this call is to make
  /// @param filters  number of filters in the denoise chain
  /// @param skipped  series that were done before
  Progress(size_t series, size_t filters, size_t skipped)
      : series_(series), filters_(filters), skipped_(skipped) {}

  void started(const Series& series);
  void stage_began(const std::string& series, const std::string& session, const std::string& stage);
  void stage_done(const StageEvent& event);
  void finished(const std::string& series);
  void failed(const std::string& series);

  size_t total() const { return series_; }
  size_t done() const { return done_; }
  size_t failures() const { return failed_; }
  double fraction() const;  ///< of the work of this call, 0 to 1
  double seconds() const;   ///< since this object was made
  /// Seconds to the end if the rest goes as fast as what was done; none while nothing was done.
  std::optional<double> seconds_left() const;
  /// "sub-01_sample-A segment", of the series that began first among those in flight; empty if none.
  std::string current() const;

  /// For `progress.json`: state, counts, fraction, seconds, seconds_left, running (series, session and
  /// stage), peak_memory_bytes, updated (UTC), and the host and process that write it: a file whose process
  /// is gone was left by one that was killed.
  nlohmann::ordered_json to_json(const std::string& state) const;

 private:
  struct Running {
    std::string series, session, stage;
    double steps = 0;
    double steps_done = 0;
  };
  Running* find(const std::string& series);
  void remove(const std::string& series);

  size_t series_, filters_, skipped_;
  size_t done_ = 0, failed_ = 0;
  std::vector<Running> running_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// "45 s", "12 min", "3.2 h".
std::string duration_text(double seconds);

}  // namespace spinechron
