#include "report/write_series.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>

#include <algorithm>

#include "io/files.hpp"
#include "io/swc.hpp"
#include "report/exports.hpp"
#include "report/figure.hpp"
#include "report/label_stack.hpp"
#include "report/page.hpp"
#include "report/spatial.hpp"
#include "report/strips.hpp"
#include "report/tables.hpp"

namespace spinechron::report {
namespace fs = std::filesystem;

fs::path series_file(const fs::path& out_dir, const Series& series, const std::string& ending) {
  return out_dir / ("sub-" + series.subject) / "micr" / (series.stem() + ending);
}

void write_series(const SeriesResult& result, const ReportContext& context, const fs::path& out_dir) {
  const auto file = [&](const std::string& ending) { return series_file(out_dir, result.series, ending); };
  const std::vector<Event> all_events = events(result, context.rescue_um);
  const std::vector<Dynamics> all_dynamics = dynamics(result, all_events, context.rescue_um);

  spines_table(result).write(file("_spines.tsv"));
  events_table(result, all_events).write(file("_events.tsv"));
  dynamics_table(result, all_dynamics, context.config).write(file("_dynamics.tsv"));
  dendrites_table(result).write(file("_dendrites.tsv"));
  rates_table(result, all_dynamics, context.config).write(file("_rates.tsv"));
  fates_table(result, all_events).write(file("_fates.tsv"));
  rescue_sweep_table(result).write(file("_rescue.tsv"));
  clustering_table(result, all_events).write(file("_clustering.tsv"));

  const auto write_session = [&](size_t s) {
    const SessionResult& in = result.sessions[s];
    if (!in.frame.usable) return;
    const auto session_file = [&](const std::string& ending) {
      return (out_dir / ("sub-" + result.series.subject) / ("ses-" + in.session.label) / "micr" /
              fmt::format("sub-{}_ses-{}_sample-{}{}", result.series.subject, in.session.label,
                          result.series.sample, ending))
          .string();
    };
    write_swc(session_file("_dendrites.swc"), in.frame.dendrites);
    write_file(session_file("_desc-spines_dendrites.swc"), to_swc(in.frame.dendrites, swc_spines(result, s)));
    write_file(session_file("_desc-spines_rois.zip"), roi_set(result, all_events, s));
    write_file(session_file("_desc-spines_points.csv"), points_csv(result, all_events, s));
    if (context.config.label_stacks)
      write_labels(session_file("_desc-spines_dseg.ome.tif"), label_stack(result, s));
  };

  PageFigures figures;
  const auto write_scene = [&](const Scene& scene, const std::string& name, double dpi) {
    std::string svg = to_svg(scene, name);
    write_file(file("_" + name + ".svg").string(), svg);
    write_file(file("_" + name + ".png").string(), to_png(scene, dpi));
    return svg;
  };
  const double dpi = context.config.figure_dpi;
  // What the sheets show is drawn large: with 150 dpi still two pixels a sample, and letters can be read.
  const double sheet_dpi = std::max(dpi / 2, std::min(dpi, 150.0));
  tbb::parallel_invoke(
      [&] { tbb::parallel_for(size_t{0}, result.sessions.size(), write_session); },
      [&] { figures.sessions = write_scene(figure(result, all_events, context.config), "figure", dpi); },
      [&] {
        if (!context.config.strips) return;
        if (const auto scene = straightened(result, all_events, context.config))
          figures.straightened = write_scene(*scene, "straightened", sheet_dpi);
      },
      [&] {
        if (!context.config.strips) return;
        figures.strips = event_strips(result, all_events, context.config);
        if (const auto sheet = montage(result, figures.strips, context.config))
          write_scene(*sheet, "montage", sheet_dpi);
      });
  write_file(file("_report.html").string(), series_page(result, context, all_events, all_dynamics, figures));
}

}  // namespace spinechron::report
