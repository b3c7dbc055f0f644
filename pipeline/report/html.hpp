#pragma once
// Small pieces of a page.

#include <string>
#include <vector>

#include "report/table.hpp"

namespace spinechron::report {

/// A whole page that needs nothing else: style and script inside. `body` is HTML, `title` plain text.
std::string html_page(const std::string& title, const std::string& body);

/// How a table is shown.
struct HtmlTable {
  std::string id;
  std::string caption;                  ///< plain text
  std::vector<std::string> columns;     ///< to show, by name; empty: all
  std::string strong_cell;              ///< a row whose first cell is this stands out
  std::vector<std::string> links = {};  ///< where each row's first cell leads (an address); empty: nowhere
};

/// A plot of web/plots.js with the table it is drawn from beneath it; nothing if the table is empty.
struct HtmlPlot {
  std::string kind;     ///< "survival", "series-rates", "animals", "fates", "density", "quality"
  std::string id;       ///< of the table
  std::string caption;  ///< plain text, a full sentence
  bool folded = true;   ///< whether the table is hidden until asked for
};
std::string html_plot(const Table& table, const HtmlPlot& how);

/// A table that can be sorted. Verdicts and events have their colours. Numbers are shown with four digits,
/// and carry their exact value for sorting. The columns' descriptions show on hovering.
std::string html_table(const Table& table, const HtmlTable& how);

/// A number for people: four digits at most, "n/a" for NaN.
std::string shown(double number);
/// "12.3%" or "n/a".
std::string percent(double share);

}  // namespace spinechron::report
