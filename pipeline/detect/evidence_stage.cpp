#include "detect/evidence_stage.hpp"

#include <algorithm>
#include <cmath>

#include "detect/peaks.hpp"
#include "evidence/measure.hpp"

namespace spinechron {
namespace {

// How much a peak looks like a spine, as log odds: bright over the shaft and over the noise, ending outward
// and leading nowhere, no wider than a head and no shorter in depth, beside the shaft but not on its flank.
// All are ratios or lengths of anatomy. A brighter head nearby makes a peak look less like one of its own,
// which is made good; what lies beside another dendrite may be that one's. The weights are the mean of two
// logistic fits on annotated tissue and phantoms, chosen by what each scores where it is left out.
double log_odds(const Peak& p, const Optics& optics) {
  // A wide PSF spreads a small head's light along the dendrite, where a shaft loses none: the excess and its
  // snr shrink, both by the root of the ratio of variances. That is undone.
  constexpr double kUsualPsfUm = 0.20, kSmallHeadUm = 0.15;  // standard deviations
  const auto variance = [](double psf_um) { return kSmallHeadUm * kSmallHeadUm + psf_um * psf_um; };
  const double strength = std::log(std::clamp(p.excess * p.snr, 0.05, 20.0)) +
                          std::log(variance(optics.lateral_sigma_um) / variance(kUsualPsfUm));
  const double weak =
      std::max(0.0, 2.0 - std::log(p.snr));  // below 7 standard deviations noise makes peaks as well
  constexpr double kFlankUm = 0.2;           // how far the edge's own misplacement reaches
  return -1.4 + 1.2 * strength - 6.8 * weak + 6.0 * std::clamp(p.fall, 0.0, 1.0) -
         8.1 * std::sqrt(std::clamp(p.exit, 0.0, 1.0)) - 3.1 * p.site.out_um -
         4.5 * std::exp(-p.site.out_um / kFlankUm) - 0.57 * std::abs(p.site.depth_um) -
         1.05 * p.width_um / optics.lateral_sigma_um + 0.53 * p.height_um / optics.axial_sigma_um +
         6.2 * p.compact - 5.7 * std::sqrt(p.unseen) - 0.62 * p.brighter_um;
}

double probability(const Peak& p, const Optics& optics) {
  return 1 / (1 + std::exp(-log_odds(p, optics)));
}

class EvidenceStage : public Detector {
 public:
  Params params() override { return {}; }

  std::vector<Candidate> run(const Stack& stack, const Frame& frame, const Context& context) const override {
    Frame measured;
    const Frame* f = &frame;
    if (frame.evidence.empty()) {
      measured = frame;
      measure_evidence(stack, measured);
      f = &measured;
    }
    std::vector<Candidate> out;
    const double blur_um = blur_of_evidence(stack.optics).lateral_sigma_um;
    const Vec3 last = stack.image.extent_um(), voxel = stack.image.voxel_um();
    for (size_t d = 0; d < f->dendrites.size(); ++d) {
      context.check_cancelled();
      const Evidence& evidence = *f->evidence[d];
      for (const Peak& peak : find_peaks(evidence, blur_um, 3.0, 0.12, 2.4, 2.4)) {
        const Reading there = evidence.read(peak.head, 0, 0, 0);
        if (!there.valid()) continue;
        const Vec3 head = evidence.position(there.site);
        if (head.x() < 0.5 || head.y() < 0.5 || head.x() > last.x() - 0.5 || head.y() > last.y() - 0.5 ||
            head.z() < 0.9 * voxel.z() || head.z() > last.z() - voxel.z())
          continue;
        Candidate c;
        c.dendrite_id = f->dendrites[d].id;
        c.arc_um = there.site.arc_um;
        c.side = there.site.side;
        c.measures = measure_spine(evidence, stack.optics, there.site, there.excess, there.snr());
        c.measures.runs_on = peak.exit;
        c.p = probability(peak, stack.optics);
        out.push_back(c);
      }
    }
    return out;
  }
};

}  // namespace

std::unique_ptr<Detector> make_evidence_stage() {
  return std::make_unique<EvidenceStage>();
}

}  // namespace spinechron
