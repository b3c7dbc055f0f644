#pragma once
// What a batch runs: the stages, made and configured once, and the two ends of the pipeline.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/result.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// The stages of a run. All series share them: only their const `run` is called.
struct Chain {
  std::vector<std::unique_ptr<Denoiser>> denoise;  ///< in the order in which they are applied; may be empty
  std::unique_ptr<Segmenter> segment;
  std::unique_ptr<Aligner> align;
  std::unique_ptr<Detector> detect;
  std::unique_ptr<Matcher> match;
};

/// How many voxels a session will have, for admission before anything is read.
using CountVoxels = std::function<std::uint64_t(const Session&)>;
/// Reads one session's image.
using ReadSession = std::function<RawStack(const Session&)>;
/// Counts -> photons with a fitted noise model; runs before the first filter of `denoise`.
using Calibrate = std::function<Stack(RawStack, const Context&)>;
/// Writes one finished series. Called from one thread at a time for one series, from several for several.
using WriteSeries = std::function<void(const SeriesResult&)>;

/// What surrounds the chain: the ends of the pipeline, exchangeable in tests.
struct Ends {
  CountVoxels voxels;
  ReadSession read;
  Calibrate calibrate;
  WriteSeries write;
};

}  // namespace spinechron
