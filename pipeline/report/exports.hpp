#pragma once
// The spines of one session as other programs take them, over the session's own image.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "io/swc.hpp"
#include "report/rates.hpp"

namespace spinechron::report {

/// What is to be said of a spine in one session, for a label: "present", "absent" or "not_assessable", with
/// "formed" (or "rescued") if the interval before ends so, and "eliminated" if the one behind (of a present
/// spine) or before (of an absent one) is a loss. Colours as in the figure.
struct SpineMark {
  std::string text;  ///< "present", "present formed", "present formed eliminated", "absent eliminated", ...
  std::uint32_t rgb = 0;
};
SpineMark mark_of(const SeriesResult& result, const std::vector<Event>& events, size_t track, size_t session);

/// An ImageJ ROI set (.zip): an oval of the head's diameter for every spine, in its slice, named
/// "0007 present formed", coloured by event: red eliminated, blue formed, yellow rescued, green stable, grey
/// absent without an event, white not assessable. Spines without a place in the session are left out.
std::string roi_set(const SeriesResult& result, const std::vector<Event>& events, size_t session);

/// napari's points CSV: `index`, the head in voxels as `axis-0` (slice), `axis-1` (row), `axis-2` (column),
/// then what napari takes as properties. Spines without a place in the session are left out.
std::string points_csv(const SeriesResult& result, const std::vector<Event>& events, size_t session);

/// Spines present in the session, for a tracing (see to_swc).
std::vector<SwcSpine> swc_spines(const SeriesResult& result, size_t session);

}  // namespace spinechron::report
