#pragma once
// The five steps as interfaces. A stage is configured through its Params, then only its const `run` is
// called, from any number of threads at once: all state is passed in or local. Errors are thrown as
// spinechron::Error.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/dendrite.hpp"
#include "core/error.hpp"
#include "core/image.hpp"
#include "core/noise.hpp"
#include "core/params.hpp"
#include "core/series.hpp"
#include "core/spine.hpp"

namespace spinechron {

enum class StageKind { denoise, segment, detect, align, match };
const char* to_text(StageKind kind);
/// In the order in which data pass through them.
inline constexpr StageKind kStageKinds[] = {StageKind::denoise, StageKind::segment, StageKind::align,
                                            StageKind::detect, StageKind::match};

/// What a running stage may ask for.
struct Context {
  const std::atomic<bool>* cancelled = nullptr;
  std::uint64_t seed = 1;  ///< the same for the same input: results do not depend on the clock or on threads

  /// To be called now and then in long loops; throws Cancelled.
  void check_cancelled() const {
    if (cancelled && cancelled->load(std::memory_order_relaxed)) throw Cancelled();
  }
};

/// A session's image with what is known about it: what all steps behind `denoise` see.
struct Stack {
  Image image;  ///< photons above the offset (may be negative by noise)
  NoiseModel noise;
  Optics optics;
  double motion_um = 0;  ///< r.m.s. lateral shift between neighbouring slices that was undone
};

class Stage {
 public:
  virtual ~Stage() = default;
  /// Bound to this object; call before `run`, never during it.
  virtual Params params() = 0;
};

/// One filter of the `denoise` chain. The noise model is fitted before the first one.
class Denoiser : public Stage {
 public:
  virtual Stack run(Stack stack, const Context& context) const = 0;
};

class Segmenter : public Stage {
 public:
  virtual Tracing run(const Stack& stack, const Context& context) const = 0;
};

/// Brings all sessions of a series into one frame: `stacks[i]` with `tracings[i]`; a session that cannot be
/// used gives a Frame that says so. Never throws for one bad session among good ones.
class Aligner : public Stage {
 public:
  virtual std::vector<Frame> run(const std::vector<const Stack*>& stacks,
                                 const std::vector<Tracing>& tracings, const Context& context) const = 0;
};

/// Candidates beside the dendrites of `frame` in one session.
class Detector : public Stage {
 public:
  virtual std::vector<Candidate> run(const Stack& stack, const Frame& frame,
                                     const Context& context) const = 0;
};

/// Joint verdicts over all sessions.
class Matcher : public Stage {
 public:
  virtual std::vector<Track> run(const std::vector<const Stack*>& stacks, const std::vector<Frame>& frames,
                                 const std::vector<std::vector<Candidate>>& candidates,
                                 const Context& context) const = 0;
};

}  // namespace spinechron
