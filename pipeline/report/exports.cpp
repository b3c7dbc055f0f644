#include "report/exports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/imagej_roi.hpp"
#include "report/figure.hpp"
#include "report/table.hpp"

namespace spinechron::report {
namespace {

constexpr double kUsualHead_um = 0.5;  // where the diameter could not be measured
constexpr double kUsualNeck_um = 0.2;
constexpr std::uint32_t kStable = 0x34c759, kAbsent = 0x8e8e93, kUnknown = 0xffffff;

double or_else(double value, double otherwise) {
  return std::isfinite(value) && value > 0 ? value : otherwise;
}

std::uint32_t rgb(const char* colour) {
  return static_cast<std::uint32_t>(std::stoul(colour + 1, nullptr, 16));
}

}  // namespace

SpineMark mark_of(const SeriesResult& result, const std::vector<Event>& events, size_t track,
                  size_t session) {
  const State state = result.tracks[track].sessions[session].state;
  SpineMark mark{to_text(state), state == State::present  ? kStable
                                 : state == State::absent ? kAbsent
                                                          : kUnknown};
  bool lost = false;
  for (const Event& e : events) {
    if (e.track != track) continue;
    if (e.kind == EventKind::formed && e.from + 1 == session) {
      mark.text += e.rescues ? " rescued" : " formed";
      mark.rgb = rgb(e.rescues ? kRescuedColour : kFormedColour);
    }
    if (e.kind == EventKind::eliminated) lost |= e.from == session || e.from + 1 == session;
  }
  if (!lost) return mark;
  if (mark.text == to_text(state)) mark.rgb = rgb(kEliminatedColour);
  mark.text += " eliminated";
  return mark;
}

std::string roi_set(const SeriesResult& result, const std::vector<Event>& events, size_t session) {
  const Vec3 voxel = result.sessions[session].image.voxel_um();
  const auto n_slices = static_cast<long>(result.sessions[session].image.size().z);
  std::vector<ImagejOval> ovals;
  for (size_t t = 0; t < result.tracks.size(); ++t) {
    const SpineMeasures& m = result.tracks[t].sessions[session].measures;
    if (m.head_um.hasNaN()) continue;
    const SpineMark mark = mark_of(result, events, t, session);
    const double diameter = or_else(m.head_diameter_um, kUsualHead_um);
    ovals.push_back(
        {fmt::format("{:04} {}", result.tracks[t].spine_id, mark.text), m.head_um.x() / voxel.x() + 0.5,
         m.head_um.y() / voxel.y() + 0.5, diameter / voxel.x(), diameter / voxel.y(),
         static_cast<int>(std::clamp(std::lround(m.head_um.z() / voxel.z()), 0L, n_slices - 1) + 1),
         mark.rgb});
  }
  return to_roi_set(ovals);
}

std::string points_csv(const SeriesResult& result, const std::vector<Event>& events, size_t session) {
  const Vec3 voxel = result.sessions[session].image.voxel_um();
  std::string out = "index,axis-0,axis-1,axis-2,spine_id,dendrite_id,what,p_present\n";
  int index = 0;
  for (size_t t = 0; t < result.tracks.size(); ++t) {
    const Track& track = result.tracks[t];
    const Vec3& head = track.sessions[session].measures.head_um;
    if (head.hasNaN()) continue;
    out +=
        fmt::format("{},{},{},{},{},{},{},{}\n", index++, cell(head.z() / voxel.z()),
                    cell(head.y() / voxel.y()), cell(head.x() / voxel.x()), track.spine_id, track.dendrite_id,
                    mark_of(result, events, t, session).text, cell(track.sessions[session].p_present));
  }
  return out;
}

std::vector<SwcSpine> swc_spines(const SeriesResult& result, size_t session) {
  std::vector<SwcSpine> out;
  for (const Track& track : result.tracks) {
    const Track::InSession& in = track.sessions[session];
    const SpineMeasures& m = in.measures;
    if (in.state != State::present || m.base_um.hasNaN() || m.head_um.hasNaN()) continue;
    out.push_back({track.spine_id, track.dendrite_id, m.base_um, m.head_um,
                   0.5 * or_else(m.neck_diameter_um, kUsualNeck_um),
                   0.5 * or_else(m.head_diameter_um, kUsualHead_um)});
  }
  return out;
}

}  // namespace spinechron::report
