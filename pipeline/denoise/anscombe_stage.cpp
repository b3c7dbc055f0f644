#include "denoise/anscombe_stage.hpp"

#include "denoise/anscombe.hpp"

namespace spinechron {
namespace {

class AnscombeStage : public Denoiser {
 public:
  Params params() override {
    Params p;
    p.number("strength", config_.strength, {0, 10}, "1",
             "Noise variance is taken as so many times what is measured; 0 leaves the image as it is.");
    p.integer("scales", config_.scales, {1, 5}, "1",
              "Scales that are cleaned, each twice as coarse as the one before, from one voxel up.");
    return p;
  }

  Stack run(Stack stack, const Context& context) const override {
    smooth_stabilised(stack.image, stack.noise.read_sigma / stack.noise.gain, config_, context);
    return stack;
  }

 private:
  AnscombeConfig config_;
};

}  // namespace

std::unique_ptr<Denoiser> make_anscombe_stage() {
  return std::make_unique<AnscombeStage>();
}

}  // namespace spinechron
