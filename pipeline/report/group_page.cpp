#include "report/group_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/version.hpp"
#include "report/html.hpp"

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

}  // namespace

std::string group_page(const GroupPage& page, const fs::path& out_dir, double confidence) {
  std::string body = fmt::format(
      "<header><h1>Dendritic spines over time</h1><p class=\"soft\">{} series; spinechron {} (commit {})</p>"
      "</header>\n<nav aria-label=\"Sections\"><ul><li><a href=\"#list\">Series</a></li>"
      "<li><a href=\"#groups\">Groups</a></li><li><a href=\"#comparisons-section\">Comparisons</a></li>"
      "<li><a href=\"#power-section\">Animals needed</a></li></ul></nav>\n<main id=\"main\">\n",
      page.series.size(), escaped(build_info().version), escaped(build_info().commit));
  body += "<section id=\"list\"><h2>Series</h2>\n" + series_list(page, out_dir) + "</section>\n";
  body += "<section id=\"groups\"><h2>Groups</h2>\n<div class=\"plots\">\n";
  for (const char* measure : {"elimination", "formation", "density"})
    if (const auto plot = animals_plot(page.statistics, measure))
      body += fmt::format("<figure>{}</figure>\n", to_svg(*plot, std::string("plot-") + measure));
  body += fmt::format(
      "</div>\n<p class=\"soft\">Points are animals; bars the mean over animals with its {}% interval "
      "(bootstrap of whole animals).</p>\n",
      shown(100 * confidence));
  body += html_table(page.estimates, {"estimates", "Every group, interval and measure.", {}, ""}) +
          "</section>\n";
  body +=
      "<section id=\"comparisons-section\"><h2>Comparisons</h2>\n<p>Whole animals are permuted; p_holm is "
      "adjusted for all comparisons of the table. Where groups differ before any treatment, read the change "
      "between groups.</p>\n" +
      html_table(page.comparisons, {"comparisons", "Comparisons with the animal as unit.", {}, ""});
  if (page.behaviour)
    body += "<h3>Formation and behaviour</h3>\n" +
            html_table(*page.behaviour, {"behaviour", "Formation of each animal against its score.", {}, ""});
  body += "</section>\n<section id=\"power-section\"><h2>Animals needed</h2>\n" +
          html_table(page.power, {"power", "Animals a group needs to find a difference of rates.", {}, ""}) +
          "</section>\n</main>\n";
  return html_page("Dendritic spines over time - spinechron", body);
}

}  // namespace spinechron::report
