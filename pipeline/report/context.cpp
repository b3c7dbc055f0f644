#include "report/context.hpp"

namespace spinechron::report {

Params ReportConfig::params() {
  Params p;
  p.choice(
      "denominator", denominator, {"previous", "baseline", "current", "per_um"},
      "what elimination and formation are divided by: the spines present at the session before, at the first "
      "session, at the later session, or the length of dendrite that both sessions show");
  p.number("confidence", confidence, {0.5, 0.999}, "1", "level of every confidence interval");
  p.integer("figure_dpi", figure_dpi, {72, 1200}, "1/inch",
            "resolution of the PNG figure; the straightened dendrites and the montage have half of it, but "
            "not less than 150");
  p.number("figure_width_mm", figure_width_mm, {60, 1000}, "mm", "width of the figures as printed");
  p.number("scale_bar_um", scale_bar_um, {0.1, 1000}, "um", "length of the figures' scale bar");
  p.flag("label_stacks", label_stacks, "write a label stack (voxel = spine_id) for every session");
  p.flag("strips", strips, "draw the strip of every event and the straightened dendrites");
  return p;
}

}  // namespace spinechron::report
