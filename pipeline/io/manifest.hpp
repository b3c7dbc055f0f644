#pragma once
// A manifest: a table of images, one row a session.

#include <string>

#include "io/bids.hpp"
#include "io/table.hpp"

namespace spinechron::io_detail {

/// Series in the order of first mention, sessions in the order of the rows; ordering is for the caller.
/// `folder` is what relative paths start from. UsageError as `find_series`.
InputSet series_of_manifest(const TableReader& table, const std::string& manifest,
                            const FindOptions& options);

/// The columns a manifest must have.
const std::vector<std::string>& manifest_columns();

/// Adds a session to its series, which is made if need be; a second one of the same label is its problem.
void add_session(InputSet& set, const std::string& subject, const std::string& sample, Session session,
                 const std::string& problem);

/// Notes a problem; the first one counts.
void set_problem(FoundSeries& found, const std::string& problem);

}  // namespace spinechron::io_detail
