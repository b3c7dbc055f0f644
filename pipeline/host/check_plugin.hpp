#pragma once
// The conformance run behind `spinechron check FILE.so`: everything that a plugin promises, tried on small
// inputs.

#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace spinechron {

struct CheckOptions {
  /// "stage.key" and its value, as `--set` gives them; for stages that do nothing without, such as a model's
  /// file.
  std::vector<std::pair<std::string, std::string>> settings;
  double timeout_s = 60;  ///< for one check
};

/// Loads the plugin in child processes only, so that nothing it does can harm this one, and tries: its
/// descriptor; every parameter at both ends of its range; tiny, empty, flat, anisotropic and odd-sized
/// inputs; equal output on equal input; many threads at once where it says it can bear them; cancelling;
/// refused results; writing outside its buffers or to standard output. One line on `out` for each thing that
/// is wrong, with what to do, and a line at the end. Returns an exit status: 0 nothing is wrong, 2 something
/// is.
int check_plugin(const std::string& path, std::ostream& out, const CheckOptions& options = {});

}  // namespace spinechron
