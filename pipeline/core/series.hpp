#pragma once
// What is to be analysed: the sessions of one sample of one subject, in the order of time.

#include <optional>
#include <string>
#include <vector>

#include "core/image.hpp"
#include "core/noise.hpp"

namespace spinechron {

/// One image of one sample at one time point, not yet read.
struct Session {
  std::string label;            ///< "baseline"
  std::string path;             ///< image file (for multi-file formats the one that leads to the others)
  std::optional<double> hours;  ///< since the first session; none if unknown
  std::optional<double>
      voxel_um[3];           ///< x, y, z as the sidecar or the manifest gives them; they win over the file
  std::string voxel_source;  ///< who gave voxel_um ("sidecar FILE", "manifest FILE"); empty if the file must
  std::optional<Lens> lens;  ///< as the sidecar gives it
  std::optional<std::string> channel;  ///< as the manifest gives it; else the call's --channel decides
};

/// The unit of work: all sessions of one sample.
struct Series {
  std::string subject;  ///< without "sub-"
  std::string sample;   ///< without "sample-"
  std::string group;    ///< treatment, empty if unknown
  std::vector<Session> sessions;

  std::string stem() const { return "sub-" + subject + "_sample-" + sample; }  ///< "sub-01_sample-A"
};

/// An image as it was read, in counts, with what there is to say about it.
struct RawStack {
  Image counts;
  double lowest_count = 0;   ///< the least and the greatest value that the sample type and the file's
  double highest_count = 0;  ///< header allow: a voxel at either end is clipped or saturated
  std::optional<Lens> lens;  ///< the session's
  std::vector<std::string> warnings;  ///< full sentences for the user (disagreeing voxel sizes, ...)
  std::string format;                 ///< "OME-TIFF", "ImageJ TIFF", "ScanImage TIFF", "NRRD", ...
  std::string sha256;                 ///< of the bytes of `files`, one after the other
  std::vector<std::string> files;     ///< all that hold the image, the session's own first
};

}  // namespace spinechron
