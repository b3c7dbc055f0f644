#include "detect/evidence_stage.hpp"

#include <algorithm>

#include "detect/peaks.hpp"

namespace spinechron {
namespace {

double probability(const Peak& p) {
  if (p.fall < 0.55 || p.prominence < 0.72 || p.excess > 3.5) return 0.1;
  if (!((p.snr >= 6 && p.excess >= 0.2) || (p.snr >= 14 && p.excess >= 0.1))) return 0.1;
  if (p.site.out_um < 0.24 && p.excess < 0.6) return 0.1;
  return 0.9;
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
    const Vec3 last = stack.image.extent_um(), voxel = stack.image.voxel_um();
    for (size_t d = 0; d < f->dendrites.size(); ++d) {
      context.check_cancelled();
      const Evidence& evidence = *f->evidence[d];
      for (const Peak& peak : find_peaks(evidence, 3.0, 0.12, 2.16, 2.3)) {
        const Vec3 head = evidence.position(peak.site);
        if (head.x() < 0.5 || head.y() < 0.5 || head.x() > last.x() - 0.5 || head.y() > last.y() - 0.5 ||
            head.z() < 0.9 * voxel.z() || head.z() > last.z() - voxel.z())
          continue;
        Candidate c;
        c.dendrite_id = f->dendrites[d].id;
        c.arc_um = peak.site.arc_um;
        c.side = peak.site.side;
        c.measures.head_um = head;
        Site base = peak.site;
        base.out_um = 0;
        base.depth_um = 0;
        c.measures.base_um = evidence.position(base);
        c.measures.brightness = peak.excess;
        c.measures.snr = peak.snr;
        c.p = probability(peak);
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
