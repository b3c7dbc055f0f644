#include "host/check_plugin.hpp"

#include <cmath>
#include <ctime>
#include <filesystem>
#include <future>
#include <thread>

#include "host/load.hpp"
#include "host/parameters.hpp"
#include "host/probe.hpp"

namespace spinechron {
namespace {

using namespace host;
using Kind = Outcome::Kind;
using Settings = std::vector<std::pair<std::string, std::string>>;

const Log kDropLog;

// One stage of a library that was opened in this child.
class Subject {
 public:
  Subject(const std::string& file, size_t number, const Settings& settings)
      : library_(Library::open(file)), c_(*stages_of(library_->plugin())[number]), settings_(settings) {}

  const sc_stage& c() const { return c_; }
  /// A stage with the settings, ready to run.
  std::unique_ptr<Stage> make() const {
    auto stage = make_stage(library_, c_, kDropLog);
    configure(stage->params());
    return stage;
  }
  /// An instance without the adapter around it, until `use` returns.
  template <typename Use>
  Outcome with_instance(const Use& use) const {
    std::vector<Value> values = defaults_of(c_);
    configure(params_of(c_, values));
    void* instance = nullptr;
    if (c_.create) {
      const Context context;
      const CValues c_values(values);
      Call call("create", context, {}, kDropLog);
      call.run([&] { return c_.create(call.table(), c_values.data(), &instance); });
    }
    const Outcome outcome = use(instance);
    if (c_.destroy) c_.destroy(instance);
    return outcome;
  }

