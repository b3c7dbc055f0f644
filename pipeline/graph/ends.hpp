#pragma once
// What surrounds the stages of a batch: the two ends of the pipeline, exchangeable in tests.

#include <cstdint>
#include <functional>

#include "core/result.hpp"
#include "core/stage.hpp"

namespace spinechron {

/// How many voxels a session will have, for admission before anything is read.
using CountVoxels = std::function<std::uint64_t(const Session&)>;
/// Reads one session's image.
using ReadSession = std::function<RawStack(const Session&)>;
/// Counts -> photons with a fitted noise model; runs before the first filter of `denoise`.
using Calibrate = std::function<Stack(RawStack, const Context&)>;
/// Writes one finished series. Called from one thread at a time for one series, from several for several.
using WriteSeries = std::function<void(const SeriesResult&)>;

struct Ends {
  CountVoxels voxels;
  ReadSession read;
  Calibrate calibrate;
  WriteSeries write;
};

}  // namespace spinechron
