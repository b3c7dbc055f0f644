#pragma once
// The whole batch as one flow graph:
//
//   limit -> read -> denoise* -> segment -> gather(series) -> align -> detect -> match -> write
//     ^                                                                                     |
//     +------------------------------- bytes given back ------------------------------------+
//
// Series never wait for each other: while one is matched the next is read. Sessions of a series are read,
// denoised, segmented and searched side by side; their results are put in the order of the sessions, so that
// nothing depends on threads.

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "config/plan.hpp"
#include "core/series.hpp"
#include "graph/ends.hpp"

namespace spinechron {

/// Why a series has no result.
struct Failure {
  std::string subject;  ///< without "sub-"
  std::string sample;   ///< without "sample-"
  std::string session;  ///< label; empty: the whole series
  std::string stage;    ///< "read", "segment", ...
  std::string reason;   ///< one sentence with its context: "sub-01_sample-A / ses-stress / read: ..."

  std::string stem() const { return "sub-" + subject + "_sample-" + sample; }
};

/// One stage of one session (or of a whole series) has ended well.
struct StageEvent {
  std::string series;
  StageTiming timing;
  std::uint64_t peak_memory_bytes = 0;  ///< greatest resident memory so far of the process that worked
};

/// What there is to say about a series that was written.
struct Finished {
  /// A sentence for the user about one session, or (no session named) the series: a warning of the reader, or
  /// what its quality suffers from.
  struct Note {
    std::string session, text;
  };
  std::string series;
  size_t spines = 0;
  double seconds = 0;                   ///< of all its stages together
  std::uint64_t peak_memory_bytes = 0;  ///< greatest resident memory so far of the process that worked
  std::vector<Note> notes;
};

/// Told what happens. Calls never overlap, but come from any thread.
class BatchObserver {
 public:
  virtual ~BatchObserver() = default;
  virtual void started(const Series&) {}
  /// @param session  label; empty: the whole series
  virtual void stage_began(const Series&, const std::string& session, const std::string& stage) {
    (void)session, (void)stage;
  }
  virtual void stage_done(const StageEvent&) {}
  virtual void finished(const Finished&) {}
  virtual void failed(const Failure&) {}
};

struct BatchOptions {
  int jobs = 0;                    ///< threads; 0: as many as there are processors
  std::uint64_t memory_bytes = 0;  ///< budget of images in flight; 0: a share of what there is
  const std::atomic<bool>* cancelled = nullptr;
};

struct BatchReport {
  size_t done = 0;
  std::vector<Failure> failures;           ///< in the order of the series given
  bool cancelled = false;                  ///< some series were not begun or not ended
  size_t most_in_flight = 0;               ///< series, at any time
  std::uint64_t most_bytes_in_flight = 0;  ///< by estimate
};

/// Runs every series through the plan's stages. An exception ends its own series only and becomes a Failure;
/// if several sessions of a series fail, the first of them in the order of time is named. A series whose
/// estimated need is above the budget is refused with a message that says how much it needs.
BatchReport run_batch(const std::vector<Series>& series, const Plan& plan, const Ends& ends,
                      const BatchOptions& options, BatchObserver& observer);

/// Threads that `jobs` stands for.
int threads_for(int jobs);

}  // namespace spinechron
