#pragma once
// What the host passes to a plugin: the C structures that point into the program's own data. Nothing is
// copied but points and measures; each view must not outlive what it was made from.

#include <memory>
#include <vector>

#include "core/stage.hpp"
#include "spinechron_plugin.h"

namespace spinechron::host {

sc_stack view_of(const Stack& stack);
sc_measures measures_view(const SpineMeasures& measures);

class TracingView {
 public:
  explicit TracingView(const Tracing& tracing);
  TracingView(const TracingView&) = delete;  // it points into itself
  TracingView& operator=(const TracingView&) = delete;
  const sc_tracing* get() const { return &tracing_; }

 private:
  std::vector<sc_dendrite> dendrites_;
  std::vector<const sc_dendrite*> pointers_;
  sc_tracing tracing_{};
};

class FrameView {
 public:
  explicit FrameView(const Frame& frame);
  FrameView(const FrameView&) = delete;  // it points into itself
  FrameView& operator=(const FrameView&) = delete;
  const sc_frame* get() const { return &frame_; }

 private:
  TracingView dendrites_;
  std::vector<uint64_t> n_arcs_;
  std::vector<const double*> arcs_, errors_;
  sc_frame frame_{};
};

class CandidatesView {
 public:
  explicit CandidatesView(const std::vector<Candidate>& candidates);
  CandidatesView(const CandidatesView&) = delete;  // it points into itself
  CandidatesView& operator=(const CandidatesView&) = delete;
  const sc_candidates* get() const { return &candidates_; }

 private:
  std::vector<sc_measures> measures_;
  std::vector<sc_candidate> items_;
  std::vector<const sc_candidate*> pointers_;
  sc_candidates candidates_{};
};

/// Views of many things and the array of pointers that the interface asks for.
template <typename View, typename C>
class Views {
 public:
  template <typename Items>
  explicit Views(const Items& items) {
    for (const auto& item : items) {
      views_.push_back(std::make_unique<View>(item));
      pointers_.push_back(views_.back()->get());
    }
  }
  const C* const* data() const { return pointers_.data(); }

 private:
  std::vector<std::unique_ptr<View>> views_;  // fixed addresses: a view points into itself
  std::vector<const C*> pointers_;
};

struct StackView {
  explicit StackView(const Stack* stack) : view(view_of(*stack)) {}
  const sc_stack* get() const { return &view; }
  sc_stack view;
};

}  // namespace spinechron::host
