#include "report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "report/embedded.hpp"
#include "report/scene.hpp"

namespace spinechron::report {
namespace {

bool is_number(const std::string& text, double& value) {
  const auto r = std::from_chars(text.data(), text.data() + text.size(), value);
  return r.ec == std::errc() && r.ptr == text.data() + text.size();
}

// Cells that stand out, by what they say.
const char* class_of(const std::string& text) {
  static const std::map<std::string, const char*> classes = {{"usable", "good"},
                                                             {"usable with care", "care"},
                                                             {"not usable", "bad"},
                                                             {"eliminated", "eliminated"},
                                                             {"formed", "formed"}};
  constexpr size_t kLong = 50;
  const auto at = classes.find(text);
  return at != classes.end() ? at->second : text.size() > kLong ? "wrap" : "";
}

std::string html_cell(const std::string& text, bool number) {
  double value = 0;
  if (number && text == "n/a") return "<td class=\"n\">n/a</td>";
  if (!number || !is_number(text, value)) {
    const std::string name = class_of(text);
    return fmt::format("<td{}>{}</td>", name.empty() ? "" : " class=\"" + name + "\"", escaped(text));
  }
  const std::string brief = shown(value);
  if (brief == text) return fmt::format("<td class=\"n\">{}</td>", text);
  return fmt::format("<td class=\"n\" data-value=\"{}\">{}</td>", text, brief);
}

}  // namespace

std::string shown(double number) {
  if (!std::isfinite(number)) return "n/a";
  if (number == std::round(number) && std::abs(number) < 1e9) return fmt::format("{:.0f}", number);
  return fmt::format("{:.4g}", number);
}

std::string percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.1f}%", 100 * share) : "n/a";
}

std::string html_table(const Table& table, const HtmlTable& how) {
  std::vector<size_t> columns;
  if (how.columns.empty())
    for (size_t i = 0; i < table.columns.size(); ++i) columns.push_back(i);
  for (const std::string& name : how.columns)
    if (const auto i = table.find(name)) columns.push_back(*i);
  std::string out = fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table class=\"sortable\" "
      "id=\"{1}\"><caption>{0}</caption>\n<thead><tr>",
      escaped(how.caption), how.id);
  std::vector<bool> numbers(table.columns.size(), false);
  for (size_t i : columns) {
    bool some = false, all = true;
    for (const auto& row : table.rows) {
      double unused = 0;
      const bool number = is_number(row[i], unused);
      some = some || number;
      all = all && (number || row[i] == "n/a");
    }
    numbers[i] = some && all;
  }
  for (size_t i : columns) {
    const bool number = numbers[i];
    const Column& c = table.columns[i];
    const std::string unit = c.units.empty() || c.units == "1" ? "" : " (" + c.units + ")";
    out += fmt::format("<th scope=\"col\"{} title=\"{}\">{}</th>", number ? " class=\"n\"" : "",
                       escaped(c.description + unit), escaped(c.name));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    out += !how.strong_cell.empty() && row.front() == how.strong_cell ? "<tr class=\"all\">" : "<tr>";
    for (size_t i : columns)
      if (i == columns.front() && r < how.links.size() && !how.links[r].empty())
        out += fmt::format("<td{}><a href=\"{}\">{}</a></td>", numbers[i] ? " class=\"n\"" : "",
                           escaped(how.links[r]), escaped(row[i]));
      else
        out += html_cell(row[i], numbers[i]);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string html_plot(const Table& table, const HtmlPlot& how) {
  if (table.rows.empty()) return "";
  return fmt::format(
      "<figure class=\"plot\" data-plot=\"{}\" data-table=\"{}\"><figcaption>{}</figcaption>\n"
      "<details{}><summary>The numbers</summary>\n{}</details></figure>\n",
      how.kind, how.id, escaped(how.caption), how.folded ? "" : " open",
      html_table(table, {how.id, how.caption, {}, "all"}));
}

std::string html_page(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
      "'unsafe-inline'; script-src 'unsafe-inline'\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#main\">Skip to the "
      "results</a>\n{}\n<script>\n{}</script>\n</body>\n</html>\n",
      escaped(title), embedded::page_css, body, embedded::page_js);
}

}  // namespace spinechron::report
