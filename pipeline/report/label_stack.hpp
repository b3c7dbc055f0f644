#pragma once
// The spines of one session as a stack of labels.

#include "core/result.hpp"
#include "io/labels.hpp"

namespace spinechron::report {

/// Every spine that is present in the session, painted with its spine_id: the head as a ball of its diameter
/// (at least the voxel it lies in), and a neck from the base to the head. A voxel that two heads claim
/// belongs to the nearer one; heads go over necks. Size and voxel are the session's own image's.
SparseLabels label_stack(const SeriesResult& result, size_t session);

}  // namespace spinechron::report
