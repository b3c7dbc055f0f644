#pragma once
// What travels through the flow graph: one series, and one session of it.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "graph/batch.hpp"

namespace spinechron {

/// A session on its way from `read` to `gather`.
struct SessionJob {
  const Session* session = nullptr;
  size_t index = 0;  ///< in its series
  RawStack raw;      ///< counts: empty once calibrated; the rest is kept for the result
  Stack stack;
  Tracing tracing;
  std::vector<Candidate> candidates;
  std::vector<StageTiming> timings;
  std::optional<Failure> failure;
};

/// A series on its way from `limit` to `write`. Sessions are only touched by the node that has them.
struct SeriesJob {
  const Series* series = nullptr;
  size_t index = 0;  ///< in the batch
  std::uint64_t need_bytes = 0;
  std::vector<SessionJob> sessions;
  std::atomic<size_t> sessions_to_come{0};  ///< before `gather` may let the series go on
  std::atomic<size_t> first_failed{SIZE_MAX};
  std::vector<Frame> frames;
  std::vector<Track> tracks;
  std::vector<StageTiming> timings;  ///< of the whole series
  std::optional<Failure> failure;
  std::atomic<bool> cancelled{false};
  bool done = false;
};

using SeriesPtr = std::shared_ptr<SeriesJob>;

/// A session together with the series that owns it.
struct SessionInSeries {
  SeriesPtr job;
  size_t index = 0;
  SessionJob& session() const { return job->sessions[index]; }
};

/// The result of a series whose tracks are there; takes the images out of the job.
SeriesResult to_result(SeriesJob& job);

/// What there is to say about it.
Finished to_finished(const SeriesResult& result);

/// A number that depends on the text only: seeds that are the same on every machine.
std::uint64_t seed_of(const std::string& text);

}  // namespace spinechron
