#pragma once
// Everything one series yields: what the tables, the figure and the page are written from.

#include <map>
#include <string>
#include <vector>

#include "core/dendrite.hpp"
#include "core/noise.hpp"
#include "core/series.hpp"
#include "core/spine.hpp"

namespace spinechron {

/// One session after all steps.
struct SessionResult {
  Session session;
  Image image;  ///< after denoising, photons above the offset; for the figure and the label stack
  NoiseModel noise;
  Optics optics;
  Quality quality;
  Frame frame;         ///< dendrites of the series in this session
  std::string sha256;  ///< of the bytes of `files`, one after the other
  std::string format;
  std::vector<std::string> warnings;
  std::vector<std::string> files;  ///< all that the image was read from, the session's own first
};

struct StageTiming {
  std::string session;  ///< empty: the whole series
  std::string stage;
  double seconds = 0;
};

struct SeriesResult {
  Series series;
  std::vector<SessionResult> sessions;  ///< in the order of time
  size_t reference = 0;                 ///< index of the session whose frame is the reference
  std::vector<Track> tracks;            ///< in the order of spine_id
  std::vector<StageTiming> timings;     ///< kept out of every file whose bytes must be equal from run to run
};

}  // namespace spinechron
