#include "report/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "core/version.hpp"
#include "report/html.hpp"
#include "report/methods.hpp"
#include "report/plot_tables.hpp"
#include "report/spatial.hpp"
#include "report/strips.hpp"
#include "report/tables.hpp"

namespace spinechron::report {
namespace {

std::string zoomable(const std::string& svg, const std::string& id, const std::string& name) {
  return fmt::format(
      "<div class=\"tools\"><button type=\"button\" data-zoom=\"{0}\" value=\"in\">Zoom in</button>"
      "<button type=\"button\" data-zoom=\"{0}\" value=\"out\">Zoom out</button>"
      "<button type=\"button\" data-zoom=\"{0}\" value=\"all\">Whole picture</button>"
      "<span class=\"soft\">Drag to move; Ctrl and wheel, or + and - to zoom; rest on an arrow for its "
      "spine.</span></div>\n"
      "<div class=\"zoom\" id=\"{0}\" tabindex=\"0\" role=\"group\" aria-label=\"{1}\">\n{2}</div>\n",
      id, escaped(name), svg);
}

std::string strip_id(const SeriesResult& result, const Event& e) {
  return fmt::format("strip-{}-{}", result.tracks[e.track].spine_id, e.from);
}

std::string interval_name(const SeriesResult& result, size_t from) {
  return result.sessions[from].session.label + " to " + result.sessions[from + 1].session.label;
}

std::string rate_text(const Rate& r, const std::string& denominator) {
  if (std::isnan(r.value)) return "n/a";
  if (denominator == "per_um")
    return fmt::format("{} per \u00b5m ({} to {})", shown(r.value), shown(r.exact.low), shown(r.exact.high));
  return fmt::format("{} ({} to {})", percent(r.value), percent(r.exact.low), percent(r.exact.high));
}

std::string summary(const SeriesResult& result, const ReportContext& context,
                    const std::vector<Dynamics>& dynamics) {
  if (result.sessions.size() < 2) {
    const auto n = std::count_if(result.tracks.begin(), result.tracks.end(),
                                 [](const Track& t) { return t.sessions.front().state == State::present; });
    return fmt::format("<p>A single session: <strong>{} spines</strong>, no events.</p>\n", n);
  }
  const double level = 100 * context.config.confidence;
  std::string out = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Summary\"><table><caption>All "
      "dendrites "
      "together; rates over {} with exact {}% intervals.</caption><thead><tr><th scope=\"col\">interval</th>"
      "<th scope=\"col\" class=\"n\">spines before</th><th scope=\"col\" class=\"n\">eliminated</th>"
      "<th scope=\"col\">elimination rate</th><th scope=\"col\" class=\"n\">formed</th>"
      "<th scope=\"col\">formation rate</th><th scope=\"col\" class=\"n\">rescued (by chance)</th>"
      "<th scope=\"col\" class=\"n\">not assessable</th></tr></thead><tbody>\n",
      context.config.denominator == "per_um" ? "um of dendrite"
                                             : "the " + context.config.denominator + " session's spines",
      shown(level));
  for (const Dynamics& d : dynamics) {
    if (d.dendrite_id != 0) continue;
    const Rate lost = elimination_rate(d, context.config.denominator, context.config.confidence);
    const Rate gained = formation_rate(d, context.config.denominator, context.config.confidence);
    out += fmt::format(
        "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n eliminated\">{}</td><td>{}</td>"
        "<td class=\"n formed\">{}</td><td>{}</td><td class=\"n\">{} ({})</td><td class=\"n\">{}</td></tr>\n",
        escaped(interval_name(result, d.from)), d.n_from, d.n_eliminated,
        rate_text(lost, context.config.denominator), d.n_formed,
        rate_text(gained, context.config.denominator), d.n_rescued, shown(d.n_rescued_by_chance),
        d.n_not_assessable);
  }
  return out + "</tbody></table></div>\n";
}

std::string found_plots(const SeriesResult& result, const ReportContext& context,
                        const std::vector<Dynamics>& dynamics) {
  const std::string level = shown(100 * context.config.confidence);
  return html_plot(
             rate_points(result, dynamics, context.config),
             {"series-rates", "rate-points",
              fmt::format("Elimination (triangles) and formation (circles): filled, all dendrites with the "
                          "exact {}% interval; open, single dendrites.",
                          level)}) +
         html_plot(survival_points(result, dynamics, context.config.confidence),
                   {"survival", "survival-points",
                    fmt::format("Survival of the spines of the first session (one that comes back counts "
                                "again): bold, all dendrites with the exact "
                                "{}% interval; thin, single dendrites.",
                                level)}) +
         html_plot(fate_counts(result),
                   {"fates", "fates",
                    "Fates over all sessions, one letter a session: 1 present, 0 absent, ? not assessable."});
}

std::string strips_section(const SeriesResult& result, const std::vector<EventStrip>& strips) {
  std::string out;
  for (size_t from = 0; from + 1 < result.sessions.size(); ++from) {
    std::string some;
    for (const EventStrip& strip : strips)
      if (strip.event->from == from) {
        const std::string id = strip_id(result, *strip.event);
        some += fmt::format("<figure id=\"{}\">{}</figure>\n", id, to_svg(strip.scene, id + "-svg"));
      }
    if (!some.empty())
      out += fmt::format("<h3>{}</h3>\n<div class=\"strips\">\n{}</div>\n",
                         escaped(interval_name(result, from)), some);
  }
  return out;
}

std::string boutons_table(const SeriesResult& result, const std::vector<Event>& events) {
  const Table fates = fates_table(result, events);
  Table some;
  some.columns = fates.columns;
  const size_t flag = *fates.find("perhaps_bouton");
  std::copy_if(fates.rows.begin(), fates.rows.end(), std::back_inserter(some.rows),
               [&](const std::vector<std::string>& row) { return row[flag] == "1"; });
  if (some.rows.empty()) return "";
  return html_table(some,
                    {"boutons",
                     "Spines that touch something that runs on in every session that shows them: perhaps "
                     "boutons of an axon. They are counted like all others.",
                     {"spine_id", "dendrite_id", "arc_um", "side", "fate", "kind"},
                     ""});
}

std::string settings_section(const SeriesResult& result, const ReportContext& context) {
  Table t;
  t.columns = {{"section", "Section of the configuration.", "", {}},
               {"key", "Name of the parameter.", "", {}},
               {"value", "Value in effect.", "", {}},
               {"unit", "Its unit.", "", {}},
               {"meaning", "What it does.", "", {}}};
  for (const Setting& s : context.settings)
    t.rows.push_back({s.section, s.key, cell(s.value), s.unit == "1" ? "" : s.unit, s.meaning});
  const BuildInfo& build = build_info();
  std::string out = fmt::format(
      "<p>spinechron {} (commit {}, {}; ITK {}, OpenCV {}, TBB {}). Configuration SHA-256 "
      "<code>{}</code>.</p>\n",
      escaped(build.version), escaped(build.commit), escaped(build.compiler), escaped(build.itk),
      escaped(build.opencv), escaped(build.tbb), escaped(context.configuration_sha256));
  out += html_table(t, {"settings", "The configuration in effect.", {}, ""});
  Table used;
  used.columns = {{"file", "Name of a plugin, or of a file that one read.", "", {}},
                  {"sha256", "Of its bytes.", "", {}}};
  for (const auto* files : {&context.plugins, &context.files})
    for (const UsedFile& file : *files)
      used.rows.push_back({cell(std::filesystem::path(file.path).filename().string()), cell(file.sha256)});
  if (!used.rows.empty())
    out += html_table(used, {"plugins", "Plugins, and the files that they read.", {}, ""});
  Table inputs;
  inputs.columns = {{"session", "Label of the session.", "", {}},
                    {"file", "Name of the image file.", "", {}},
                    {"format", "As it was read.", "", {}},
                    {"voxel", "Size of a voxel along x, y, z.", "um", {}},
                    {"sha256", "Of the image's bytes.", "", {}}};
  for (const SessionResult& in : result.sessions) {
    const Vec3& v = in.image.voxel_um();
    inputs.rows.push_back({cell(in.session.label),
                           cell(std::filesystem::path(in.session.path).filename().string()), cell(in.format),
                           fmt::format("{} x {} x {}", shown(v.x()), shown(v.y()), shown(v.z())),
                           cell(in.sha256)});
  }
  return out + html_table(inputs, {"inputs", "The images.", {}, ""});
}

}  // namespace

