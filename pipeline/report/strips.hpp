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

/// The site of one event in every session.
struct EventStrip {
  const Event* event;
  Scene scene;
};

/// For every event that is not stable, in the order of interval, then spine: the site in every session
/// (columns): the plane of the head, and below it the maximum over 1.5 um above and below, 6 x 6 um, with the
/// head's place and `p_present`. Each session's grey runs from the window's darker fifth to its brightest
/// fiftieth, the same for both rows. The strips are as wide as lets a whole number of them fill the figures'
/// width. `events` must outlive them.
std::vector<EventStrip> event_strips(const SeriesResult& result, const std::vector<Event>& events,
                                     const ReportConfig& config);

/// The strips on one sheet; none if there are no strips.
std::optional<Scene> montage(const SeriesResult& result, const std::vector<EventStrip>& strips,
                             const ReportConfig& config);

/// Every dendrite straightened: along it from left to right (um of the reference), 4 um to both sides
/// (its left side on top), maximum over 2 um above and below; one row a session, corresponding places below
/// each other, events marked as in the figure. None if there is no dendrite.
std::optional<Scene> straightened(const SeriesResult& result, const std::vector<Event>& events,
                                  const ReportConfig& config);

}  // namespace spinechron::report
