#include "host/sandbox.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/error.hpp"

namespace spinechron::host {
namespace {

// What the signal handler may look at: plain memory, no locks.
struct Guarded {
  const char* map = nullptr;
  size_t map_bytes = 0;
  const char* begin = nullptr;
  size_t bytes = 0;
  const char* name = nullptr;
};
constexpr size_t kMostGuarded = 64;
Guarded guarded[kMostGuarded];
int report_to = -1;

char mark_of(Outcome::Kind kind) {
  return kind == Outcome::Kind::fine ? 'F' : kind == Outcome::Kind::wrong ? 'W' : 'S';
}

void send(int to, const char* text, size_t size) {
  while (size > 0) {
    const ssize_t n = write(to, text, size);
    if (n <= 0) return;
    text += n;
    size -= static_cast<size_t>(n);
  }
}
void send(int to, const char* text) {
  send(to, text, std::strlen(text));
}

// Async-signal-safe: write and _exit only.
void on_fault(int, siginfo_t* info, void*) {
  const char* at = static_cast<const char*>(info->si_addr);
  for (const Guarded& g : guarded) {
    if (!g.map || at < g.map || at >= g.map + g.map_bytes) continue;
    const bool inside = at >= g.begin && at < g.begin + g.bytes;
    send(report_to, inside         ? "Wit wrote to "
                    : at < g.begin ? "Wit touched memory before "
                                   : "Wit touched memory behind ");
    send(report_to, g.name);
    if (inside) send(report_to, ", which it may only read");
    _exit(1);
  }
  send(report_to, "Wit crashed: it touched memory that is not there (address outside every buffer)");
  _exit(1);
}

void catch_faults() {
  static char stack[1 << 16];
  stack_t alternate{};
  alternate.ss_sp = stack;
  alternate.ss_size = sizeof(stack);
  sigaltstack(&alternate, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

[[noreturn]] void be_child(int to, const std::function<Outcome()>& work) {
  report_to = to;
  catch_faults();
  const int printed = memfd_create("stdout", MFD_CLOEXEC);
  dup2(printed, STDOUT_FILENO);
  Outcome outcome;
  try {
    outcome = work();
  } catch (const std::exception& e) {
    outcome = {Outcome::Kind::wrong, e.what()};
  }
  std::fflush(stdout);
  if (outcome.kind == Outcome::Kind::fine && lseek(STDOUT_FILENO, 0, SEEK_END) > 0)
    outcome = {Outcome::Kind::wrong,
               "it wrote to standard output, which belongs to the results; use host->log"};
  const char mark = mark_of(outcome.kind);
  send(to, &mark, 1);
  send(to, outcome.text.c_str());
  _exit(0);
}

std::string how_it_ended(int status) {
  if (!WIFSIGNALED(status))
    return fmt::format("it ended the process with exit status {}", WEXITSTATUS(status));
  if (WTERMSIG(status) == SIGABRT)
    return "it aborted the process (an exception that nobody caught, or a check of its own)";
  return fmt::format("it crashed ({})", strsignal(WTERMSIG(status)));
}

}  // namespace

Outcome in_child(double timeout_s, const std::function<Outcome()>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw Error("cannot make a pipe to check a plugin: {}", std::strerror(errno));
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) throw Error("cannot start a process to check a plugin: {}", std::strerror(errno));
  if (child == 0) {
    close(ends[0]);
    be_child(ends[1], work);
  }
  close(ends[1]);

  using Clock = std::chrono::steady_clock;
  const auto until =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout_s));
  std::string said;
  bool hung = false;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd wait_for{ends[0], POLLIN, 0};
    const int ready = poll(&wait_for, 1, static_cast<int>(std::max<decltype(left)>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) {
      hung = true;
      kill(child, SIGKILL);
      break;
    }
    char buffer[4096];
    const ssize_t n = read(ends[0], buffer, sizeof(buffer));
    if (n <= 0) break;
    said.append(buffer, static_cast<size_t>(n));
  }
  close(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (hung) return {Outcome::Kind::wrong, fmt::format("it did not come back within {} s", timeout_s)};
  if (said.empty()) return {Outcome::Kind::wrong, how_it_ended(status)};
  const Outcome::Kind kind = said[0] == 'F'   ? Outcome::Kind::fine
                             : said[0] == 'S' ? Outcome::Kind::skipped
                                              : Outcome::Kind::wrong;
  return {kind, said.substr(1)};
}

GuardedMemory::GuardedMemory(size_t bytes, Flush flush, const char* name) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t inner = (bytes + page - 1) / page * page;
  map_bytes_ = inner + 2 * page;
  void* map = mmap(nullptr, map_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED || mprotect(static_cast<char*>(map) + page, inner, PROT_READ | PROT_WRITE) != 0)
    throw Error("cannot set up guarded memory: {}", std::strerror(errno));
  map_ = static_cast<char*>(map);
  char* const begin = map_ + page;
  data_ = flush == Flush::begin ? begin : begin + (inner - bytes);
  for (slot_ = 0; slot_ < kMostGuarded && guarded[slot_].map; ++slot_) {
  }
  if (slot_ == kMostGuarded) throw Error("too much guarded memory at once");
  guarded[slot_] = {map_, map_bytes_, static_cast<const char*>(data_), bytes, name};
}

GuardedMemory::~GuardedMemory() {
  guarded[slot_] = {};
  munmap(map_, map_bytes_);
}

void GuardedMemory::make_read_only() {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  mprotect(map_ + page, map_bytes_ - 2 * page, PROT_READ);
}

}  // namespace spinechron::host
