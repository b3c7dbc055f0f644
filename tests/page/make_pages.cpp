// Writes the pages of a small study to a folder: four animals in two groups, one with names that would break
// a page which does not escape them, one with a session that cannot be used, one with a single session.

#include <iostream>
#include <nlohmann/json.hpp>

#include "io/files.hpp"
#include "report/write_group.hpp"
#include "report/write_series.hpp"
#include "unit/report/tiny_series.hpp"

namespace {

using namespace spinechron;
using namespace spinechron::report;

SeriesResult animal(const std::string& subject, const std::string& group, std::vector<Track> tracks) {
  SeriesResult r = tiny_series(tracks.front().sessions.size());
  r.series.subject = subject;
  r.series.group = group;
  r.tracks = std::move(tracks);
  for (SessionResult& s : r.sessions) {
    s.quality.snr = 20;
    s.quality.registration_error_um = 0.08;
    s.sha256 = std::string(64, 'a');
    s.format = "OME-TIFF";
  }
  return r;
}

SeriesResult hostile() {
  SeriesResult r = animal("02", "<img src=x onerror=hacked=1>",
                          {track(1, 3, Side::left, "110"), track(2, 9, Side::right, "011")});
  r.sessions[1].quality.verdict = "usable with care";
  r.sessions[1].quality.reasons = {"\"><script>hacked = 2</script> The shafts are dim."};
  r.sessions[2].session.label = "</script><script>hacked=3</script>";
  r.sessions[2].session.path = "\"><svg onload=hacked=4>.tif";
  return r;
}

SeriesResult with_unusable_session() {
  SeriesResult r = animal("03", "saline", {track(1, 3, Side::left, "1?1"), track(2, 9, Side::right, "1?0")});
  r.sessions[1].frame.usable = false;
  r.sessions[1].frame.reason = "Its dendrites could not be found in the first session.";
  r.sessions[1].frame.dendrites.clear();
  r.sessions[1].frame.arc_from_reference.clear();
  r.sessions[1].quality.verdict = "not usable";
  return r;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "make_pages FOLDER\n";
    return 2;
  }
  ReportContext context;
  context.configuration_sha256 = std::string(64, 'c');
  context.settings = {{"match", "rescue_um", "1", "um", "how near"},
                      {"report", "confidence", "0.95", "1", ""}};
  const std::vector<SeriesResult> study = [] {
    std::vector<SeriesResult> out;
    out.push_back(animal("01", "saline",
                         {track(1, 3, Side::left, "111"), track(2, 6, Side::left, "100"),
                          track(3, 9, Side::left, "101"), track(4, 12, Side::right, "001"),
                          track(5, 15, Side::right, "011"), track(6, 15.4, Side::right, "10?")}));
    out.push_back(hostile());
    out.push_back(with_unusable_session());
    out.push_back(animal("04", "saline", {track(1, 5, Side::left, "1")}));
    return out;
  }();
  for (const SeriesResult& r : study) {
    write_series(r, context, argv[1]);
    write_json(series_file(argv[1], r.series, "_provenance.json").string(), provenance_json(r, context));
  }
  write_file(std::string(argv[1]) + "/failures.tsv",
             "participant_id\tsample_id\tsession\tstage\treason\n"
             "sub-05\tsample-A\tstress\tread\tstress.tif: is cut short <b>here</b>: copy it again\n");
  write_group(argv[1]);
}
