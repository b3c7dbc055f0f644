#pragma once
// What a report needs to know beside the result: the configuration in effect, and the report's own settings.

#include <string>
#include <vector>

#include "core/params.hpp"

namespace spinechron::report {

/// The settings of the configuration's `[report]` section.
struct ReportConfig {
  /// What elimination and formation are divided by in dynamics.tsv: "previous" (spines present at the
  /// session before), "baseline" (at the first session), "current" (at the later session), "per_um" (length
  /// of dendrite that both sessions show). `_rates.tsv` has all four.
  std::string denominator = "previous";
  double confidence = 0.95;      ///< level of every interval
  int figure_dpi = 300;          ///< of the PNG figure; the other drawings have half of it
  double figure_width_mm = 180;  ///< of the figures as printed
  double scale_bar_um = 5;       ///< length of the figures' scale bar
  bool label_stacks = true;      ///< write the label stack of every session
  bool strips = true;            ///< draw the strip of every event and the straightened dendrites

  /// Bound to this object.
  Params params();
};

/// One key of the configuration in effect.
struct Setting {
  std::string section;  ///< "align"
  std::string key;      ///< "step_um"
  std::string value;    ///< as text that reads back exactly
  std::string unit;     ///< "um", "1", ""
  std::string meaning;  ///< one sentence
};

/// A file beside the images that the results depend on.
struct UsedFile {
  std::string path;
  std::string sha256;  ///< of its bytes
};

/// The configuration in effect, the same for every series of a run.
struct ReportContext {
  std::vector<Setting> settings;  ///< in a fixed order
  std::string configuration_sha256;
  std::vector<UsedFile> plugins;  ///< the libraries loaded, by path
  std::vector<UsedFile>
      files;  ///< that settings of plugins name: networks and what stands beside them; by path
  ReportConfig config;
  double rescue_um = 1.0;  ///< `match.rescue_um`: how near a formed spine must be to a lost one's site
};

}  // namespace spinechron::report
