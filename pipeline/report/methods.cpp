#include "report/methods.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/version.hpp"
#include "report/figure.hpp"
#include "report/html.hpp"

namespace spinechron::report {
namespace {

std::string list_of(const std::vector<std::string>& items) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i)
    out += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return out;
}

const char* divided_by(const std::string& denominator) {
  if (denominator == "baseline") return "the number of spines present at the first session";
  if (denominator == "current") return "the number of spines present at the later session of the interval";
  if (denominator == "per_um") return "the length of dendrite visible in both sessions";
  return "the number of spines present at the previous session";
}

}  // namespace

std::string methods_text(const SeriesResult& result, const ReportContext& context) {
  const BuildInfo& build = build_info();
  std::vector<std::string> labels;
  for (const SessionResult& s : result.sessions) labels.push_back(s.session.label);
  const Vec3 voxel = result.sessions.at(result.reference).image.voxel_um();
  std::string out = fmt::format(
      "Image stacks of {} session{} ({}; voxel size {} x {} x {} \u00b5m) were analysed with spinechron {} "
      "(commit {}). ",
      labels.size(), labels.size() == 1 ? "" : "s", list_of(labels), shown(voxel.x()), shown(voxel.y()),
      shown(voxel.z()), build.version, build.commit);
  out +=
      "For each stack, gain, offset and noise were estimated from the stack itself and samples were "
      "expressed "
      "in photons. Dendrites were traced as centrelines with radii";
  if (labels.size() > 1)
    out += fmt::format(
        " and carried from session to session by a registration fitted on the dendritic shafts only, never "
        "on "
        "spines; the frame of the session '{}' served as reference. Spine candidates of every session were "
        "mapped into all others, the image evidence was measured at the same site in each of them, and "
        "presence or absence was decided jointly over all sessions; sites that a session could not show well "
        "enough were scored as not assessable and left out of the denominators of the intervals concerned. A "
        "spine was called eliminated if present in the earlier and absent in the later of two consecutive "
        "sessions, formed in the opposite case, and stable if present in both. Elimination and formation are "
        "given as the number of events divided by {}, with exact {}% confidence intervals ({}). "
        "A formed spine was called rescued if it stood within {} \u00b5m along the dendrite, and on the same "
        "side, of the empty site of a spine eliminated in an earlier interval; the number expected by chance "
        "assumes formed spines to be placed uniformly along the dendrite visible in both sessions.",
        result.sessions[result.reference].session.label, divided_by(context.config.denominator),
        shown(100 * context.config.confidence),
        context.config.denominator == "per_um" ? "Poisson, Garwood" : "binomial, Clopper and Pearson",
        shown(context.rescue_um));
  else
    out += "; spines were detected beside them. With a single session there are no events.";
  out += fmt::format(
      " Images for display are maximum projections within {} \u00b5m of the depth of the nearest dendrite, "
      "resampled into the reference frame and scaled to equal brightness of the shafts (grey scale with "
      "exponent {}).",
      shown(kSlab_um), shown(kGamma));
  return out;
}

std::string quality_text(const SessionResult& in) {
  std::string out;
  for (const std::string& reason : in.quality.reasons) out += (out.empty() ? "" : " ") + reason;
  if (!in.frame.usable && !in.frame.reason.empty() && out.find(in.frame.reason) == std::string::npos)
    out += (out.empty() ? "" : " ") + in.frame.reason;
  for (const std::string& warning : in.warnings) out += (out.empty() ? "" : " ") + warning;
  return out.empty() ? "Nothing to remark." : out;
}

}  // namespace spinechron::report
