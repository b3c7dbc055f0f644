#pragma once
// Every series in a process of its own: a crash, a lack of memory or a time-out costs that series only.

#include <string>
#include <vector>

#include "graph/batch.hpp"

namespace spinechron {

struct IsolateOptions {
  /// Program and arguments of a worker. It finds its series as JSON (see worker.hpp) on its standard input,
  /// says on its standard output how it stands, and ends with status 0 if the series is written.
  std::vector<std::string> worker;
  int at_once = 1;       ///< workers that run side by side
  double timeout_s = 0;  ///< a worker that takes longer is ended; 0: never
  const std::atomic<bool>* cancelled = nullptr;
};

/// As run_batch, but each series in a process of its own. A worker that is ended by a signal becomes a
/// Failure that names the signal and the stage that was running.
BatchReport run_isolated(const std::vector<Series>& series, const IsolateOptions& options,
                         BatchObserver& observer);

}  // namespace spinechron
