#pragma once
// The picture: all sessions side by side in the reference frame, with the lost and the new spines marked.

#include <vector>

#include "core/result.hpp"
#include "report/context.hpp"
#include "report/grey.hpp"
#include "report/rates.hpp"
#include "report/scene.hpp"

namespace spinechron::report {

/// How far above and below the nearest dendrite the figure projects, um: a spine's depth range and little of
/// what crosses above or below.
inline constexpr double kSlab_um = 2.5;

inline constexpr const char* kEliminatedColour = "#ff3b30";
inline constexpr const char* kFormedColour = "#2f9bff";
inline constexpr const char* kRescuedColour = "#ffd60a";

/// One panel a session, in the order of time. Marks, each once for its event:
/// - a filled red arrow points at an eliminated spine in the last session that shows it, and a thin red cross
///   marks the empty site in the session after;
/// - a blue arrow with an open head points at a formed spine in the first session that shows it;
/// - a yellow ring surrounds a formed spine that is rescued.
/// The number at an arrow's tail is the spine_id. Panels stand in one row, wide ones below each other. The
/// drawing is `config.figure_width_mm` wide.
Scene figure(const SeriesResult& result, const std::vector<Event>& events, const ReportConfig& config);

}  // namespace spinechron::report
