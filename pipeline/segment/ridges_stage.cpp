#include "segment/ridges_stage.hpp"

#include "segment/trace.hpp"

namespace spinechron {
namespace {

class RidgesStage : public Segmenter {
 public:
  Params params() override {
    Params p;
    p.number("threshold_noise", config_.threshold_noise, {1, 100}, "1",
             "A dendrite's ridge must be this many times stronger than the field's median ridge.");
    p.number("threshold_field", config_.threshold_field, {0.01, 1}, "1",
             "A dendrite's ridge must reach this share of the field's strongest ridges.");
    p.number("min_length_um", config_.min_length_um, {1, 100}, "um",
             "Shorter curves that stand alone are not dendrites.");
    p.number("min_branch_um", config_.min_branch_um, {1, 100}, "um", "Shorter side branches are spines.");
    p.number("max_gap_um", config_.max_gap_um, {0, 30}, "um",
             "Dim stretches up to this length are bridged along the ridge.");
    p.number("largest_radius_um", config_.largest_radius_um, {0.5, 4}, "um",
             "Radius of the thickest trunk whose axis is sought.");
    return p;
  }
  Tracing run(const Stack& stack, const Context& context) const override {
    return trace(stack, config_, context);
  }

 private:
  TraceConfig config_;
};

}  // namespace

std::unique_ptr<Segmenter> make_ridges_stage() {
  return std::make_unique<RidgesStage>();
}

}  // namespace spinechron
