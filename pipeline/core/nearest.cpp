#include "core/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spinechron {
namespace {

// Optimal string alignment distance: a swap of neighbours counts as one change.
size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = i + j;
        continue;
      }
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string did_you_mean(const std::string& name, const std::vector<std::string>& names) {
  if (name.size() > 200) return {};
  size_t least = std::max<size_t>(1, name.size() / 3) + 1;
  std::string best;
  for (const std::string& n : names) {
    if (const size_t d = distance(name, n); d < least) {
      least = d;
      best = n;
    }
  }
  return best.empty() ? "" : fmt::format(" (did you mean '{}'?)", best);
}

}  // namespace spinechron
