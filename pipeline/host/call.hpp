#pragma once
// One call into a plugin: the host table it is given, and what it made of it.

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

#include "core/stage.hpp"
#include "spinechron_plugin.h"

namespace spinechron::host {

/// Takes a plugin's log lines: level as enum sc_level, then who says it, then the line. From any thread.
using Log = std::function<void(int level, const std::string& who, const std::string& line)>;

/// Takes what a stage hands in; throws Error if it is not acceptable. An empty one is not this stage's kind.
struct Sinks {
  std::function<void(const sc_dendrite&)> dendrite;
  std::function<void(const sc_frame&)> frame;
  std::function<void(const sc_candidate&)> candidate;
  std::function<void(const sc_track&)> track;
};

/// The stage failed by its own account: the message is what it gave host->fail. (Any other Error of a call
/// says what the plugin did wrong.)
class Failed : public Error {
 public:
  using Error::Error;
};

class Call {
 public:
  /// `who` begins every error: "plugin tophat (/path/tophat.so), denoise stage 'tophat'".
  Call(std::string who, const Context& context, Sinks sinks, const Log& log);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const sc_host* table() const { return &table_; }

  /// Runs `function`, which calls the plugin with `table()`. Returns only if the plugin returned SC_OK and
  /// nothing it did was wrong; else throws Cancelled, or Error starting with `who`.
  void run(const std::function<int32_t()>& function);

  /// How often the plugin asked whether it is cancelled.
  size_t times_asked() const { return asked_; }
  bool was_told() const { return told_; }  ///< and was answered that it is
  [[noreturn]] void refuse(const std::string& what) const { throw Error("{}: {}", who_, what); }

 private:
  struct Callbacks;  // the functions of the table
  template <typename Item>
  int32_t take(const std::function<void(const Item&)>& sink, const Item* item, const char* what);
  void note(std::string& where, const std::string& text);

  std::string who_;
  const Context& context_;
  Sinks sinks_;
  const Log& log_;
  sc_host table_{};
  std::atomic<size_t> asked_ = 0;
  std::atomic<bool> told_ = false;
  std::mutex mutex_;     // of the two texts
  std::string failed_;   // what the plugin said through fail()
  std::string refused_;  // the first thing it handed in that could not be taken
};

}  // namespace spinechron::host
