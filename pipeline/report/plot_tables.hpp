#pragma once
// The tables that the plots of a series' page are drawn from. They stand in the page beneath their plot.

#include "core/result.hpp"
#include "report/context.hpp"
#include "report/rates.hpp"
#include "report/table.hpp"

namespace spinechron::report {

/// Share of the spines of the first usable session that are still there, by session: of every dendrite
/// (`kind` part) and over all (`kind` all) with its exact interval. Sessions before the first usable one have
/// no row.
Table survival_points(const SeriesResult& result, const std::vector<Dynamics>& dynamics, double confidence);

/// Elimination and formation of every dendrite and of all over every interval, under the configured
/// denominator.
Table rate_points(const SeriesResult& result, const std::vector<Dynamics>& dynamics,
                  const ReportConfig& config);

/// How many spines have each fate, the most frequent first.
Table fate_counts(const SeriesResult& result);

/// Spines per um along every dendrite in every session: each spine spread by a Gaussian of 3 um along the
/// reference's arc, divided by the same spread of the length whose axis the session shows (so that ends and
/// gaps do not look empty); nothing within reach of a gap only. Below them (`kind` eliminated, formed) the
/// events.
Table density_points(const SeriesResult& result, const std::vector<Event>& events);

/// Quality of a session and of its registration, with what is to be said of it in plain words.
std::vector<Column> quality_columns();
std::vector<std::string> quality_row(const SessionResult& session);
Table quality_points(const SeriesResult& result);

}  // namespace spinechron::report
