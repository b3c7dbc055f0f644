#include "report/write_series.hpp"

#include "io/files.hpp"
#include "report/figure.hpp"
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

  const Scene picture = figure(result, all_events, context.config);
  write_file(file("_figure.svg").string(), to_svg(picture));
  write_file(file("_figure.png").string(), to_png(picture, context.config.figure_dpi));
}

}  // namespace spinechron::report
