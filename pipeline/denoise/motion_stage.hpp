#pragma once
// Motion correction within a stack as a filter of the denoise chain.

#include "core/stage.hpp"
#include "denoise/motion.hpp"

namespace spinechron {

/// Stage "motion": measures how slices lie beside their neighbours and undoes it where it is well above its
/// own error; otherwise the image stays as it is, voxel for voxel. Reports `Stack::motion_um`.
class MotionStage : public Denoiser {
 public:
  Params params() override;
  Stack run(Stack stack, const Context& context) const override;

 private:
  MotionConfig config_;
};

}  // namespace spinechron
