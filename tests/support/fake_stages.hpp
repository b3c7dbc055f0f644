#pragma once
// Stages that do almost nothing, for tests of what carries them: the image's first voxel says what happens.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "core/stage.hpp"

namespace spinechron::test {

/// Adds one photon to every voxel.
class FakeDenoiser : public Denoiser {
 public:
  Params params() override { return {}; }
  Stack run(Stack stack, const Context&) const override {
    for (size_t i = 0; i < stack.image.size().count(); ++i) stack.image.data()[i] += 1;
    return stack;
  }
};

/// One straight dendrite along x; none in an image whose first voxel is 0.
class FakeSegmenter : public Segmenter {
 public:
  std::function<void(const Stack&, const Context&)> before = [](const Stack&, const Context&) {};
  Params params() override { return {}; }
  Tracing run(const Stack& stack, const Context& context) const override {
    before(stack, context);
    if (stack.image.at(0, 0, 0) == 0) return {};
    Dendrite dendrite;
    dendrite.id = 1;
    for (int i = 0; i < 20; ++i) dendrite.centreline.push_back({0.1 * i, 0.2, 0});
    dendrite.radius_um.assign(dendrite.centreline.size(), 0.4);
    dendrite.snr = 12;
    return {dendrite};
  }
};

/// Every session is already in the reference frame; one without a tracing is not usable.
class FakeAligner : public Aligner {
 public:
  Params params() override { return {}; }
  std::vector<Frame> run(const std::vector<const Stack*>& stacks, const std::vector<Tracing>& tracings,
                         const Context&) const override {
    std::vector<Frame> frames(stacks.size());
    for (size_t i = 0; i < stacks.size(); ++i) {
      frames[i].usable = !tracings[i].empty();
      if (!frames[i].usable) frames[i].reason = "No dendrite was found in it.";
      frames[i].dendrites = tracings[i];
      frames[i].arc_step_um = 0.1;
      for (const Dendrite& dendrite : tracings[i]) {
        frames[i].arc_from_reference.push_back(arcs_um(dendrite.centreline));
        frames[i].error_um.emplace_back(dendrite.centreline.size(), 0.05);
      }
    }
    return frames;
  }
};

/// One candidate a dendrite whose head is as bright as the image's first voxel.
class FakeDetector : public Detector {
 public:
  Params params() override { return {}; }
  std::vector<Candidate> run(const Stack& stack, const Frame& frame, const Context&) const override {
    std::vector<Candidate> out;
    for (const Dendrite& dendrite : frame.dendrites) {
      Candidate c;
      c.dendrite_id = dendrite.id;
      c.arc_um = 1;
      c.measures.head_um = {1, 1, 0};
      c.measures.base_um = {1, 0.6, 0};
      c.measures.brightness = stack.image.at(0, 0, 0);
      c.p = 0.9;
      out.push_back(c);
    }
    return out;
  }
};

/// The first session's candidates as tracks, present in every usable session.
class FakeMatcher : public Matcher {
 public:
  Params params() override { return {}; }
  std::vector<Track> run(const std::vector<const Stack*>& stacks, const std::vector<Frame>& frames,
                         const std::vector<std::vector<Candidate>>& candidates,
                         const Context& context) const override {
    Track track;
    track.spine_id = 1;
    track.dendrite_id = 1;
    track.arc_um = 1 + static_cast<double>(context.seed % 1000) * 1e-6;
    for (size_t i = 0; i < stacks.size(); ++i) {
      Track::InSession at;
      at.state = frames[i].usable ? State::present : State::not_assessable;
      at.p_present = frames[i].usable ? 0.9 : 0.5;
      if (!candidates[i].empty()) at.measures = candidates[i].front().measures;
      at.ref_um = {1, 1, 0};
      at.reason = frames[i].reason;
      track.sessions.push_back(at);
    }
    track.p_event.assign(stacks.size() - 1, 0.8);
    return {track};
  }
};

}  // namespace spinechron::test
