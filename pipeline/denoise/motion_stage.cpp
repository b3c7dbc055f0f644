#include "denoise/motion_stage.hpp"

#include "denoise/motion.hpp"

namespace spinechron {
namespace {

class MotionStage : public Denoiser {
 public:
  Params params() override {
    Params p;
    p.number("smooth_um", config_.smooth_um, {1, 50}, "um",
             "Sideways movement slower than this along z is kept, since oblique dendrites look like it.");
    p.number("most_um", config_.most_um, {0.1, 10}, "um",
             "Largest sideways movement from one slice to the next that is looked for.");
    p.number("significance", config_.significance, {0, 100}, "1",
             "Jitter is undone when all slices together show it with so many standard errors.");
    p.number("least_um", config_.least_um, {0, 10}, "um",
             "Root mean square movement below which the image is left untouched.");
    return p;
  }

  Stack run(Stack stack, const Context& context) const override {
    const Motion motion = measure_motion(stack.image, config_, context);
    if (!motion.significant) return stack;
    undo_motion(stack.image, motion.shift_um, context);
    stack.motion_um = motion.rms_um;
    return stack;
  }

 private:
  MotionConfig config_;
};

}  // namespace

std::unique_ptr<Denoiser> make_motion_stage() {
  return std::make_unique<MotionStage>();
}

}  // namespace spinechron
