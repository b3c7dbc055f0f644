#include "host/call.hpp"

#include <cfenv>
#include <cstring>

#include "core/version.hpp"
#include "host/least_size.hpp"

namespace spinechron::host {
namespace {

constexpr size_t kLongestText = 4000;

std::string text_of(const char* text) {
  return text ? std::string(text, strnlen(text, kLongestText)) : "(no text)";
}

}  // namespace

// Nothing here may throw: the caller is the plugin's own code, which may be C.
struct Call::Callbacks {
  static Call& of(const sc_host* host) { return *static_cast<Call*>(host->context); }

  static void log(const sc_host* host, int32_t level, const char* message) {
    try {
      const Call& call = of(host);
      if (call.log_) call.log_(level, call.who_, text_of(message));
    } catch (...) {  // a lost log line must not end a run
    }
  }
  static int32_t cancelled(const sc_host* host) {
    Call& call = of(host);
    call.asked_.fetch_add(1, std::memory_order_relaxed);
    const auto* flag = call.context_.cancelled;
    if (!flag || !flag->load(std::memory_order_relaxed)) return 0;
    call.told_ = true;
    return 1;
  }
  static int32_t fail(const sc_host* host, const char* message) {
    try {
      of(host).note(of(host).failed_, text_of(message));
    } catch (...) {  // out of memory: the code that is returned still says that it failed
    }
    return SC_FAILED;
  }
  static int32_t add_dendrite(const sc_host* host, const sc_dendrite* d) {
    return of(host).take(of(host).sinks_.dendrite, d, "a dendrite");
  }
  static int32_t add_frame(const sc_host* host, const sc_frame* f) {
    return of(host).take(of(host).sinks_.frame, f, "a frame");
  }
  static int32_t add_candidate(const sc_host* host, const sc_candidate* c) {
    return of(host).take(of(host).sinks_.candidate, c, "a candidate");
  }
  static int32_t add_track(const sc_host* host, const sc_track* t) {
    return of(host).take(of(host).sinks_.track, t, "a track");
  }
};

Call::Call(std::string who, const Context& context, Sinks sinks, const Log& log)
    : who_(std::move(who)), context_(context), sinks_(std::move(sinks)), log_(log) {
  table_.size = sizeof(table_);
  table_.abi_major = SPINECHRON_ABI_MAJOR;
  table_.abi_minor = SPINECHRON_ABI_MINOR;
  table_.version = build_info().version.c_str();
  table_.seed = context.seed;
  table_.context = this;
  table_.log = Callbacks::log;
  table_.cancelled = Callbacks::cancelled;
  table_.fail = Callbacks::fail;
  table_.add_dendrite = Callbacks::add_dendrite;
  table_.add_frame = Callbacks::add_frame;
  table_.add_candidate = Callbacks::add_candidate;
  table_.add_track = Callbacks::add_track;
}

template <typename Item>
int32_t Call::take(const std::function<void(const Item&)>& sink, const Item* item, const char* what) {
  try {
    if (!sink) throw Error("it handed in {}, which is not what this kind of stage gives", what);
    if (!item) throw Error("it handed in {} that is NULL", what);
    if (item->size < kLeastSize<Item>)
      throw Error("it handed in {} of {} bytes, but ABI {}.{} has {}; its size must be sizeof", what,
                  item->size, SPINECHRON_ABI_MAJOR, SPINECHRON_ABI_MINOR, kLeastSize<Item>);
    sink(*item);
    return SC_OK;
  } catch (const std::exception& e) {
    try {
      note(refused_, e.what());
    } catch (...) {
    }
    return SC_REFUSED;
  }
}

void Call::note(std::string& where, const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (where.empty()) where = text.empty() ? "(no text)" : text;
}

void Call::run(const std::function<int32_t()>& function) {
  std::fenv_t arithmetic;  // a plugin that changes rounding must not change the stages after it
  std::fegetenv(&arithmetic);
  int32_t code = SC_FAILED;
  try {
    code = function();
  } catch (const std::exception& e) {
    std::fesetenv(&arithmetic);
    refuse(fmt::format("it let an exception out ({}); a plugin must catch its own and call host->fail",
                       e.what()));
  } catch (...) {
    std::fesetenv(&arithmetic);
    refuse("it let an exception out; a plugin must catch its own and call host->fail");
  }
  std::fesetenv(&arithmetic);

  if (!refused_.empty()) refuse(refused_);
  switch (code) {
    case SC_OK:
      if (!failed_.empty()) refuse(failed_ + " (it called host->fail and yet returned SC_OK)");
      return;
    case SC_FAILED:
      if (failed_.empty()) refuse("it failed without saying why; its author should call host->fail");
      throw Failed("{}: {}", who_, failed_);
    case SC_CANCELLED:
      context_.check_cancelled();
      refuse("it returned SC_CANCELLED although nobody cancelled it");
    case SC_REFUSED:
      refuse("it returned SC_REFUSED although nothing of it was refused");
    default:
      refuse(fmt::format("it returned {}, which is none of sc_result", code));
  }
}

}  // namespace spinechron::host
