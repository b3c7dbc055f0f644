#include "denoise/motion_stage.hpp"

#include <algorithm>
#include <cmath>

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
             "Movement is undone when it is so many times its own standard error.");
    p.number("least_um", config_.least_um, {0, 10}, "um",
             "Root mean square movement below which the image is left untouched.");
    return p;
  }

  Stack run(Stack stack, const Context& context) const override {
    const Motion motion = measure_motion(stack.image, config_, context);
    if (!motion.significant) return stack;
    undo_motion(stack.image, motion.shift_um, context);
    const double without_error = motion.rms_um * motion.rms_um - motion.error_um * motion.error_um;
    stack.motion_um = std::sqrt(std::max(without_error, 0.0));
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
