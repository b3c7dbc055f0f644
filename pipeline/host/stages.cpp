#include "host/stages.hpp"

#include <limits>

#include "host/accept.hpp"
#include "host/parameters.hpp"
#include "host/views.hpp"

namespace spinechron::host {
namespace {

class PluginDenoiser final : public Denoiser, public PluginStage {
 public:
  using PluginStage::PluginStage;
  Params params() override { return bound_params(); }
  Stack run(Stack stack, const Context& context) const override {
    // Not a number: what the plugin does not write is found.
    Image out(stack.image.size(), stack.image.voxel_um(), std::numeric_limits<float>::quiet_NaN());
    const sc_stack in = view_of(stack);
    sc_denoised result{};
    result.size = sizeof(result);
    result.samples = out.data();
    result.gain = in.gain;
    result.offset = in.offset;
    result.read_sigma = in.read_sigma;
    result.row_correlation = in.row_correlation;
    result.column_correlation = in.column_correlation;
    result.clipped_fraction = in.clipped_fraction;
    result.saturated_fraction = in.saturated_fraction;
    result.lateral_sigma_um = in.lateral_sigma_um;
    result.axial_sigma_um = in.axial_sigma_um;
    result.motion_um = in.motion_um;
    call(context, {}, [&](const sc_host* h, void* self) { return c().denoise(self, h, &in, &result); });
    return checked([&] { return accept_denoised(result, std::move(out)); });
  }
};

class PluginSegmenter final : public Segmenter, public PluginStage {
 public:
  using PluginStage::PluginStage;
  Params params() override { return bound_params(); }
  Tracing run(const Stack& stack, const Context& context) const override {
    Tracing tracing;
    std::vector<std::vector<double>> arcs;
    const sc_stack in = view_of(stack);
    Sinks sinks;
    sinks.dendrite = [&](const sc_dendrite& d) {
      tracing.push_back(accept_dendrite(d, stack.image, tracing, arcs));
    };
    call(context, sinks, [&](const sc_host* h, void* self) { return c().segment(self, h, &in); });
    return tracing;
  }
};

class PluginAligner final : public Aligner, public PluginStage {
 public:
  using PluginStage::PluginStage;
  Params params() override { return bound_params(); }
  std::vector<Frame> run(const std::vector<const Stack*>& stacks, const std::vector<Tracing>& tracings,
                         const Context& context) const override {
    std::vector<Frame> frames;
    size_t first = stacks.size();  // the first usable frame
    Sinks sinks;
    sinks.frame = [&](const sc_frame& f) {
      if (frames.size() == stacks.size())
        throw Error("it handed in a frame more than there are sessions ({})", stacks.size());
      frames.push_back(
          accept_frame(f, stacks[frames.size()]->image, first < frames.size() ? &frames[first] : nullptr));
      if (frames.back().usable && first == stacks.size()) first = frames.size() - 1;
    };
    const Views<StackView, sc_stack> images(stacks);
    const Views<TracingView, sc_tracing> traces(tracings);
    call(context, sinks, [&](const sc_host* h, void* self) {
      return c().align(self, h, stacks.size(), images.data(), traces.data());
    });
    return checked([&] {
      if (frames.size() != stacks.size())
        throw Error("it handed in {} frames for {} sessions; there must be one for each", frames.size(),
                    stacks.size());
      return std::move(frames);
    });
  }
};

class PluginDetector final : public Detector, public PluginStage {
 public:
  using PluginStage::PluginStage;
  Params params() override { return bound_params(); }
  std::vector<Candidate> run(const Stack& stack, const Frame& frame, const Context& context) const override {
    std::vector<Candidate> candidates;
    const sc_stack in = view_of(stack);
    const FrameView where(frame);
    Sinks sinks;
    sinks.candidate = [&](const sc_candidate& s) {
      candidates.push_back(accept_candidate(s, stack.image, frame));
    };
    call(context, sinks, [&](const sc_host* h, void* self) { return c().detect(self, h, &in, where.get()); });
    return candidates;
  }
};

class PluginMatcher final : public Matcher, public PluginStage {
 public:
  using PluginStage::PluginStage;
  Params params() override { return bound_params(); }
  std::vector<Track> run(const std::vector<const Stack*>& stacks, const std::vector<Frame>& frames,
                         const std::vector<std::vector<Candidate>>& candidates,
                         const Context& context) const override {
    std::vector<Track> tracks;
    Sinks sinks;
    sinks.track = [&](const sc_track& t) { tracks.push_back(accept_track(t, tracks.size(), frames)); };
    const Views<StackView, sc_stack> images(stacks);
    const Views<FrameView, sc_frame> where(frames);
    const Views<CandidatesView, sc_candidates> found(candidates);
    call(context, sinks, [&](const sc_host* h, void* self) {
      return c().match(self, h, stacks.size(), images.data(), where.data(), found.data());
    });
    return tracks;
  }
};

}  // namespace

PluginStage::PluginStage(std::shared_ptr<const Library> library, const sc_stage& stage, Log log)
    : library_(std::move(library)), stage_(&stage), log_(std::move(log)), values_(defaults_of(stage)) {}

PluginStage::~PluginStage() {
  if (!made_ || !stage_->destroy) return;
  std::unique_lock lock(library_->one_at_a_time(), std::defer_lock);
  if (!(stage_->flags & SC_STAGE_REENTRANT)) lock.lock();
  try {
    stage_->destroy(instance_);
  } catch (...) {  // what it let out came too late to matter
  }
}

std::string PluginStage::who() const {
  return fmt::format("{}, {} stage '{}'", library_->name(), kind_name(stage_->kind), stage_->name);
}

Params PluginStage::bound_params() {
  return params_of(*stage_, values_);
}

void PluginStage::prepare() const {
  const Context context;
  std::unique_lock lock(library_->one_at_a_time(), std::defer_lock);
  if (!(stage_->flags & SC_STAGE_REENTRANT)) lock.lock();
  instance(context);
}

void* PluginStage::instance(const Context& context) const {
  const std::lock_guard lock(making_);
  if (!made_ && stage_->create) {
    const CValues values(values_);
    Call call(who(), context, {}, log_);
    call.run([&] { return stage_->create(call.table(), values.data(), &instance_); });
  }
  made_ = true;
  return instance_;
}

void PluginStage::call(const Context& context, Sinks sinks,
                       const std::function<int32_t(const sc_host*, void*)>& function) const {
  std::unique_lock lock(library_->one_at_a_time(), std::defer_lock);
  if (!(stage_->flags & SC_STAGE_REENTRANT)) lock.lock();
  context.check_cancelled();  // it may have waited long
  void* const self = instance(context);
  Call call(who(), context, std::move(sinks), log_);
  call.run([&] { return function(call.table(), self); });
}

std::unique_ptr<Stage> make_stage(std::shared_ptr<const Library> library, const sc_stage& stage, Log log) {
  switch (kind_of(stage.kind)) {
    case StageKind::denoise:
      return std::make_unique<PluginDenoiser>(std::move(library), stage, std::move(log));
    case StageKind::segment:
      return std::make_unique<PluginSegmenter>(std::move(library), stage, std::move(log));
    case StageKind::align:
      return std::make_unique<PluginAligner>(std::move(library), stage, std::move(log));
    case StageKind::detect:
      return std::make_unique<PluginDetector>(std::move(library), stage, std::move(log));
    case StageKind::match:
      break;
  }
  return std::make_unique<PluginMatcher>(std::move(library), stage, std::move(log));
}

std::vector<StageEntry> entries_of(const std::shared_ptr<const Library>& library, const Log& log) {
  std::vector<StageEntry> entries;
  for (const sc_stage* stage : stages_of(library->plugin()))
    entries.push_back({kind_of(stage->kind), stage->name, stage->meaning, library->file(),
                       [library, stage, log] { return make_stage(library, *stage, log); }});
  return entries;
}

}  // namespace spinechron::host
