#pragma once
// failures.tsv: every series without a result, with the reason.

#include <string>
#include <vector>

#include "graph/batch.hpp"
#include "graph/store.hpp"

namespace spinechron {

/// Writes OUT/failures.tsv (and its sidecar), in the order of the series' names. Several processes may do so
/// at once, each for its own series.
/// @param failures  of this call
/// @param handled   stems of all series that this call was about: rows of these that the file has from
///                  before are dropped, rows of others are kept
/// @param whole     this call was about the whole input: rows of others are dropped too
void write_failures(const ResultStore& store, const std::vector<Failure>& failures,
                    const std::vector<std::string>& handled, bool whole);

/// The rows of OUT/failures.tsv; none if there is no such file. Error naming the line that is wrong.
std::vector<Failure> read_failures(const std::string& out);

}  // namespace spinechron
