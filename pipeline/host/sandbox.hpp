#pragma once
// Code that may crash, hang or write anywhere, run so that it cannot harm its caller: a child process, and
// memory with pages around it that nobody may touch.

#include <cstddef>
#include <functional>
#include <string>

namespace spinechron::host {

/// What became of a piece of work in a child process.
struct Outcome {
  enum class Kind { fine, wrong, skipped } kind = Kind::fine;
  std::string text;  ///< what is wrong or why it was skipped; with `fine`, what the work has to say
};

/// Runs `work` in a child process and waits for it, at most `timeout_s`. A crash, a touched guard page, a
/// hang, an exception and anything written to standard output become an Outcome `wrong` with a sentence.
Outcome in_child(double timeout_s, const std::function<Outcome()>& work);

/// Memory between two pages that may not be touched. In a child of `in_child` a touch is reported by name.
class GuardedMemory {
 public:
  enum class Flush { begin, end };  ///< which end lies directly at a guard page
  /// `name` as in "the output image"; must be a literal.
  GuardedMemory(size_t bytes, Flush flush, const char* name);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;
  void* data() const { return data_; }
  void make_read_only();

 private:
  char* map_ = nullptr;
  size_t map_bytes_ = 0;
  void* data_ = nullptr;
  size_t slot_ = 0;
};

}  // namespace spinechron::host
