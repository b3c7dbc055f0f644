#pragma once
// SIGINT and SIGTERM: the first ends the work cleanly, the second at once.

#include <atomic>
#include <csignal>
#include <functional>
#include <mutex>
#include <thread>

namespace spinechron {

/// While it lives, SIGINT and SIGTERM reach a thread of its own: the first sets `cancelled()`; if the work
/// has not ended 1.6 s later, or at a second signal, `at_once` is called and the process ends with exit
/// status 3. Make it before any other thread, since threads inherit which signals they do not take.
class SignalWatch {
 public:
  explicit SignalWatch(std::function<void()> at_once = [] {});
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  const std::atomic<bool>* cancelled() const { return &cancelled_; }
  /// What is to be undone before the process ends at once.
  void set_at_once(std::function<void()> at_once);

 private:
  void watch();
  void end_now();

  std::atomic<bool> cancelled_{false}, ended_{false};
  std::mutex mutex_;
  std::function<void()> at_once_;
  sigset_t signals_{}, before_{};
  std::thread thread_;
};

}  // namespace spinechron
