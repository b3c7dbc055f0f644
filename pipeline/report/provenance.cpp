#include <cmath>
#include <nlohmann/json.hpp>

#include "core/version.hpp"
#include "report/methods.hpp"
#include "report/write_series.hpp"

namespace spinechron::report {
namespace {

using Json = nlohmann::ordered_json;

Json number(double x) {
  return std::isfinite(x) ? Json(x) : Json();
}

Json number(const std::optional<double>& x) {
  return x ? number(*x) : Json();
}

Json triple(const Vec3& v) {
  return {number(v.x()), number(v.y()), number(v.z())};
}

Json matrix(const Affine& a) {
  Json rows = Json::array();
  for (int r = 0; r < 3; ++r)
    rows.push_back(
        {number(a.linear(r, 0)), number(a.linear(r, 1)), number(a.linear(r, 2)), number(a.shift_um[r])});
  return rows;
}

Json used(const std::vector<UsedFile>& files) {
  Json out = Json::array();
  for (const UsedFile& file : files) out.push_back({{"path", file.path}, {"sha256", file.sha256}});
  return out;
}

Json session_json(const SessionResult& in) {
  Json out;
  out["session"] = in.session.label;
  out["path"] = in.session.path;
  out["format"] = in.format;
  out["sha256"] = in.sha256;
  out["hours"] = number(in.session.hours);
  out["channel"] = in.session.channel ? Json(*in.session.channel) : Json();
  out["size_vox"] = {in.image.size().x, in.image.size().y, in.image.size().z};
  out["voxel_um"] = triple(in.image.voxel_um());
  out["voxel_source"] = in.session.voxel_source.empty() ? "file" : in.session.voxel_source;
  out["warnings"] = in.warnings;
  const Quality& q = in.quality;
  out["quality"] = {{"verdict", q.verdict},
                    {"reasons", q.reasons},
                    {"snr", number(q.snr)},
                    {"photons", number(q.photons)},
                    {"motion_um", number(q.motion_um)},
                    {"saturated_fraction", number(q.saturated_fraction)}};
  const NoiseModel& n = in.noise;
  out["noise"] = {{"gain", number(n.gain)},
                  {"offset", number(n.offset)},
                  {"read_sigma", number(n.read_sigma)},
                  {"row_correlation", number(n.row_correlation)},
                  {"column_correlation", number(n.column_correlation)},
                  {"clipped_fraction", number(n.clipped_fraction)},
                  {"saturated_fraction", number(n.saturated_fraction)}};
  out["optics"] = {{"lateral_sigma_um", number(in.optics.lateral_sigma_um)},
                   {"axial_sigma_um", number(in.optics.axial_sigma_um)}};
  out["registration"] = {{"usable", in.frame.usable},
                         {"reason", in.frame.reason},
                         {"reference_from_session", matrix(in.frame.reference_from_session)},
                         {"shift_um", number(q.shift_um)},
                         {"overlap", number(q.overlap)},
                         {"error_um", number(q.registration_error_um)}};
  return out;
}

}  // namespace

Json provenance_json(const SeriesResult& result, const ReportContext& context) {
  Json out;
  const BuildInfo& build = build_info();
  out["program"] = {{"name", "spinechron"},   {"version", build.version},
                    {"commit", build.commit}, {"compiler", build.compiler},
                    {"itk", build.itk},       {"opencv", build.opencv},
                    {"tbb", build.tbb},       {"plugin_abi", build.plugin_abi}};
  out["series"] = {{"participant_id", "sub-" + result.series.subject},
                   {"sample_id", "sample-" + result.series.sample},
                   {"group", result.series.group.empty() ? Json() : Json(result.series.group)},
                   {"reference_session", result.sessions.at(result.reference).session.label},
                   {"quality", series_quality_text(result)},
                   {"perhaps_boutons", Json::array()}};
  for (const Track& track : result.tracks)
    if (perhaps_bouton(track)) out["series"]["perhaps_boutons"].push_back(track.spine_id);
  Json& configuration = out["configuration"];
  configuration["sha256"] = context.configuration_sha256;
  for (const Setting& s : context.settings) configuration["settings"][s.section][s.key] = s.value;
  configuration["plugins"] = used(context.plugins);
  configuration["files"] = used(context.files);
  out["sessions"] = Json::array();
  for (const SessionResult& in : result.sessions) out["sessions"].push_back(session_json(in));
  out["timings"] = Json::array();
  for (const StageTiming& t : result.timings)
    out["timings"].push_back({{"session", t.session.empty() ? Json() : Json(t.session)},
                              {"stage", t.stage},
                              {"seconds", number(t.seconds)}});
  return out;
}

}  // namespace spinechron::report
