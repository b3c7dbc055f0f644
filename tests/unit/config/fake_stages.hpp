#pragma once
// Stages that do nothing but hold parameters, and a registry of them under the default names.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/registry.hpp"

namespace spinechron::fake {

struct Median : Denoiser {
  int radius_vox = 1;
  Params params() override {
    Params p;
    p.integer("radius_vox", radius_vox, {0, 9}, "voxel", "half width of the window");
    return p;
  }
  Stack run(Stack stack, const Context&) const override { return stack; }
};

struct Motion : Denoiser {
  double max_shift_um = 2;
  Params params() override {
    Params p;
    p.number("max_shift_um", max_shift_um, {0, 20}, "um", "largest shift looked for");
    return p;
  }
  Stack run(Stack stack, const Context&) const override { return stack; }
};

struct Ridges : Segmenter {
  double min_length_um = 5;
  std::string method = "hessian";
  bool branches = true;
  Params params() override {
    Params p;
    p.number("min_length_um", min_length_um, {0, 100}, "um", "shortest dendrite kept");
    p.choice("method", method, {"hessian", "vesselness"}, "what a ridge is");
    p.flag("branches", branches, "follow branches");
    return p;
  }
  Tracing run(const Stack&, const Context&) const override { return {}; }
};

struct Manual : Segmenter {
  std::string file;
  Params params() override {
    Params p;
    p.text("file", file, "the tracing");
    return p;
  }
  Tracing run(const Stack&, const Context&) const override { return {}; }
};

struct Shafts : Aligner {
  Params params() override { return {}; }
  std::vector<Frame> run(const std::vector<const Stack*>&, const std::vector<Tracing>&,
                         const Context&) const override {
    return {};
  }
};

struct EvidenceOnly : Detector {
  Params params() override { return {}; }
  std::vector<Candidate> run(const Stack&, const Frame&, const Context&) const override { return {}; }
};

struct Joint : Matcher {
  double prior = 0.1;
  Params params() override {
    Params p;
    p.number("prior", prior, {0, 1}, "1", "share of spines that change");
    return p;
  }
  std::vector<Track> run(const std::vector<const Stack*>&, const std::vector<Frame>&,
                         const std::vector<std::vector<Candidate>>&, const Context&) const override {
    return {};
  }
};

template <typename T>
StageEntry entry(StageKind kind, std::string name) {
  return {kind, std::move(name), "a fake", "built-in", [] { return std::make_unique<T>(); }};
}

inline Registry registry() {
  Registry r;
  r.add(entry<Motion>(StageKind::denoise, "motion"));
  r.add(entry<Median>(StageKind::denoise, "median"));
  r.add(entry<Ridges>(StageKind::segment, "ridges"));
  r.add(entry<Manual>(StageKind::segment, "manual"));
  r.add(entry<Shafts>(StageKind::align, "shafts"));
  r.add(entry<EvidenceOnly>(StageKind::detect, "evidence"));
  r.add(entry<Joint>(StageKind::match, "joint"));
  return r;
}

}  // namespace spinechron::fake
