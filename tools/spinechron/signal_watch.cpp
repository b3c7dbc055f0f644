#include "signal_watch.hpp"

#include <unistd.h>

#include <chrono>

#include "commands.hpp"

namespace spinechron {

SignalWatch::SignalWatch(std::function<void()> at_once) : at_once_(std::move(at_once)) {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  thread_ = std::thread([this] { watch(); });
}

SignalWatch::~SignalWatch() {
  ended_ = true;
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void SignalWatch::set_at_once(std::function<void()> at_once) {
  const std::lock_guard lock(mutex_);
  at_once_ = std::move(at_once);
}

void SignalWatch::end_now() {
  const std::lock_guard lock(mutex_);
  at_once_();
  _exit(kInterrupted);
}

void SignalWatch::watch() {
  using Clock = std::chrono::steady_clock;
  Clock::time_point first;
  while (!ended_) {
    const timespec wait{0, 50'000'000};
    const bool signalled = sigtimedwait(&signals_, nullptr, &wait) > 0;
    if (signalled && cancelled_) end_now();
    if (signalled) {
      cancelled_ = true;
      first = Clock::now();
    }
    if (cancelled_ && Clock::now() - first > std::chrono::milliseconds(1600)) end_now();
  }
}

}  // namespace spinechron
