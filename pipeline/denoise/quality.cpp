#include "denoise/quality.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spinechron {
namespace {

constexpr double kHazeFrom_um = 1.6;  // beside a shaft's edge: beyond most spines
constexpr size_t kStep = 4;           // points of the centreline
constexpr double kNoSnr = 2, kPoorSnr = 6, kFewPhotons = 1.5;
constexpr double kSaturated = 0.02, kSpoiled = 0.20;  // of the voxels along the shafts
constexpr double kCoarseVoxel = 1.25;                 // voxels to the lateral sigma
constexpr double kBlunt_um = 0.38, kLong_um = 1.6;
constexpr double kMuchMotion_um = 0.3, kMuchClipping = 0.4;

double median(std::vector<double> v) {
  if (v.empty()) return 0;
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  return *middle;
}

// Voxels that a smoothing to the point spread function averages over, in independent ones.
double independent_voxels(const Stack& stack) {
  const Vec3& voxel = stack.image.voxel_um();
  const double sigma = stack.optics.lateral_sigma_um;
  const double voxels = std::max(1.0, 4 * std::numbers::pi * sigma * sigma / (voxel.x() * voxel.y()));
  const double runs = (1 + 2 * stack.noise.row_correlation) * (1 + 2 * stack.noise.column_correlation);
  return std::max(1.0, voxels / runs);
}

}  // namespace

Quality assess_stack(const Stack& stack, const Tracing& tracing) {
  Quality q;
  q.motion_um = stack.motion_um;
  q.saturated_fraction = stack.noise.saturated_fraction;
  const double read = stack.noise.read_sigma / stack.noise.gain, averaged = independent_voxels(stack);
  float brightest = 0;  // asked for in saturated stacks only
  if (stack.noise.saturated_fraction > 0)
    for (size_t i = 0; i < stack.image.size().count(); ++i)
      brightest = std::max(brightest, stack.image.data()[i]);

  std::vector<double> photons, snr;
  size_t saturated = 0;
  for (const Dendrite& d : tracing)
    for (size_t i = kStep; i + kStep < d.centreline.size(); i += kStep) {
      const Vec3 here = d.centreline[i], along = d.centreline[i + kStep] - d.centreline[i - kStep];
      const Vec3 aside = Vec3(-along.y(), along.x(), 0).normalized();
      const double radius = i < d.radius_um.size() ? d.radius_um[i] : 0.4;
      const double shaft = stack.image.sample(here);
      if (!std::isfinite(shaft)) continue;
      photons.push_back(shaft);
      saturated += stack.noise.saturated_fraction > 0 && shaft >= 0.98 * brightest;
      double haze = 0, sides = 0;
      for (double side : {-1.0, 1.0})
        if (const double v = stack.image.sample(here + side * (radius + kHazeFrom_um) * aside);
            std::isfinite(v)) {
          haze += v;
          ++sides;
        }
      if (sides == 0) continue;
      haze /= sides;
      const double noise = std::sqrt((std::max(haze, 0.0) + read * read) / averaged);
      if (noise > 0) snr.push_back((shaft - haze) / noise);
    }
  q.photons = median(photons);
  q.snr = median(snr);

  bool lost = false;
  const auto reason = [&](bool poor, std::string sentence) {
    if (poor) q.reasons.push_back(std::move(sentence));
    return poor;
  };
  lost |= reason(tracing.empty(), "No dendrite was found in it.");
  if (!tracing.empty()) {
    lost |= reason(q.snr < kNoSnr,
                   fmt::format("Its shafts do not stand out: {:.1f} times the noise beside them.", q.snr));
    reason(
        q.snr >= kNoSnr && q.snr < kPoorSnr,
        fmt::format("Its shafts are dim: {:.1f} times the noise beside them, so small spines drown.", q.snr));
    reason(q.photons < kFewPhotons,
           fmt::format("Few photons reach it: {:.1f} a voxel along the shafts.", q.photons));
  }
  const double share =
      photons.empty() ? 0.0 : static_cast<double>(saturated) / static_cast<double>(photons.size());
  lost |= reason(share > kSpoiled,
                 fmt::format("{:.0f} % of the voxels along its shafts are saturated: lower the gain or the "
                             "laser power.",
                             100 * share));
  reason(share > kSaturated && share <= kSpoiled,
         fmt::format("{:.0f} % of the voxels along its shafts are saturated, so brightness there is too low.",
                     100 * share));
  const double voxel_um = std::max(stack.image.voxel_um().x(), stack.image.voxel_um().y());
  reason(
      voxel_um > kCoarseVoxel * stack.optics.lateral_sigma_um,
      fmt::format("Its voxels of {:.2f} um are too coarse for optics of {:.2f} um: spines fall between them.",
                  voxel_um, stack.optics.lateral_sigma_um));
  reason(stack.optics.lateral_sigma_um > kBlunt_um || stack.optics.axial_sigma_um > kLong_um,
         fmt::format("It is blurred: the finest things are {:.2f} um wide and {:.1f} um deep (sigma).",
                     stack.optics.lateral_sigma_um, stack.optics.axial_sigma_um));
  reason(stack.motion_um > kMuchMotion_um,
         fmt::format("Its slices moved by {:.2f} um (r.m.s.) against their neighbours.", stack.motion_um));
  reason(stack.noise.clipped_fraction > kMuchClipping,
         fmt::format("{:.0f} % of its voxels are clipped at the lowest count: raise the detector's offset.",
                     100 * stack.noise.clipped_fraction));
  q.verdict = lost ? "not usable" : q.reasons.empty() ? "usable" : "usable with care";
  return q;
}

}  // namespace spinechron
