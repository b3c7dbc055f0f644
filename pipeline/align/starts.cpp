#include "align/starts.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace spinechron {

Starts::Starts(const std::vector<const Stack*>& stacks, double max_rotation_deg)
    : n_(stacks.size()), views_(n_), fits_(n_ * n_) {
  tbb::parallel_for(size_t{0}, n_, [&](size_t s) { views_[s] = project_for_registration(stacks[s]->image); });
  tbb::parallel_for(size_t{0}, n_ * n_, [&](size_t i) {
    const size_t a = i / n_, b = i % n_;
    // The images say from which of the two to which, not their places in time; of equal ones either serves.
    if (!(std::tie(views_[a].pixels, a) < std::tie(views_[b].pixels, b))) return;
    CoarseFit& there = fits_[a * n_ + b];
    there = coarse_registration(views_[a], views_[b], max_rotation_deg);
    fits_[b * n_ + a] = {there.session_from_reference.inverse(), there.correlation};
  });
}

std::vector<size_t> Starts::order(const std::vector<Tracing>& tracings) const {
  std::vector<std::pair<double, double>> rank(n_);  // resemblance, length traced
  std::vector<size_t> out;
  for (size_t a = 0; a < n_; ++a) {
    if (tracings[a].empty()) continue;
    out.push_back(a);
    std::vector<double> alike;
    for (size_t b = 0; b < n_; ++b)
      if (a != b) alike.push_back(fit(a, b).correlation);
    std::sort(alike.begin(), alike.end());  // the last bits of the sum must not depend on the order either
    rank[a].first = std::accumulate(alike.begin(), alike.end(), 0.0);
    for (const Dendrite& d : tracings[a]) rank[a].second += length_um(d.centreline);
  }
  std::stable_sort(out.begin(), out.end(), [&](size_t a, size_t b) { return rank[a] > rank[b]; });
  return out;
}

}  // namespace spinechron
