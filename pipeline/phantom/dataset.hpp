#pragma once
// A phantom on disk: a BIDS microscopy folder that any reader takes for recorded data, and truth/ beside it.

#include <functional>
#include <string>
#include <vector>

#include "phantom/phantom.hpp"

namespace spinechron {

/// Writes one stack of counts (whole numbers from 0 to 65535) as OME-TIFF. The library that knows image files
/// is given from outside.
using StackWriter = std::function<void(const Image& counts, const std::string& path)>;

/// Called at the start and after each stack: how many are done, of how many. May throw to end the work.
using PhantomProgress = std::function<void(size_t done, size_t total)>;

/// Makes all subjects and samples and writes them into `folder`, which must not exist or be empty. Layout:
/// sub-01/ses-<label>/micr/sub-01_ses-<label>_sample-A_2PE.ome.tif and .json, dataset_description.json,
/// README, participants and samples tables with their dictionaries, and truth/sub-01_sample-A_truth.tsv,
/// _dendrites.tsv and _phantom.json.
/// It appears whole or not at all: what is being made is called <folder>.part until it is done.
/// Throws UsageError if the configuration is impossible or the folder is not empty, Error if it cannot write.
void write_phantom(const PhantomConfig& config, const std::string& folder, const StackWriter& write_stack,
                   const PhantomProgress& progress = {});

/// The truth table of one sample as TSV text; its columns are those that `evaluate` reads.
std::string truth_table(const PhantomTruth& truth, const std::vector<std::string>& sessions);
/// Courses of dendrites and axons in every session as TSV text, a point each 0.5 um.
std::string dendrite_table(const PhantomTruth& truth, const std::vector<std::string>& sessions);
/// Configuration, cameras and maps of one sample as JSON text.
std::string phantom_record(const PhantomConfig& config, const PhantomTruth& truth);

}  // namespace spinechron
