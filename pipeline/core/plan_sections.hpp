#pragma once
// The sections of a configuration that belong to no stage: how sessions are put in order, and how results are
// counted and drawn. `config` fills them; `graph` and `report` read them.

#include <string>
#include <vector>

namespace spinechron {

/// [series]
struct SeriesConfig {
  /// Order of session labels where the input itself gives no times; labels not named here come after them in
  /// natural order.
  std::vector<std::string> sessions = {"baseline", "stress", "ketamine"};
  std::string channel;  ///< channel to read, by name or number from 0; empty: the only one, or the first
};

/// [report], and `rescue_um` of [match].
struct ReportConfig {
  /// What elimination and formation are divided by: spines present at the "previous" session, at the
  /// "baseline" (first) one, at the "current" (later) one of the interval, or um of dendrite ("per_um").
  std::string denominator = "previous";
  double confidence = 0.95;  ///< of the intervals, 0 to 1
  /// A formed spine this near (um along the dendrite, same side) to one lost in an earlier interval is
  /// rescued.
  double rescue_um = 1.0;
  int figure_dpi = 300;          ///< of the PNG figure
  double figure_width_mm = 180;  ///< of the figure as printed
  double scale_bar_um = 5.0;     ///< length of the figure's scale bar
  bool label_stacks = true;      ///< write the label stack of every session
};

}  // namespace spinechron
