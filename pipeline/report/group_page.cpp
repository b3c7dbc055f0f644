#include "report/group_page.hpp"

#include <fmt/format.h>

#include "core/version.hpp"
#include "report/html.hpp"
#include "report/scene.hpp"
#include "report/study_plots.hpp"

namespace spinechron::report {
namespace fs = std::filesystem;

namespace {

std::string series_list(const GroupPage& page, const fs::path& out_dir) {
  std::string out =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Series\"><table class=\"sortable\" "
      "id=\"series\"><caption>All series; every name leads to its own page.</caption><thead><tr>"
      "<th scope=\"col\">series</th><th scope=\"col\">group</th><th scope=\"col\">interval</th>"
      "<th scope=\"col\" class=\"n\">spines before</th><th scope=\"col\" class=\"n\">eliminated</th>"
      "<th scope=\"col\" class=\"n\">formed</th><th scope=\"col\" class=\"n\">rescued</th>"
      "<th scope=\"col\" class=\"n\">by chance</th><th scope=\"col\" class=\"n\">not assessable</th>"
      "</tr></thead><tbody>\n";
  const Table& d = page.dynamics;
  const auto number = [&](const std::vector<std::string>& row, const char* name) {
    const std::string& text = row[*d.find(name)];
    return fmt::format("<td class=\"n\">{}</td>", text == "n/a" ? text : shown(std::stod(text)));
  };
  for (const SeriesOnDisk& s : page.series) {
    const std::string link =
        fmt::format("<a href=\"{}\">{}</a>",
                    escaped(fs::relative(s.file("_report.html"), out_dir).generic_string()), escaped(s.stem));
    const std::string group = escaped(s.group.empty() ? "n/a" : s.group);
    bool any = false;
    for (const auto& row : d.rows) {
      if (row[0] != "sub-" + s.subject || row[1] != "sample-" + s.sample || row[3] != "all") continue;
      any = true;
      out += fmt::format("<tr><td>{}</td><td>{}</td><td>{} to {}</td>", link, group,
                         escaped(row[*d.find("session_from")]), escaped(row[*d.find("session_to")]));
      for (const char* name :
           {"n_from", "n_eliminated", "n_formed", "n_rescued", "n_rescued_by_chance", "n_not_assessable"})
        out += number(row, name);
      out += "</tr>\n";
    }
    if (!any)
      out += fmt::format("<tr><td>{}</td><td>{}</td><td>a single session</td>{}</tr>\n", link, group,
                         "<td></td><td></td><td></td><td></td><td></td><td></td>");
  }
  return out + "</tbody></table></div>\n";
}

std::string groups_section(const GroupPage& page, const std::string& level) {
  std::string plots;
  for (const char* measure : {"elimination", "formation", "density"}) {
    const Table points = animal_points(page.statistics, measure);
    if (points.rows.empty()) continue;
    const bool density = std::string(measure) == "density";
    plots += html_plot(
        points, {"animals", fmt::format("{}-points", measure),
                 fmt::format("{}: points, animals; bar, the mean over animals with its {}% bootstrap "
                             "interval.",
                             density ? "Density by session" : fmt::format("Rate of {} by interval", measure),
                             level)});
  }
  const Table survival = study_survival(page.spines, page.record.times, page.confidence);
  if (!survival.rows.empty())
    plots += html_plot(survival, {"survival", "survival-points",
                                  fmt::format("Survival of the spines of the first session (one that comes "
                                              "back counts again): thin, animals; bold, "
                                              "the mean over animals with its {}% bootstrap interval.",
                                              level)});
  const Table fates = study_fates(page.spines);
  if (!fates.rows.empty())
    plots += html_plot(fates, {"fates", "fates",
                               "Fates over all sessions, one letter a session: 1 present, 0 absent, ? not "
                               "assessable."});
  return "<section id=\"groups\"><h2>Groups</h2>\n<div class=\"plots\">\n" + plots + "</div>\n" +
         html_table(page.estimates, {"estimates", "Every group, interval and measure.", {}, ""}) +
         "</section>\n";
}

// The table, or a sentence where it would be empty.
std::string table_or(const Table& table, const HtmlTable& how, const std::string& otherwise) {
  return table.rows.empty() ? "<p>" + otherwise + "</p>\n" : html_table(table, how);
}

std::string comparisons_section(const GroupPage& page) {
  std::string out =
      "<section id=\"comparisons-section\"><h2>Comparisons</h2>\n<p>The animal is the unit: whole animals "
      "are "
      "permuted. Where groups differ before any treatment, read the change between groups.</p>\n" +
      table_or(page.comparisons, {"comparisons", "Comparisons with the animal as unit.", {}, ""},
               "There is nothing to compare: that takes two groups or two intervals, and several animals.");
  if (page.behaviour)
    out += "<h3>Formation and behaviour</h3>\n" +
           html_table(*page.behaviour, {"behaviour", "Formation of each animal against its score.", {}, ""});
  return out + "</section>\n<section id=\"power-section\"><h2>Animals needed</h2>\n" +
         table_or(page.power, {"power", "Animals a group needs to find a difference of rates.", {}, ""},
                  "There are too few animals to say.") +
         "</section>\n";
}

std::string quality_section(const GroupPage& page) {
  std::string out = "<section id=\"quality-section\"><h2>Quality</h2>\n";
  if (!page.failures.empty()) {
    Table t;
    t.columns = {{"series", "Animal and field.", "", {}},
                 {"step", "Where it stopped.", "", {}},
                 {"reason", "What is wrong, and what mends it.", "", {}}};
    t.rows = page.failures;
    out += html_table(t, {"failures", "Series without a result.", {}, ""});
  }
  if (!page.record.quality.rows.empty())
    out += html_plot(page.record.quality,
                     {"quality", "quality", "Quality of each session and of its registration.", false});
  return out + "</section>\n";
}

std::string configuration_section(const GroupPage& page) {
  const StudyRecord& record = page.record;
  return fmt::format(
      "<section id=\"methods\"><h2>Methods</h2>\n<blockquote id=\"methods-text\">{}</blockquote>\n"
      "<div class=\"tools\"><button type=\"button\" "
      "data-copy=\"methods-text\">Copy</button></div></section>\n"
      "<section id=\"configuration\"><h2>Configuration and inputs</h2>\n{}{}{}{}</section>\n",
      escaped(study_methods_text(record.facts, page.statistics, page.confidence)),
      record.one_configuration
          ? ""
          : "<p><strong>The series were not all made with the same configuration and program:</strong> the "
            "Methods "
            "paragraph and the parameters are those of the first one. Run all again with --force.</p>\n",
      html_table(record.programs, {"programs", "The program and the configuration of every series.", {}, ""}),
      html_table(record.settings, {"settings", "The configuration in effect.", {}, ""}),
      html_table(record.inputs, {"inputs", "The images.", {}, ""}));
}

}  // namespace

std::string group_page(const GroupPage& page, const fs::path& out_dir) {
  const BuildInfo& build = build_info();
  std::string body = fmt::format(
      "<header><h1>Dendritic spines over time</h1><p class=\"soft\">{} series{}; spinechron {} (commit "
      "{})</p>"
      "</header>\n<nav aria-label=\"Sections\"><ul><li><a href=\"#list\">Series</a></li>"
      "<li><a href=\"#groups\">Groups</a></li><li><a href=\"#comparisons-section\">Comparisons</a></li>"
      "<li><a href=\"#power-section\">Animals needed</a></li><li><a "
      "href=\"#quality-section\">Quality</a></li>"
      "<li><a href=\"#methods\">Methods</a></li><li><a "
      "href=\"#configuration\">Configuration</a></li></ul></nav>\n"
      "<main id=\"main\">\n",
      page.series.size(), page.failures.empty() ? "" : fmt::format(", {} more failed", page.failures.size()),
      escaped(build.version), escaped(build.commit));
  body += "<section id=\"list\"><h2>Series</h2>\n" + series_list(page, out_dir) + "</section>\n";
  body += groups_section(page, shown(100 * page.confidence));
  body += comparisons_section(page) + quality_section(page) + configuration_section(page) + "</main>\n";
  return html_page("Dendritic spines over time - spinechron", body);
}

}  // namespace spinechron::report
