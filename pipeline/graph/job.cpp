#include "graph/job.hpp"

#include "graph/memory.hpp"
#include "graph/quality.hpp"
#include "report/methods.hpp"

namespace spinechron {

SeriesResult to_result(SeriesJob& job) {
  SeriesResult result;
  result.series = *job.series;
  for (SessionJob& from : job.sessions) {
    Frame& frame = job.frames.at(from.index);
    SessionResult to;
    to.session = *from.session;
    to.quality = assess_session(from.stack, from.tracing, frame);
    to.image = std::move(from.stack.image);
    to.noise = from.stack.noise;
    to.optics = from.stack.optics;
    to.frame = std::move(frame);
    to.frame.evidence.clear();  // read for the last time by `match`
    to.sha256 = from.raw.sha256;
    to.format = from.raw.format;
    to.warnings = from.raw.warnings;
    to.files = from.raw.files;
    result.sessions.push_back(std::move(to));
    result.timings.insert(result.timings.end(), from.timings.begin(), from.timings.end());
  }
  while (result.reference + 1 < result.sessions.size() && !result.sessions[result.reference].frame.usable)
    ++result.reference;
  if (!result.sessions[result.reference].frame.usable) result.reference = 0;
  result.tracks = std::move(job.tracks);
  result.timings.insert(result.timings.end(), job.timings.begin(), job.timings.end());
  return result;
}

Finished to_finished(const SeriesResult& result) {
  Finished finished{result.series.stem(), result.tracks.size(), 0, peak_resident_bytes(), {}};
  for (const StageTiming& timing : result.timings) finished.seconds += timing.seconds;
  for (const SessionResult& session : result.sessions) {
    for (const std::string& warning : session.warnings)
      finished.notes.push_back({session.session.label, warning});
    for (const std::string& reason : session.quality.reasons)
      finished.notes.push_back({session.session.label, session.quality.verdict + ": " + reason});
  }
  if (const std::string text = report::series_quality_text(result); text != "usable")
    finished.notes.push_back({"", text});
  return finished;
}

std::uint64_t seed_of(const std::string& text) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (unsigned char c : text) hash = (hash ^ c) * 1099511628211ULL;
  return hash;
}

}  // namespace spinechron
