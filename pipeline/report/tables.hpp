#pragma once
// The tables of one series. Columns and their order are the program's interface; see the sidecars.

#include "core/result.hpp"
#include "report/context.hpp"
#include "report/rates.hpp"
#include "report/table.hpp"

namespace spinechron::report {

/// One spine in one session; every spine has a row in every session. In the order of spine, then session.
Table spines_table(const SeriesResult& result);

/// One spine over one interval; in the order of spine, then interval.
Table events_table(const SeriesResult& result, const std::vector<Event>& events);

/// One dendrite over one interval, then `all`; rates under the configured denominator.
Table dynamics_table(const SeriesResult& result, const std::vector<Dynamics>& dynamics,
                     const ReportConfig& config);

/// One dendrite in one session.
Table dendrites_table(const SeriesResult& result);

/// One rate (elimination or formation) of one dendrite, or `all`, over one interval under one denominator,
/// with exact and credible intervals and per 24 h.
Table rates_table(const SeriesResult& result, const std::vector<Dynamics>& dynamics,
                  const ReportConfig& config);

/// One spine's fate over all sessions.
Table fates_table(const SeriesResult& result, const std::vector<Event>& events);

}  // namespace spinechron::report
