#pragma once
// What a run tells while it works: log lines, the bar, and `progress.json` for other programs.

#include <string>

#include "graph/batch.hpp"
#include "graph/progress.hpp"

namespace spinechron {

class RunObserver : public BatchObserver {
 public:
  /// @param progress_file  written anew about once a second, by rename; empty: none
  /// @param scratch        a folder on the same disk for the file in the making
  RunObserver(Progress progress, std::string progress_file, std::string scratch);
  /// Takes the bar and the progress file away.
  ~RunObserver() override;

  void started(const Series& series) override;
  void stage_began(const Series& series, const std::string& session, const std::string& stage) override;
  void stage_done(const StageEvent& event) override;
  void finished(const Finished& finished) override;
  void failed(const Failure& failure) override;

 private:
  void show(bool at_once);

  Progress progress_;
  std::string progress_file_, scratch_;
  double shown_at_s_ = -1;
};

}  // namespace spinechron
