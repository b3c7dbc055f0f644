#include "run_observer.hpp"

#include <filesystem>

#include "console.hpp"
#include "io/files.hpp"

namespace spinechron {

RunObserver::RunObserver(Progress progress, std::string progress_file, std::string scratch)
    : progress_(std::move(progress)), progress_file_(std::move(progress_file)), scratch_(std::move(scratch)) {
  show(true);
}

RunObserver::~RunObserver() {
  remove_bar();
  std::error_code ignored;
  if (!progress_file_.empty()) std::filesystem::remove(progress_file_, ignored);
}

void RunObserver::show(bool at_once) {
  draw_bar(progress_);
  if (progress_file_.empty() || (!at_once && progress_.seconds() - shown_at_s_ < 1)) return;
  shown_at_s_ = progress_.seconds();
  try {
    const std::string made = scratch_ + "/progress.json";
    write_json(made, progress_.to_json("running"));
    std::filesystem::rename(made, progress_file_);
  } catch (const std::exception& e) {
    log_debug(e.what());  // the results matter, this file does not
  }
}

void RunObserver::started(const Series& series) {
  progress_.started(series);
  log_debug(series.stem() + ": begun", {{"series", series.stem()}});
  show(false);
}

void RunObserver::stage_began(const Series& series, const std::string& session, const std::string& stage) {
  progress_.stage_began(series.stem(), session, stage);
  show(false);
}

void RunObserver::stage_done(const StageEvent& event) {
  progress_.stage_done(event);
  const StageTiming& timing = event.timing;
  const std::string where = timing.session.empty() ? "" : " / ses-" + timing.session;
  const std::string message =
      fmt::format("{}{} / {}: {:.2f} s", event.series, where, timing.stage, timing.seconds);
  const LogFields fields{{"series", event.series},
                         {"session", timing.session.empty() ? LogFields() : LogFields(timing.session)},
                         {"stage", timing.stage},
                         {"seconds", timing.seconds},
                         {"peak_memory_bytes", event.peak_memory_bytes}};
  console_is_json() ? log_info(message, fields) : log_debug(message, fields);
  show(false);
}

void RunObserver::finished(const Finished& finished) {
  progress_.finished(finished.series);
  for (const Finished::Note& note : finished.notes)
    log_warning(fmt::format("{}{}: {}", finished.series, note.session.empty() ? "" : " / ses-" + note.session,
                            note.text),
                {{"series", finished.series}, {"session", note.session}});
  if (console_wants_progress_lines()) {
    const auto left = progress_.seconds_left();
    log_info(fmt::format("{}: done, {} spines, {:.1f} s ({} of {}{})", finished.series, finished.spines,
                         finished.seconds, progress_.done() + progress_.failures(), progress_.total(),
                         left ? ", " + duration_text(*left) + " left" : ""),
             {{"series", finished.series},
              {"seconds", finished.seconds},
              {"peak_memory_bytes", finished.peak_memory_bytes}});
  }
  show(false);
}

void RunObserver::failed(const Failure& failure) {
  progress_.failed(failure.stem());
  log_error(failure.reason,
            {{"series", failure.stem()}, {"session", failure.session}, {"stage", failure.stage}});
  show(false);
}

}  // namespace spinechron
