#pragma once
// The page of one series: a single file that opens anywhere, without a network.

#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "report/context.hpp"
#include "report/rates.hpp"
#include "report/strips.hpp"

namespace spinechron::report {

/// What the page shows beside the numbers, as SVG.
struct PageFigures {
  std::string sessions;      ///< see figure()
  std::string straightened;  ///< see straightened(); empty: none
  std::vector<EventStrip> strips;
};

/// The page as HTML. It holds nothing that changes from run to run (no times, no absolute paths).
std::string series_page(const SeriesResult& result, const ReportContext& context,
                        const std::vector<Event>& events, const std::vector<Dynamics>& dynamics,
                        const PageFigures& figures);

}  // namespace spinechron::report
