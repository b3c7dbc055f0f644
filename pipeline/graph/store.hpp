#pragma once
// The output folder: results appear whole or not at all, and what is done is known again.
//
// A series is written into a staging folder of this process (OUT/.spinechron-tmp/HOST-PID/STEM) and moved in
// by renames, its `..._provenance.json` last. That file is the mark of a finished series: it says from which
// inputs, configuration and version the set was made, and holds the SHA-256 of every file of it. A process
// that was killed leaves its staging folder; the next one that opens the output folder removes it.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/series.hpp"
#include "graph/file_lock.hpp"

namespace spinechron {

class ResultStore {
 public:
  /// Makes the folder and this process' staging folder, and removes those of dead processes.
  /// @param maker  what made the results: version, configuration, plugins and their files as one text; a
  /// result of another
  ///               maker does not count as done
  /// UsageError if the folder cannot be made or written.
  ResultStore(std::string out, std::string maker);
  /// Removes the staging folder.
  ~ResultStore();
  ResultStore(const ResultStore&) = delete;
  ResultStore& operator=(const ResultStore&) = delete;

  const std::string& out() const { return out_; }
  /// A folder of this process on the same disk as `out()`, for files in the making.
  const std::string& scratch() const { return staging_; }

  /// Whether the series has a result that is whole and was made from the same inputs by the same maker.
  /// An image whose files have the sizes and the times of change noted then is taken as the same; otherwise
  /// its SHA-256 decides. Every file of the result is read.
  bool is_done(const Series& series) const;

  /// An empty staging folder for one series, laid out like the output folder.
  std::string begin(const Series& series) const;

  /// Writes the mark beside the staged files and moves the set into its place, in place of any earlier set of
  /// that series. Error if the disk is full; then the series counts as not done.
  /// @param provenance  what the mark shall say beside what is needed here
  void publish(const SeriesResult& result, nlohmann::ordered_json provenance) const;

  /// Removes what is staged of a series.
  void discard(const Series& series) const;

  /// Removes this process' staging folder at once; for the end by a second signal.
  void abandon() const;

 private:
  std::string staging(const Series& series) const;

  std::string out_, maker_, staging_;
  std::int64_t opened_ns_;  ///< inputs that changed after this may have changed while they were read
  std::optional<FileLock> lock_;
};

/// Removes staging folders under `out` whose process is gone, and the folder above them if it is empty then.
void remove_abandoned_staging(const std::string& out);

}  // namespace spinechron
