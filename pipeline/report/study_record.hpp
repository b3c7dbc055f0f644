#pragma once
// What the provenance files of a study's series say together.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "report/methods.hpp"
#include "report/study.hpp"
#include "report/table.hpp"

namespace spinechron::report {

struct StudyRecord {
  Table quality;   ///< one session of one series, with what is to be said of it in plain words
  Table inputs;    ///< one image: format, voxel size, SHA-256
  Table programs;  ///< one series: version, commit, SHA-256 of its configuration and of its plugins
  Table settings;  ///< in effect in the first series
  /// Of the first series, with the stacks of all; no sessions if there is no series.
  MethodsFacts facts;
  bool one_configuration = true;                      ///< all series have one configuration and one program
  std::vector<std::pair<std::string, double>> times;  ///< every session's label and hours (NaN), as they come
};

/// Reads the provenance of every series. Error naming the file that cannot be understood.
StudyRecord read_record(const std::vector<SeriesOnDisk>& series);

}  // namespace spinechron::report
