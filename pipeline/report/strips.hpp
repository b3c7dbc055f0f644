#pragma once
// Close views: the site of every event in all sessions, and the dendrites straightened.

#include <optional>
#include <vector>

#include "core/result.hpp"
#include "report/context.hpp"
#include "report/rates.hpp"
#include "report/scene.hpp"

namespace spinechron::report {

/// The colour of an event's kind in writing on white.
const char* lost_or_formed_ink(EventKind kind);

/// The site of an event in every session (columns): the plane of the head, and below it the maximum over
/// 1.5 um above and below, 6 x 6 um, with the head's place and `p_present`. Each session's grey runs from the
/// window's darker fifth to its brightest fiftieth, the same for both rows.
Scene event_strip(const SeriesResult& result, const Event& event);

/// The strips of all events that are not stable, on one sheet; none if there are no such events.
std::optional<Scene> montage(const SeriesResult& result, const std::vector<Event>& events,
                             const ReportConfig& config);

/// Every dendrite straightened: along it from left to right (um of the reference), 4 um to both sides
/// (its left side on top), maximum over 2 um above and below; one row a session, corresponding places below
/// each other, events marked as in the figure. None if there is no dendrite.
std::optional<Scene> straightened(const SeriesResult& result, const std::vector<Event>& events,
                                  const ReportConfig& config);

}  // namespace spinechron::report
