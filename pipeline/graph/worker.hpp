#pragma once
// What a process that makes one series says to the one that started it: one JSON object a line.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "graph/batch.hpp"

namespace spinechron {

/// A series as JSON, for a worker's standard input; `series_from_json` gives it back.
nlohmann::ordered_json to_json(const Series& series);
/// Error if it is no such JSON.
Series series_from_json(const nlohmann::ordered_json& json);

/// Writes what it is told to a file descriptor, line by line.
class WorkerVoice : public BatchObserver {
 public:
  explicit WorkerVoice(int descriptor) : descriptor_(descriptor) {}
  void stage_began(const Series& series, const std::string& session, const std::string& stage) override;
  void stage_done(const StageEvent& event) override;
  void finished(const Finished& finished) override;
  void failed(const Failure& failure) override;

 private:
  void say(const nlohmann::ordered_json& message) const;
  int descriptor_;
};

/// The other end: passes a worker's lines on to an observer and remembers how it stands.
class WorkerEar {
 public:
  WorkerEar(const Series& series, BatchObserver& observer) : series_(series), observer_(observer) {}
  /// A line of a worker; one that is not understood is passed over.
  void hear(const std::string& line);

  bool finished() const { return finished_; }
  const std::optional<Failure>& failure() const { return failure_; }
  /// A failure at the stage that was running last.
  Failure failure_now(const std::string& what) const;

 private:
  const Series& series_;
  BatchObserver& observer_;
  std::string session_, stage_ = "read";
  bool finished_ = false;
  std::optional<Failure> failure_;
};

}  // namespace spinechron