std::string series_page(const SeriesResult& result, const ReportContext& context,
                        const std::vector<Event>& events, const std::vector<Dynamics>& dynamics,
                        const PageFigures& figures) {
  const std::string name = "sub-" + result.series.subject + " sample-" + result.series.sample;
  const bool several = result.sessions.size() > 1;
  std::string body = fmt::format(
      "<header><h1>{}</h1><p class=\"soft\">Dendritic spines over {} session{}{}</p></header>\n"
      "<nav aria-label=\"Sections\"><ul>{}<li><a href=\"#picture\">Picture</a></li>"
      "{}<li><a href=\"#sessions\">Sessions</a></li><li><a href=\"#spines-section\">Spines</a></li>"
      "<li><a href=\"#methods\">Methods</a></li><li><a "
      "href=\"#configuration\">Configuration</a></li></ul></nav>\n"
      "<main id=\"main\">\n",
      escaped(name), result.sessions.size(), several ? "s" : "",
      result.series.group.empty() ? "" : ", group " + escaped(result.series.group),
      several ? "<li><a href=\"#found\">What was found</a></li>" : "",
      several ? "<li><a href=\"#events-section\">Events</a></li><li><a "
                "href=\"#dendrites-section\">Dendrites</a></li>"
              : "");
  body += "<section id=\"found\"><h2>What was found</h2>\n<p>The series is " +
          escaped(series_quality_text(result)) + "</p>\n" + summary(result, context, dynamics);
  if (several) body += "<div class=\"plots\">\n" + found_plots(result, context, dynamics) + "</div>\n";
  body += "</section>\n";
  body += "<section id=\"picture\"><h2>Picture</h2>\n" +
          zoomable(figures.sessions, "picture-zoom", "All sessions side by side");
  if (!figures.straightened.empty())
    body += "<h3>Dendrites straightened</h3>\n" +
            zoomable(figures.straightened, "straightened-zoom", "Dendrites straightened");
  body += "</section>\n";
  if (several) {
    std::vector<Event> changes;
    std::vector<std::string> links;
    for (const Event& e : events)
      if (e.kind != EventKind::stable) {
        changes.push_back(e);
        links.push_back(figures.strips.empty() ? "" : "#" + strip_id(result, e));
      }
    body +=
        "<section id=\"events-section\"><h2>Events</h2>\n"
        "<div class=\"tools\"><label>Show <select class=\"filter\" aria-controls=\"events\">"
        "<option value=\"\">all</option><option>eliminated</option><option>formed</option></select></label>"
        "</div>\n" +
        html_table(events_table(result, changes),
                   {"events",
                    "Spines eliminated and formed (stable ones are in _events.tsv). The number leads to the "
                    "site's pictures.",
                    {},
                    "",
                    links});
    if (!figures.strips.empty())
      body +=
          "<h3>The site of every event in every session</h3>\n<p class=\"soft\">Above the plane of the head, "
          "below a local projection; 6 x 6 \u00b5m.</p>\n" +
          strips_section(result, figures.strips);
    body += "<h3>Rescue and clustering against chance</h3>\n" +
            html_table(rescue_sweep_table(result),
                       {"rescue", "Formed spines near the empty site of a lost one, by distance.", {}, ""}) +
            html_table(clustering_table(result, events),
                       {"clustering", "Distance to the nearest other event along the dendrite.", {}, ""}) +
            "</section>\n";
    body +=
        "<section id=\"dendrites-section\"><h2>Dendrites</h2>\n" +
        html_plot(density_points(result, events),
                  {"density", "density-points",
                   "Spines per um along each dendrite, session by session (Gaussian of 3 um); marks at the "
                   "foot are spines lost (triangles) and formed (circles)."}) +
        html_table(dynamics_table(result, dynamics, context.config),
                   {"dynamics", "One dendrite over one interval, and all together.", {}, "all"}) +
        html_table(dendrites_table(result), {"dendrites", "One dendrite in one session.", {}, ""}) +
        "</section>\n";
  }
  body += "<section id=\"sessions\"><h2>Sessions</h2>\n" +
          html_plot(quality_points(result),
                    {"quality", "quality", "Quality of each session and of its registration.", false}) +
          "</section>\n";
  body += "<section id=\"spines-section\"><h2>Spines</h2>\n" + boutons_table(result, events) +
          "<div class=\"tools\"><label>Show <input class=\"filter\" type=\"search\" aria-controls=\"spines\" "
          "placeholder=\"a session, a state, a class\"></label></div>\n" +
          html_table(spines_table(result),
                     {"spines",
                      "One spine in one session.",
                      {"spine_id", "session", "state", "x_um", "y_um", "z_um", "dendrite_id", "arc_um",
                       "side", "length_um", "head_diameter_um", "brightness", "class", "snr", "p_present"},
                      ""}) +
          "</section>\n";
  body += fmt::format(
      "<section id=\"methods\"><h2>Methods</h2>\n<blockquote id=\"methods-text\">{}</blockquote>\n"
      "<div class=\"tools\"><button type=\"button\" "
      "data-copy=\"methods-text\">Copy</button></div></section>\n",
      escaped(methods_text(result, context)));
  body += "<section id=\"configuration\"><h2>Configuration and inputs</h2>\n" +
          settings_section(result, context) + "</section>\n</main>\n";
  return html_page(name + " - spinechron", body);
}

}  // namespace spinechron::report
