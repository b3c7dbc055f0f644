#include "phantom/assignment.hpp"

#include <limits>

namespace spinechron {

std::vector<std::pair<size_t, size_t>> cheapest_assignment(const Eigen::MatrixXd& cost) {
  if (cost.rows() > cost.cols()) {
    auto pairs = cheapest_assignment(cost.transpose());
    for (auto& p : pairs) std::swap(p.first, p.second);
    return pairs;
  }
  const auto n = size_t(cost.rows()), m = size_t(cost.cols());
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  // Row and column 0 are sentinels: row_of[j] is the row that holds column j.
  std::vector<double> u(n + 1, 0), v(m + 1, 0);
  std::vector<size_t> row_of(m + 1, 0), way(m + 1, 0);
  for (size_t i = 1; i <= n; ++i) {
    row_of[0] = i;
    size_t j0 = 0;
    std::vector<double> least(m + 1, kInfinity);
    std::vector<char> used(m + 1, 0);
    do {
      used[j0] = 1;
      const size_t i0 = row_of[j0];
      double delta = kInfinity;
      size_t j1 = 0;
      for (size_t j = 1; j <= m; ++j) {
        if (used[j]) continue;
        const double reduced = cost(long(i0) - 1, long(j) - 1) - u[i0] - v[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          way[j] = j0;
        }
        if (least[j] < delta) {
          delta = least[j];
          j1 = j;
        }
      }
      for (size_t j = 0; j <= m; ++j) {
        if (used[j]) {
          u[row_of[j]] += delta;
          v[j] -= delta;
        } else {
          least[j] -= delta;
        }
      }
      j0 = j1;
    } while (row_of[j0] != 0);
    for (; j0 != 0; j0 = way[j0]) row_of[j0] = row_of[way[j0]];
  }
  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t j = 1; j <= m; ++j)
    if (row_of[j] != 0) pairs.emplace_back(row_of[j] - 1, j - 1);
  return pairs;
}

}  // namespace spinechron
