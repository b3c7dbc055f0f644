#include "graph/quality.hpp"

#include <algorithm>
#include <cmath>

#include "denoise/quality.hpp"

namespace spinechron {
namespace {

// Beyond these a careful person would look at the pictures before trusting the numbers.
constexpr double kPoorOverlap = 0.7;
constexpr double kPoorRegistration_um = 0.4;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Quality assess_session(const Stack& stack, const Tracing& tracing, const Frame& frame) {
  Quality quality = assess_stack(stack, tracing);
  if (!frame.usable) {
    quality.verdict = "not usable";
    quality.overlap = 0;
    quality.reasons.insert(
        quality.reasons.begin(),
        frame.reason.empty() ? "It could not be brought into the frame of the series." : frame.reason);
    return quality;
  }
  std::vector<double> errors;
  size_t shown = 0, all = 0;
  for (size_t d = 0; d < frame.arc_from_reference.size(); ++d) {
    const std::vector<double>& arcs = frame.arc_from_reference[d];
    all += arcs.size();
    for (size_t i = 0; i < arcs.size(); ++i) {
      if (!std::isfinite(arcs[i])) continue;
      ++shown;
      if (d < frame.error_um.size() && i < frame.error_um[d].size() && std::isfinite(frame.error_um[d][i]))
        errors.push_back(frame.error_um[d][i]);
    }
  }
  const Vec3 centre = stack.image.extent_um() / 2;
  quality.shift_um = (frame.reference_from_session(centre) - centre).norm();
  quality.overlap = all ? static_cast<double>(shown) / static_cast<double>(all) : 0;
  quality.registration_error_um = median(std::move(errors));
  const auto care = [&](bool poor, std::string reason) {
    if (!poor) return;
    if (quality.verdict == "usable") quality.verdict = "usable with care";
    quality.reasons.push_back(std::move(reason));
  };
  care(quality.overlap < kPoorOverlap,
       fmt::format("Only {:.0f}% of the reference's dendrites lie in its field.", 100 * quality.overlap));
  care(quality.registration_error_um > kPoorRegistration_um,
       fmt::format("Its shafts meet the reference's only within {:.2f} um.", quality.registration_error_um));
  return quality;
}

}  // namespace spinechron
