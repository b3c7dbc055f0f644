#include "graph/quality.hpp"

#include <algorithm>
#include <cmath>

namespace spinechron {
namespace {

// Below these a careful person would look at the pictures before trusting the numbers.
constexpr double kPoorSnr = 4;
constexpr double kPoorOverlap = 0.7;
constexpr double kPoorRegistration_um = 0.4;
constexpr double kMuchMotion_um = 0.5;
constexpr double kMuchSaturation = 0.01;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

Quality assess_quality(const Stack& stack, const Frame& frame) {
  Quality quality;
  quality.motion_um = stack.motion_um;
  quality.saturated_fraction = stack.noise.saturated_fraction;

  std::vector<double> snr, photons, errors;
  size_t shown = 0, all = 0;
  for (size_t d = 0; d < frame.dendrites.size(); ++d) {
    const Dendrite& dendrite = frame.dendrites[d];
    if (dendrite.snr > 0) snr.push_back(dendrite.snr);
    for (const Vec3& point : dendrite.centreline)
      if (const float value = stack.image.sample(point); std::isfinite(value)) photons.push_back(value);
    if (d >= frame.arc_from_reference.size()) continue;
    all += frame.arc_from_reference[d].size();
    for (size_t i = 0; i < frame.arc_from_reference[d].size(); ++i) {
      if (!std::isfinite(frame.arc_from_reference[d][i])) continue;
      ++shown;
      if (d < frame.error_um.size() && i < frame.error_um[d].size() && std::isfinite(frame.error_um[d][i]))
        errors.push_back(frame.error_um[d][i]);
    }
  }
  quality.snr = median(snr);
  quality.photons = median(photons);
  quality.registration_error_um = median(errors);
  quality.overlap = all ? static_cast<double>(shown) / static_cast<double>(all) : 0;
  const Vec3 centre = stack.image.empty() ? Vec3::Zero().eval() : (stack.image.extent_um() / 2).eval();
  quality.shift_um = (frame.reference_from_session(centre) - centre).norm();

  if (!frame.usable) {
    quality.verdict = "not usable";
    quality.overlap = 0;
    quality.reasons.push_back(frame.reason.empty() ? "It could not be brought into the frame of the series."
                                                   : frame.reason);
    return quality;
  }
  const auto care = [&](bool poor, std::string reason) {
    if (!poor) return;
    quality.verdict = "usable with care";
    quality.reasons.push_back(std::move(reason));
  };
  care(quality.snr > 0 && quality.snr < kPoorSnr,
       fmt::format("The shafts stand only {:.1f} times above the noise beside them.", quality.snr));
  care(quality.overlap < kPoorOverlap,
       fmt::format("Only {:.0f}% of the reference's dendrites lie in its field.", 100 * quality.overlap));
  care(quality.registration_error_um > kPoorRegistration_um,
       fmt::format("Its shafts meet the reference's only within {:.2f} um.", quality.registration_error_um));
  care(quality.motion_um > kMuchMotion_um,
       fmt::format("The slices moved by {:.2f} um (r.m.s.) against their neighbours.", quality.motion_um));
  care(quality.saturated_fraction > kMuchSaturation,
       fmt::format("{:.1f}% of its voxels are saturated.", 100 * quality.saturated_fraction));
  return quality;
}

}  // namespace spinechron
