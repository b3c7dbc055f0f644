#pragma once
// Optimal one-to-one assignment.

#include <Eigen/Core>
#include <utility>
#include <vector>

namespace spinechron {

/// Pairs (row, column) of the cheapest assignment of min(rows, columns) pairs; shortest augmenting paths
/// (Kuhn-Munkres as Jonker and Volgenant do it), O(n^3). Costs must be finite.
std::vector<std::pair<size_t, size_t>> cheapest_assignment(const Eigen::MatrixXd& cost);

}  // namespace spinechron
