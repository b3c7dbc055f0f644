#include "graph/isolate.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "core/error.hpp"
#include "graph/worker.hpp"

namespace spinechron {
namespace {

using Clock = std::chrono::steady_clock;

/// Both ends of a pipe, closed at the end of the scope; children inherit what posix_spawn is told, no more.
struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) throw Error("no pipe can be made: {}", std::strerror(errno));
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(int i) {
    if (ends[i] >= 0) close(ends[i]);
    ends[i] = -1;
  }
};

pid_t spawn(const std::vector<std::string>& command, Pipe& input, Pipe& output) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output.ends[1], STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int error =
      posix_spawn(&child, command.at(0).c_str(), &files, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) throw Error("{}: cannot be started: {}", command.at(0), std::strerror(error));
  return child;
}

std::string signal_text(int signal) {
  std::string text = fmt::format("its process was ended by signal {} ({})", signal, strsignal(signal));
  if (signal == SIGKILL) return text + ": most likely memory ran out, lower --jobs or --memory";
  return text + ": a stage or a plugin has a fault, run again without it or report it";
}

class Isolated {
 public:
  Isolated(const std::vector<Series>& series, const IsolateOptions& options, BatchObserver& observer)
      : series_(series), options_(options), observer_(observer), failures_(series.size()) {}

  BatchReport run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < std::max(1, options_.at_once); ++i) threads.emplace_back([this] { work(); });
    for (std::thread& thread : threads) thread.join();
    for (auto& failure : failures_)
      if (failure) report_.failures.push_back(std::move(*failure));
    report_.cancelled = report_.done + report_.failures.size() < series_.size();
    return report_;
  }

 private:
  /// The observer behind a lock, since several workers speak at once.
  struct Locked : BatchObserver {
    Isolated& all;
    explicit Locked(Isolated& a) : all(a) {}
    template <typename Call>
    void tell(Call&& call) {
      const std::lock_guard lock(all.mutex_);
      call(all.observer_);
    }
    void started(const Series& s) override {
      tell([&](auto& o) { o.started(s); });
    }
    void stage_began(const Series& s, const std::string& session, const std::string& stage) override {
      tell([&](auto& o) { o.stage_began(s, session, stage); });
    }
    void stage_done(const StageEvent& event) override {
      tell([&](auto& o) { o.stage_done(event); });
    }
    void finished(const Finished& finished) override {
      tell([&](auto& o) { o.finished(finished); });
    }
    void failed(const Failure& failure) override {
      tell([&](auto& o) { o.failed(failure); });
    }
  };

  bool is_cancelled() const { return options_.cancelled && *options_.cancelled; }

  void work() {
    while (!is_cancelled()) {
      const size_t index = next_++;
      if (index >= series_.size()) return;
      Locked observer(*this);
      std::optional<Failure> failure;
      bool done = false;
      observer.started(series_[index]);
      try {
        done = run_one(series_[index], observer, failure);
      } catch (const std::exception& e) {
        failure = WorkerEar(series_[index], observer).failure_now(e.what());
      }
      if (failure) observer.failed(*failure);
      const std::lock_guard lock(mutex_);
      report_.done += done;
      failures_[index] = std::move(failure);
    }
  }

  /// True if the series is written; neither that nor a failure if it was cancelled.
  bool run_one(const Series& series, BatchObserver& observer, std::optional<Failure>& failure) {
    Pipe input, output;
    const pid_t child = spawn(options_.worker, input, output);
    input.close_end(0);
    output.close_end(1);
    const std::string text =
        to_json(series).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    // A worker that died early is seen below. Pipes hold 64 KB: a series' JSON is far smaller.
    if (write(input.ends[1], text.data(), text.size()) < 0) input.close_end(1);
    input.close_end(1);

    WorkerEar ear(series, observer);
    const bool in_time = listen(child, output.ends[0], ear);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (ear.finished()) return true;  // its result is in place, however it ended then
    if (is_cancelled()) return false;
    if (!in_time)
      failure = ear.failure_now(
          fmt::format("it took longer than {:g} s: raise --timeout, or look what is special in its images",
                      options_.timeout_s));
    else if (ear.failure())
      failure = ear.failure();
    else if (WIFSIGNALED(status))
      failure = ear.failure_now(signal_text(WTERMSIG(status)));
    else
      failure = ear.failure_now(
          fmt::format("its process ended with status {} and without a reason: run it again without --isolate "
                      "to see more",
                      WEXITSTATUS(status)));
    return false;
  }

  /// Until the worker closes its output. False if it was ended because its time was over.
  bool listen(pid_t child, int descriptor, WorkerEar& ear) {
    const auto begin = Clock::now();
    std::optional<Clock::time_point> asked_to_end;
    std::string pending;
    while (true) {
      pollfd waiting{descriptor, POLLIN, 0};
      if (poll(&waiting, 1, 50) > 0) {
        char buffer[4096];
        const ssize_t count = ::read(descriptor, buffer, sizeof buffer);
        if (count == 0 || (count < 0 && errno != EINTR)) return true;
        if (count > 0) pending.append(buffer, static_cast<size_t>(count));
        for (size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1))
          ear.hear(pending.substr(0, end));
      }
      const auto now = Clock::now();
      const bool late =
          options_.timeout_s > 0 && std::chrono::duration<double>(now - begin).count() > options_.timeout_s;
      if (late || (asked_to_end && now - *asked_to_end > std::chrono::milliseconds(1300))) {
        kill(child, SIGKILL);
        return !late;
      }
      if (is_cancelled() && !asked_to_end) {
        kill(child, SIGTERM);
        asked_to_end = now;
      }
    }
  }

  const std::vector<Series>& series_;
  const IsolateOptions& options_;
  BatchObserver& observer_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  std::vector<std::optional<Failure>> failures_;
  BatchReport report_;
};

}  // namespace

BatchReport run_isolated(const std::vector<Series>& series, const IsolateOptions& options,
                         BatchObserver& observer) {
  // A worker that ends while it is written to must not end this process.
  signal(SIGPIPE, SIG_IGN);
  return Isolated(series, options, observer).run();
}

}  // namespace spinechron
