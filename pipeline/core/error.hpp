#pragma once
// Errors that a user can act on. Context grows outward: `sub-01 sample-A / ses-stress / segment: what, and
// what to do`.

#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace spinechron {

/// Something is wrong with the input, the call or the machine. `what()` is one sentence that names the thing
/// and says what would mend it.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
  template <typename... Args>
  explicit Error(fmt::format_string<Args...> format, Args&&... args) requires(sizeof...(Args) > 0)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// The call or the configuration is wrong: nothing was run (exit status 2).
class UsageError : public Error {
 public:
  using Error::Error;
};

/// The work was cancelled by the user or a signal (exit status 3).
class Cancelled : public Error {
 public:
  Cancelled() : Error("cancelled") {}
};

/// Runs `work`; an exception leaves with `context` before its message. Its kind is kept.
template <typename Work>
auto with_context(const std::string& context, Work&& work) {
  try {
    return work();
  } catch (const Cancelled&) {
    throw;
  } catch (const UsageError& e) {
    throw UsageError(context + ": " + e.what());
  } catch (const std::bad_alloc&) {
    throw Error(context + ": out of memory: lower --jobs or give the program more memory");
  } catch (const std::exception& e) {
    throw Error(context + ": " + e.what());
  }
}

}  // namespace spinechron
