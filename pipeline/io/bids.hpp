#pragma once
// What there is to analyse: a BIDS microscopy folder (1.7 or later) or a manifest -> series.

#include <optional>
#include <string>
#include <vector>

#include "core/series.hpp"

namespace spinechron {

struct FindOptions {
  std::vector<std::string> participants;  ///< subjects to take, with or without "sub-"; empty: all
  std::vector<std::string> samples;       ///< samples to take, with or without "sample-"; empty: all
  std::vector<std::string> session_order = {"baseline", "stress", "ketamine"};  ///< where no times are known
  std::optional<std::string> channel;  ///< for all sessions that the manifest gives none
};

/// A series, and what is wrong with it already before an image is read.
struct FoundSeries {
  Series series;
  std::string problem;  ///< one sentence with the file and what would mend it; empty: none
};

struct InputSet {
  std::vector<FoundSeries> series;  ///< by subject, then by sample, in natural order ("2" before "10")
  std::vector<std::string> warnings;
};

/// Finds all series of a BIDS folder or of a manifest (a file that ends in .tsv).
///
/// BIDS: `sub-*/[ses-*/]micr/` is searched for images with a `sample-` entity and any suffix but photo, dseg
/// and mask; a `desc-` entity marks results, which are left out, as is everything under derivatives/. A file
/// without `ses-` belongs to the session "1". Sidecars are inherited as BIDS says: all .json files of the
/// same suffix from the top folder down whose entities are among the image's; lower ones win key by key. The
/// order is that of `acq_time` in sub-X_sessions.tsv if it is there for all sessions of a series, else
/// `session_order`, unknown labels after it in natural order.
///
/// Two images of one sample in one session (other acq, stain, run or chunk) are a problem of that series:
/// which one counts is for the user to say, by a manifest.
///
/// Manifest: columns subject, sample, session, path (relative to the manifest), and as one likes group,
/// hours, channel, voxel_x_um, voxel_y_um, voxel_z_um. Order by hours if all sessions of a series have them.
///
/// UsageError: no such input, nothing to analyse in it, a label asked for that is not there, a table that
/// cannot be read or a cell without which no series can be named. Whatever belongs to one series only is its
/// `problem`.
InputSet find_series(const std::string& input, const FindOptions& options = {});

/// "ses-2" before "ses-10": runs of digits compare as numbers.
bool natural_less(const std::string& a, const std::string& b);

}  // namespace spinechron
