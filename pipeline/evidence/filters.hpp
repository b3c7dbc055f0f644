#pragma once
// One-dimensional tools on profiles along a dendrite: smoothing, medians, dynamic programming.

#include <cstddef>
#include <vector>

namespace spinechron {

using Profile = std::vector<double>;

/// Gaussian smoothing with standard deviation `sigma` in samples; ends repeat. sigma <= 0 returns the input.
Profile smooth(const Profile& values, double sigma);

/// Running median over an odd window of `width` samples; ends repeat.
Profile median_filter(const Profile& values, int width);

/// Linear interpolation of `values` at a fractional index, clamped to the ends. `values` must not be empty.
double interpolate(const Profile& values, double index);

/// Fills NaN by linear interpolation between neighbours; ends repeat. All NaN: unchanged.
void fill_gaps(Profile& values);

/// Quantile q of the finite values in `scratch` (reordered), linear between order statistics; NaN if there
/// are none.
float quantile(std::vector<float>& scratch, double q);

/// Best path through score[row][state] (higher is better) with a penalty of `stiffness` * step^2 for a change
/// of state by `step`, |step| <= max_step, between rows (Viterbi). Returns one state a row.
std::vector<int> best_path(const std::vector<std::vector<float>>& score, double stiffness, int max_step);

}  // namespace spinechron