 private:
  void configure(const Params& params) const {
    for (const auto& [key, value] : settings_) {
      const auto dot = key.rfind('.');
      if (dot == std::string::npos) continue;
      const std::string section = key.substr(0, dot), name = key.substr(dot + 1), kind = kind_name(c_.kind);
      const bool ours = section == kind || section == c_.name || section == kind + "." + c_.name;
      if (ours && params.find(name)) params.set_from_text(name, value);
    }
  }
  std::shared_ptr<const Library> library_;
  const sc_stage& c_;
  const Settings& settings_;
};

Sinks all_sinks(const std::function<void()>& on_any) {
  return {[=](const auto&) { on_any(); }, [=](const auto&) { on_any(); }, [=](const auto&) { on_any(); },
          [=](const auto&) { on_any(); }};
}

Outcome starts(const Subject& subject) {
  const auto stage = subject.make();
  try {
    prepare_plugin(*stage);
  } catch (const Failed& e) {
    return {Kind::skipped, e.what()};
  }
  return {};
}

Outcome parameters(const Subject& subject) {
  for (const sc_param* row : rows_of(subject.c())) {
    std::vector<std::string> tries;
    const auto number = [](double v) { return fmt::format("{:.17g}", v); };
    if (row->type == SC_PARAM_FLAG) tries = {"true", "false"};
    if (row->type == SC_PARAM_CHOICE) tries = split(row->choices, '|');
    if ((row->type == SC_PARAM_INTEGER || row->type == SC_PARAM_NUMBER))
      for (const double v : {row->low, row->high})
        if (std::abs(v) < 1e15) tries.push_back(number(v));
    for (const std::string& value : tries) {
      const auto stage = subject.make();
      stage->params().set_from_text(row->name, value);
      try {
        prepare_plugin(*stage);
      } catch (const Failed&) {  // it turned the value down and said why
      } catch (const Error& e) {
        return {Kind::wrong, fmt::format("with {} = {}: {}", row->name, value, e.what())};
      }
    }
  }
  return {};
}

Outcome inputs(const Subject& subject) {
  const auto stage = subject.make();
  for (const Scene& scene : all_scenes()) {
    const auto wrong = [&](const std::string& what) {
      return Outcome{Kind::wrong, fmt::format("on {}: {}", scene.name, what)};
    };
    try {
      run_stage(*stage, scene, Context());
    } catch (const Failed& e) {
      // Odd inputs may be turned down, an ordinary one may not.
      if (scene.name.rfind("an ordinary", 0) == 0) return wrong(e.what());
    } catch (const Error& e) {
      return wrong(e.what());
    }
  }
  return {};
}

Scene ordinary(unsigned variant) {
  return make_scene("an ordinary image", {48, 40, 7}, {0.12, 0.12, 0.75}, 2, variant);
}

Outcome repeats(const Subject& subject) {
  const Scene a = ordinary(0), b = ordinary(1);
  const auto first = subject.make(), second = subject.make();
  const std::string once = run_stage(*first, a, Context());
  run_stage(*second, b, Context());
  if (run_stage(*first, a, Context()) != once)
    return {Kind::wrong,
            "it gave another result the second time on equal input; keep no state between runs and "
            "take random numbers from host->seed"};
  if (run_stage(*second, a, Context()) != once)
    return {Kind::wrong, "two instances with equal parameters gave different results on equal input"};
  return {};
}

Outcome threads(const Subject& subject) {
  if (!(subject.c().flags & SC_STAGE_REENTRANT)) return {};
  constexpr unsigned kThreads = 8, kRounds = 6;
  const auto stage = subject.make();
  std::vector<Scene> scenes;
  std::vector<std::string> alone;
  for (unsigned i = 0; i < kThreads; ++i) {
    scenes.push_back(ordinary(i));
    alone.push_back(run_stage(*stage, scenes[i], Context()));
  }
  std::atomic<int> different = 0;
  std::mutex mutex;
  std::string failure;
  {
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < kThreads; ++i)
      workers.emplace_back([&, i] {
        try {
          for (unsigned round = 0; round < kRounds; ++round)
            if (run_stage(*stage, scenes[i], Context()) != alone[i]) ++different;
        } catch (const std::exception& e) {
          const std::lock_guard lock(mutex);
          failure = e.what();
        }
      });
    for (std::thread& worker : workers) worker.join();
  }
  if (!failure.empty())
    return {Kind::wrong, fmt::format("it failed when run by {} threads at once: {}", kThreads, failure)};
  if (different)
    return {Kind::wrong,
            fmt::format("it says it is re-entrant, but {} of {} runs by {} threads at once gave another "
                        "result than alone; share nothing between runs, or drop SC_STAGE_REENTRANT",
                        different.load(), kThreads * kRounds, kThreads)};
  return {};
}

double processor_s() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

// Cancelled when it has been at work for a moment. What is measured is processor time: a busy machine is no
// fault.
Outcome cancelled_at_work(const Subject& subject, void* instance) {
  constexpr auto kMoment = std::chrono::milliseconds(30);
  constexpr double kPatience_s = 0.5;
  const Scene scene = make_scene("a large image", {256, 256, 24}, {0.12, 0.12, 0.75}, 1);
  std::atomic<bool> cancelled = false;
  Context context;
  context.cancelled = &cancelled;
  Call call("cancel", context, all_sinks([] {}), kDropLog);
  std::promise<void> done;
  double since_s = 0;
  std::thread canceller([&, ended = done.get_future()] {
    const auto has_ended = [&](auto within) { return ended.wait_for(within) == std::future_status::ready; };
    while (call.times_asked() == 0)  // not before it is told for the first time that it may go on
      if (has_ended(std::chrono::milliseconds(1))) return;
    if (has_ended(kMoment)) return;
    since_s = processor_s();
    cancelled = true;
  });
  const int32_t code = run_guarded(subject.c(), instance, call.table(), scene, GuardedMemory::Flush::end);
  const double ended_s = processor_s();
  done.set_value();
  canceller.join();
  if (!cancelled) return {};
  if (ended_s - since_s > kPatience_s)
    return {Kind::wrong,
            fmt::format("it went on for {:.1f} s of processor time after it was cancelled at work; "
                        "ask host->cancelled every 100 ms or so",
                        ended_s - since_s)};
  if (call.was_told() && code != SC_CANCELLED)
    return {Kind::wrong, fmt::format("it was cancelled at work and returned {}; return SC_CANCELLED", code)};
  return {};
}

Outcome cancelling(const Subject& subject) {
  return subject.with_instance([&](void* instance) -> Outcome {
    const std::atomic<bool> yes = true;
    Context context;
    context.cancelled = &yes;
    const Scene scene = ordinary(0);
    Call call("cancel", context, all_sinks([] {}), kDropLog);
    const int32_t code = run_guarded(subject.c(), instance, call.table(), scene, GuardedMemory::Flush::end);
    if (call.times_asked() == 0)
      return {Kind::wrong,
              "it never asked host->cancelled; ask at least once a call and every 100 ms in long ones"};
    if (code != SC_CANCELLED)
      return {Kind::wrong, fmt::format("it was cancelled and returned {}; return SC_CANCELLED", code)};
    return cancelled_at_work(subject, instance);
  });
}

Outcome refusals(const Subject& subject) {
  return subject.with_instance([&](void* instance) -> Outcome {
    size_t handed_in = 0;
    const Context context;
    Call call("refuse", context, all_sinks([&] {
                ++handed_in;
                throw Error("refused to see what happens");
              }),
              kDropLog);
    const Scene scene = ordinary(0);
    const int32_t code = run_guarded(subject.c(), instance, call.table(), scene, GuardedMemory::Flush::end);
    if (handed_in > 0 && code == SC_OK)
      return {Kind::wrong,
              "a result was refused and it returned SC_OK; return what the host's function returned"};
    if (handed_in > 1)
      return {Kind::wrong, "it went on handing in results after one was refused; return at once"};
    return {};
  });
}

Outcome memory(const Subject& subject) {
  return subject.with_instance([&](void* instance) -> Outcome {
    for (const auto flush : {GuardedMemory::Flush::end, GuardedMemory::Flush::begin})
      for (const Scene& scene : all_scenes()) {
        const Context context;
        Call call("memory", context, all_sinks([] {}), kDropLog);
        const std::string before = lists_of(scene);
        run_guarded(subject.c(), instance, call.table(), scene, flush);
        if (lists_of(scene) != before)
          return {Kind::wrong,
                  fmt::format("it changed the dendrites, frames or candidates that it was handed on {}, "
                              "which it may only read",
                              scene.name)};
      }
    return {};
  });
}

struct Check {
  const char* name;
  Outcome (*run)(const Subject&);
};
constexpr Check kChecks[] = {{"parameters", parameters}, {"inputs", inputs},
                             {"equal output", repeats},  {"threads", threads},
                             {"cancelling", cancelling}, {"refused results", refusals},
                             {"memory", memory}};

// First child: does it load, what does it have? One line a stage.
Outcome describe(const std::string& file) {
  const auto library = Library::open(file);
  std::string text = fmt::format("{} {}\n", library->plugin().name, library->plugin().version);
  for (const sc_stage* s : stages_of(library->plugin()))
    text += fmt::format("{} stage '{}'\n", kind_name(s->kind), s->name);
  return {Kind::fine, text};
}

}  // namespace

