#pragma once
// A plugin's shared library: opened, its descriptor checked, kept loaded for as long as anything of it lives.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "spinechron_plugin.h"

namespace spinechron::host {

/// Closes itself with the last owner: stages, their factories and this share it.
class Library {
 public:
  /// `file` is an absolute path. A UsageError says in one sentence what is wrong: no library, no entry,
  /// another ABI version, or a descriptor that `check_descriptor` does not pass.
  static std::shared_ptr<const Library> open(const std::string& file);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  const std::string& file() const { return file_; }
  const sc_plugin& plugin() const { return *plugin_; }
  /// Held while a stage runs that is not re-entrant: it may share state with its siblings.
  std::mutex& one_at_a_time() const { return one_at_a_time_; }
  /// "plugin tophat (/path/tophat.so)"
  std::string name() const;

 private:
  Library() = default;
  std::string file_;
  void* handle_ = nullptr;
  const sc_plugin* plugin_ = nullptr;
  mutable std::mutex one_at_a_time_;
};

/// Everything that a plugin says about itself: versions, sizes, names, the one run function of each stage,
/// parameters with defaults in range, no name twice. Throws UsageError; its text starts with `file`.
void check_descriptor(const sc_plugin* plugin, const std::string& file);

/// The stages of a checked plugin.
std::vector<const sc_stage*> stages_of(const sc_plugin& plugin);

}  // namespace spinechron::host
