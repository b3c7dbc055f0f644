#include "report/methods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/version.hpp"
#include "report/figure.hpp"
#include "report/html.hpp"

namespace spinechron::report {
namespace {

const char* divided_by(const std::string& denominator) {
  if (denominator == "baseline") return "the number of spines present at the first session";
  if (denominator == "current") return "the number of spines present at the later session of the interval";
  if (denominator == "per_um") return "the length of dendrite visible in both sessions";
  return "the number of spines present at the previous session";
}

// The stages of a section of the configuration, in order.
std::vector<std::string> stages(const MethodsFacts& facts, const std::string& section) {
  for (const Setting& s : facts.settings)
    if (s.section == section && s.key == "stage") {
      const auto value = nlohmann::json::parse(s.value, nullptr, false);
      if (value.is_string()) return {value.get<std::string>()};
      std::vector<std::string> out;
      for (const auto& item : value)
        if (item.is_string()) out.push_back(item.get<std::string>());
      return out;
    }
  return {};
}

// Whether a step was done by the program's own stage, or by another one.
std::string by_plugin(const MethodsFacts& facts, const std::string& section, const std::string& own) {
  const std::vector<std::string> used = stages(facts, section);
  return used.empty() || used.front() == own ? "" : fmt::format(" by the plugin stage '{}'", used.front());
}

std::string denoising(const MethodsFacts& facts) {
  std::vector<std::string> steps;
  for (const std::string& stage : stages(facts, "denoise"))
    steps.push_back(stage == "motion" ? "lateral motion between neighbouring slices was undone where it was "
                                        "significant"
                    : stage == "anscombe" ? "photon noise was smoothed by wavelet shrinkage after variance "
                                            "stabilisation"
                                          : "the filter '" + stage + "' was applied");
  return steps.empty() ? "No filter was applied. " : "Then " + list_of(steps) + ". ";
}

}  // namespace

std::string list_of(const std::vector<std::string>& items) {
  std::string out;
  for (size_t i = 0; i < items.size(); ++i)
    out += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return out;
}

std::string analysis_text(const MethodsFacts& facts) {
  std::string out = fmt::format("Image stacks of {} were analysed with spinechron {} (commit {}). ",
                                facts.stacks, facts.version, facts.commit);
  out +=
      "For each stack, gain, offset and noise were estimated from the stack itself and samples were "
      "expressed in "
      "photons. ";
  out += denoising(facts);
  out +=
      fmt::format("Dendrites were traced as centrelines with radii{}", by_plugin(facts, "segment", "ridges"));
  const std::string detected = by_plugin(facts, "detect", "evidence");
  if (facts.n_sessions > 1)
    out += fmt::format(
        " and carried from session to session by a registration{}; {} served as reference. Spine candidates "
        "of "
        "every session{} were mapped into all others, the image evidence was measured at the same site in "
        "each of "
        "them, and presence or absence was decided jointly over all sessions{}; sites that a session could "
        "not "
        "show well enough were scored as not assessable and left out of the denominators of the intervals "
        "concerned. A spine was called eliminated if present in the earlier and absent in the later of two "
        "consecutive sessions, formed in the opposite case, and stable if present in both. Elimination and "
        "formation are given as the number of events divided by {}, with exact {}% confidence intervals "
        "({}). A "
        "formed spine was called rescued if it stood within {} \u00b5m along the dendrite, and on the same "
        "side, of "
        "the empty site of a spine eliminated in an earlier interval; the number expected by chance assumes "
        "formed spines to be placed uniformly along the dendrite visible in both sessions.",
        by_plugin(facts, "align", "shafts").empty() ? " fitted on the dendritic shafts only, never on spines"
                                                    : by_plugin(facts, "align", "shafts"),
        facts.reference.empty() ? "the first assessable session of each series"
                                : fmt::format("the frame of the session '{}'", facts.reference),
        detected.empty() ? "" : ", found" + detected + ",", by_plugin(facts, "match", "joint"),
        divided_by(facts.config.denominator), shown(100 * facts.config.confidence),
        facts.config.denominator == "per_um" ? "Poisson, Garwood" : "binomial, Clopper and Pearson",
        shown(facts.rescue_um));
  else
    out += fmt::format("; spines were detected beside them{}. With a single session there are no events.",
                       detected);
  out += fmt::format(
      " Images for display are maximum projections over the slices within {} \u00b5m of the depth of the "
      "nearest "
      "dendrite, resampled into the reference frame and scaled to equal brightness of the shafts (grey scale "
      "with "
      "exponent {}).",
      shown(kSlab_um), shown(kGamma));
  return out;
}

std::string methods_text(const SeriesResult& result, const ReportContext& context) {
  std::vector<std::string> labels;
  for (const SessionResult& s : result.sessions) labels.push_back(s.session.label);
  const Vec3 voxel = result.sessions.at(result.reference).image.voxel_um();
  const BuildInfo& build = build_info();
  MethodsFacts facts;
  facts.stacks = fmt::format("{} session{} ({}; voxel size {} x {} x {} \u00b5m)", labels.size(),
                             labels.size() == 1 ? "" : "s", list_of(labels), shown(voxel.x()),
                             shown(voxel.y()), shown(voxel.z()));
  facts.n_sessions = labels.size();
  facts.reference = result.sessions[result.reference].session.label;
  facts.version = build.version;
  facts.commit = build.commit;
  facts.config = context.config;
  facts.rescue_um = context.rescue_um;
  facts.settings = context.settings;
  return analysis_text(facts);
}

std::string study_methods_text(const MethodsFacts& facts, const GroupStatistics& statistics,
                               double confidence) {
  if (facts.stacks.empty()) return "No series was analysed.";
  std::string out = analysis_text(facts);
  if (facts.n_sessions < 2) return out;
  out +=
      " The animal was the unit of the group statistics: an animal's rate is the sum of events over the sum "
      "of "
      "denominators of its dendrites.";
  const auto& estimates = statistics.estimates;
  if (std::any_of(estimates.begin(), estimates.end(), [](const auto& e) { return e.animals.size() > 1; }))
    out += fmt::format(
        " Means over animals are given with {}% intervals from a bootstrap of whole animals (expanded "
        "percentiles, "
        "Hesterberg 2015).",
        shown(100 * confidence));
  const auto tested = [&](bool within) {
    return std::any_of(
        statistics.comparisons.begin(), statistics.comparisons.end(), [&](const Comparison& c) {
          return (c.contrast == Contrast::change_within_group) == within && !std::isnan(c.test.p);
        });
  };
  std::vector<std::string> tests;
  if (tested(false)) tests.push_back("groups were compared by permutation of whole animals");
  if (tested(true))
    tests.push_back(
        "changes from the first interval were tested by flipping the signs of the animals' changes");
  if (!tests.empty()) {
    std::string text = list_of(tests);
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    out += " " + text +
           " (two-sided; all arrangements where these are few, else 20000 random ones), with p-values "
           "adjusted after "
           "Holm; effect sizes are Hedges' g between groups and the mean over the standard deviation within "
           "them.";
  }
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

std::string series_quality_text(const SeriesResult& result) {
  constexpr double kMuchSilence = 0.1;  // of the states: as much as dim sessions may leave open
  size_t usable = 0, silent = 0, states = 0;
  std::string why;
  for (size_t s = 0; s < result.sessions.size(); ++s) {
    const SessionResult& in = result.sessions[s];
    if (in.quality.verdict != "usable")
      why += fmt::format(" Session {} is {}.", in.session.label, in.quality.verdict);
    if (in.quality.verdict == "not usable") continue;
    ++usable;
    states += result.tracks.size();
    for (const Track& track : result.tracks) silent += track.sessions[s].state == State::not_assessable;
  }
  const double share = states ? static_cast<double>(silent) / static_cast<double>(states) : 0.0;
  if (share > kMuchSilence)
    why += fmt::format(" {:.0f}% of the spines' states are without a verdict.", 100 * share);
  if (usable < std::min<size_t>(2, result.sessions.size())) return "not usable:" + why;
  std::string out = why.empty() ? "usable" : "usable with care:" + why;
  const auto boutons = std::count_if(result.tracks.begin(), result.tracks.end(), perhaps_bouton);
  if (boutons > 0)
    out += fmt::format("{} {} touch{} something that runs on: perhaps {} of an axon.", why.empty() ? ":" : "",
                       boutons == 1 ? "1 spine" : fmt::format("{} spines", boutons), boutons == 1 ? "es" : "",
                       boutons == 1 ? "a bouton" : "boutons");
  return out;
}

}  // namespace spinechron::report