int check_plugin(const std::string& path, std::ostream& out, const CheckOptions& options) {
  std::string file;
  try {
    // Whoever checks a file names it: here, and only here, a bare name may be one of the working directory.
    const bool here = path.find('/') == std::string::npos && std::filesystem::exists(path);
    file = find_plugin(here ? "./" + path : path);
  } catch (const Error& e) {
    out << e.what() << '\n';
    return 2;
  }
  const Outcome loaded = in_child(options.timeout_s, [&] { return describe(file); });
  if (loaded.kind != Kind::fine) {
    // Sentences of the loader begin with the file; those of the sandbox do not.
    out << (loaded.text.rfind(file, 0) == 0 ? "" : file + ": loading: ") << loaded.text << '\n';
    return 2;
  }
  std::vector<std::string> stages = split(loaded.text, '\n');
  const std::string title = stages.front();
  stages.erase(stages.begin());

  size_t wrong = 0, done = 0, skipped = 0;
  const std::string plugin_name = title.substr(0, title.find(' '));
  for (size_t i = 0; i < stages.size(); ++i) {
    // What an error of the stage itself begins with; said once is enough.
    const std::string who = fmt::format("plugin {} ({}), {}: ", plugin_name, file, stages[i]);
    const auto report = [&](const std::string& check, std::string text) {
      if (const auto at = text.find(who); at != std::string::npos) text.erase(at, who.size());
      out << file << ": " << stages[i] << ": " << check << ": " << text << '\n';
    };
    const auto run = [&](Outcome (*check)(const Subject&)) {
      return in_child(options.timeout_s, [&] { return check(Subject(file, i, options.settings)); });
    };
    const Outcome start = run(starts);
    if (start.kind == Kind::skipped) {
      ++skipped;
      report("not tried further, it does not start with these parameters", start.text);
      continue;
    }
    if (start.kind == Kind::wrong) {
      ++wrong;
      report("start", start.text);
      continue;
    }
    for (const Check& check : kChecks) {
      ++done;
      const Outcome outcome = run(check.run);
      if (outcome.kind != Kind::wrong) continue;
      ++wrong;
      report(check.name, outcome.text);
    }
  }
  out << fmt::format("plugin {}: {} stages, {} checks done{}: {}\n", title, stages.size(), done,
                     skipped ? fmt::format(", {} stages not tried", skipped) : "",
                     wrong ? fmt::format("{} wrong", wrong) : "nothing is wrong");
  return wrong ? 2 : 0;
}

}  // namespace spinechron
