// spinechron run INPUT OUT: every series found -> results, then the group level.

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "configuration.hpp"
#include "console.hpp"
#include "core/version.hpp"
#include "denoise/calibrate.hpp"
#include "graph/failures.hpp"
#include "graph/isolate.hpp"
#include "graph/memory.hpp"
#include "graph/shard.hpp"
#include "graph/store.hpp"
#include "graph/worker.hpp"
#include "io/bids.hpp"
#include "io/files.hpp"
#include "io/read_image.hpp"
#include "report/write_group.hpp"
#include "report/write_series.hpp"
#include "run_input.hpp"
#include "run_observer.hpp"
#include "signal_watch.hpp"
#include "summary.hpp"

namespace spinechron {
namespace {

struct RunCall {
  std::string input, out, config, shard = "1/1", memory, channel, behaviour;
  std::vector<std::string> participants, samples, sets, plugins;
  int jobs = 0;
  bool resume = true, force = false, list = false, no_group = false, isolate = false, worker = false;
  double timeout_s = 0;
  std::vector<std::string> again;  ///< this program and the arguments a worker needs as well
  ConsoleOptions console;
};

/// The series of this call, sorted by what is to be done with them.
struct Work {
  std::vector<Series> all;  ///< of this call, in order
  std::vector<Series> to_do;
  std::vector<Failure> failures;  ///< known before an image is read
  size_t done_before = 0;
  bool whole_input = true;
};

/// Everything beside the input that decides what a result looks like.
std::string maker_of(const Configuration& configuration) {
  const BuildInfo& build = build_info();
  std::string maker =
      fmt::format("spinechron {} {} configuration {}", build.version, build.commit, configuration.plan.hash);
  for (const report::UsedFile& plugin : configuration.plugins) maker += " plugin " + plugin.sha256;
  for (const report::UsedFile& file : configuration.files) maker += " file " + file.sha256;
  return maker;
}

report::ReportContext report_context(const Configuration& configuration) {
  report::ReportContext context;
  for (const EffectiveValue& v : configuration.plan.effective)
    context.settings.push_back({v.section, v.key, v.value, v.unit, v.meaning});
  context.configuration_sha256 = configuration.plan.hash;
  context.plugins = configuration.plugins;
  context.files = configuration.files;
  context.config = configuration.host.report;
  context.rescue_um = configuration.host.rescue_um;
  return context;
}

/// Shards that run at once into one folder have a file each.
std::string progress_file(const RunCall& call) {
  const Shard shard = parse_shard(call.shard);
  if (shard.whole()) return call.out + "/progress.json";
  return fmt::format("{}/progress_shard-{}of{}.json", call.out, shard.index, shard.count);
}

/// The series of this call. Nothing is written before they are known.
std::vector<FoundSeries> find_input(const RunCall& call, const Configuration& configuration) {
  FindOptions options{call.participants, call.samples, configuration.host.series.sessions, std::nullopt};
  const std::string& channel = call.channel.empty() ? configuration.host.series.channel : call.channel;
  if (!channel.empty()) options.channel = channel;
  InputSet input = find_series(call.input, options);
  for (const std::string& warning : input.warnings) log_warning(warning);
  return of_shard(std::move(input.series), parse_shard(call.shard));
}

Work sort_work(const RunCall& call, std::vector<FoundSeries> input, const ResultStore& store,
               const std::atomic<bool>& cancelled) {
  Work work;
  work.whole_input = parse_shard(call.shard).whole() && call.participants.empty() && call.samples.empty();
  for (FoundSeries& found : input) {
    if (cancelled) throw Cancelled();
    work.all.push_back(found.series);
    if (!found.problem.empty())
      work.failures.push_back({found.series.subject, found.series.sample, "", "read",
                               found.series.stem() + " / read: " + found.problem});
    else if (!call.force && store.is_done(found.series))
      ++work.done_before;
    else
      work.to_do.push_back(std::move(found.series));
  }
  return work;
}

/// Of 16-bit samples; what was read corrects it.
std::uint64_t voxels_by_file_size(const Session& session) {
  return file_bytes(session.path) / 2;
}

Ends ends_of(const report::ReportContext& context, const ResultStore& store, const BatchOptions& options) {
  Ends ends;
  ends.voxels = voxels_by_file_size;
  ReadOptions reading;
  reading.max_bytes = options.memory_bytes / 2;
  reading.cancelled = options.cancelled;
  ends.read = [reading](const Session& session) { return read_image(session, reading); };
  ends.calibrate = [](RawStack raw, const Context& c) { return calibrate(std::move(raw), c); };
  ends.write = [&context, &store](const SeriesResult& result) {
    try {
      report::write_series(result, context, store.begin(result.series));
      store.publish(result, report::provenance_json(result, context));
    } catch (...) {
      store.discard(result.series);
      throw;
    }
  };
  return ends;
}

/// The command of a worker: this program with what its results depend on.
std::vector<std::string> worker_call(const RunCall& call) {
  std::vector<std::string> words{std::filesystem::read_symlink("/proc/self/exe").string(),
                                 "run",
                                 call.input,
                                 call.out,
                                 "--log-level",
                                 "error"};
  const auto add = [&](const std::string& option, const std::vector<std::string>& values) {
    for (const std::string& value : values) words.insert(words.end(), {option, value});
  };
  if (!call.config.empty()) add("--config", {call.config});
  add("--set", call.sets);
  add("--plugin", call.plugins);
  return words;
}

/// A call with what it sets up first.
struct Run {
  const RunCall& call;
  SignalWatch signals;
  std::unique_ptr<Configuration> configuration;
  report::ReportContext context;
  BatchOptions options;

  explicit Run(const RunCall& c) : call(c), configuration(configure(c.config, c.sets, c.plugins)) {
    context = report_context(*configuration);
    options.jobs = call.jobs;
    options.memory_bytes =
        call.memory.empty() ? default_budget_bytes(memory_limit_bytes()) : parse_bytes(call.memory);
    options.cancelled = signals.cancelled();
  }
};

void say_interrupted() {
  log_warning("interrupted: run the same command again to do the rest");
}

/// When a second signal, or a stage that does not heed the first, ends the process at once: what is staged
/// must not stay behind, nor a file that says the run goes on.
struct AbandonAtOnce {
  SignalWatch& signals;
  AbandonAtOnce(SignalWatch& s, const ResultStore& store, const std::string& progress) : signals(s) {
    signals.set_at_once([&store, progress] {
      store.abandon();
      std::error_code not_there;
      std::filesystem::remove(progress, not_there);
      say_interrupted();
    });
  }
  ~AbandonAtOnce() {
    signals.set_at_once([] {});
  }
};

/// As many workers as threads, but for the memory of the largest series; what is left is their threads.
IsolateOptions isolate_options(const Run& run, const std::vector<Series>& series) {
  std::uint64_t largest = 1;
  for (const Series& s : series) largest = std::max(largest, need_of(s, 1));
  const int threads = threads_for(run.call.jobs);
  IsolateOptions options;
  options.at_once = static_cast<int>(
      std::clamp<std::uint64_t>(run.options.memory_bytes / largest, 1, static_cast<std::uint64_t>(threads)));
  options.timeout_s = run.call.timeout_s;
  options.cancelled = run.options.cancelled;
  options.worker = run.call.again;
  for (const std::string& more :
       {std::string("--worker"), std::string("--jobs"),
        std::to_string(std::max(1, threads / options.at_once)), std::string("--memory"),
        std::to_string(run.options.memory_bytes / static_cast<std::uint64_t>(options.at_once))})
    options.worker.push_back(more);
  return options;
}

/// The child's side of --isolate: one series from standard input.
int work_for_parent(Run& run) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const std::vector<Series> series{series_from_json(nlohmann::ordered_json::parse(text))};
  ResultStore store(run.call.out, maker_of(*run.configuration));
  AbandonAtOnce abandon(run.signals, store, "");
  WorkerVoice voice(STDOUT_FILENO);
  const BatchReport batch = run_batch(series, run.configuration->plan,
                                      ends_of(run.context, store, run.options), run.options, voice);
  return batch.cancelled ? kInterrupted : batch.failures.empty() ? kDone : kSomeFailed;
}

BatchReport run_series(const Run& run, const ResultStore& store, const std::vector<Series>& series,
                       RunObserver& observer) {
  if (!run.call.isolate)
    return run_batch(series, run.configuration->plan, ends_of(run.context, store, run.options), run.options,
                     observer);
  BatchReport report = run_isolated(series, isolate_options(run, series), observer);
  remove_abandoned_staging(store.out());
  return report;
}

std::vector<Series> without(const std::vector<Failure>& failures, const std::vector<Series>& all) {
  std::vector<Series> out;
  for (const Series& series : all)
    if (std::none_of(failures.begin(), failures.end(),
                     [&](const Failure& failure) { return failure.stem() == series.stem(); }))
      out.push_back(series);
  return out;
}

int run(const RunCall& call) {
  parse_shard(call.shard);
  Run run(call);
  if (call.worker) return work_for_parent(run);

  std::vector<FoundSeries> input = find_input(call, *run.configuration);
  if (call.list) return print_list(input), kDone;
  ResultStore store(call.out, maker_of(*run.configuration));
  AbandonAtOnce abandon(run.signals, store, progress_file(call));
  const Work work = sort_work(call, std::move(input), store, *run.signals.cancelled());
  log_info(fmt::format("{} series, {} of them done before; {} threads, {} for images", work.all.size(),
                       work.done_before, threads_for(call.jobs), bytes_text(run.options.memory_bytes)));
  for (const Failure& failure : work.failures) log_error(failure.reason, {{"series", failure.stem()}});
  BatchReport batch;
  {
    const Progress progress(work.to_do.size(), run.configuration->plan.denoise.size(), work.done_before);
    RunObserver observer(progress, progress_file(call), store.scratch());
    batch = run_series(run, store, work.to_do, observer);
  }
  std::vector<Failure> failures = work.failures;
  failures.insert(failures.end(), batch.failures.begin(), batch.failures.end());
  std::vector<std::string> handled;
  for (const Series& series : work.all) handled.push_back(series.stem());
  write_failures(store, failures, handled, work.whole_input && !batch.cancelled);

  if (!batch.cancelled && !call.no_group && parse_shard(call.shard).whole()) {
    report::GroupOptions options{run.configuration->host.report.confidence, std::nullopt};
    if (!call.behaviour.empty()) options.behaviour = call.behaviour;
    options.series = stems_of(finished_or_warned(call.out));
    report::write_group(call.out, options);
  }

  std::cout << summary_table(call.out, without(failures, work.all)) << std::flush;
  log_info(fmt::format("{} done, {} failed; peak memory {}", work.done_before + batch.done, failures.size(),
                       bytes_text(peak_resident_bytes())),
           {{"peak_memory_bytes", peak_resident_bytes()}});
  if (batch.cancelled) {
    say_interrupted();
    return kInterrupted;
  }
  return failures.empty() ? kDone : kSomeFailed;
}

}  // namespace

void add_run(CLI::App& app, int& exit_status) {
  CLI::App* command = app.add_subcommand("run", "the main job: every series found -> results");
  auto call = std::make_shared<RunCall>();
  command->add_option("INPUT", call->input, "a BIDS microscopy folder, or a manifest (.tsv)")->required();
  command->add_option("OUT", call->out, "the folder for results; made if it is not there")->required();
  command->add_option("--participant-label", call->participants, "only these subjects")->type_name("L");
  command->add_option("--sample-label", call->samples, "only these samples")->type_name("L");
  command->add_option("--config", call->config, "a configuration (TOML)")->type_name("FILE");
  command->add_option("--set", call->sets, "one value of the configuration; may be repeated")
      ->type_name("stage.key=value")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--plugin", call->plugins, "plugin files with further stages")->type_name("FILE");
  command->add_option("--channel", call->channel, "channel to read, by number from 1 or by name")
      ->type_name("C");
  command->add_option("--behaviour", call->behaviour, "behaviour of the animals: animal, hours, score")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  command->add_option("--jobs", call->jobs, "threads; 0: as many as there are processors")
      ->check(CLI::Range(0, 4096));
  command->add_option("--memory", call->memory, "memory for images in flight, as in 4G; else a share of it")
      ->type_name("AMOUNT");
  auto* resume =
      command->add_flag("--resume", call->resume, "leave alone what is done and unchanged (default)");
  command->add_flag("--force", call->force, "make everything again")->excludes(resume);
  command->add_option("--shard", call->shard, "the I-th of N parts of the input, as in 2/8")
      ->type_name("I/N");
  command->add_flag("--no-group", call->no_group, "leave the tables over all series to a later `group`");
  command->add_flag("--list", call->list, "only print the series of this call, as JSON");
  command->add_option("--progress", call->console.progress, "a bar on a terminal, plain lines, or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  command->add_option("--log-level", call->console.log_level, "the least important lines to show")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}));
  command->add_option("--log-format", call->console.log_format, "text, or json: one object a line")
      ->check(CLI::IsMember({"text", "json"}));
  auto* isolate = command->add_flag("--isolate", call->isolate, "every series in a process of its own");
  command->add_option("--timeout", call->timeout_s, "end a series that takes longer")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->needs(isolate);
  command->add_flag("--worker", call->worker)->group("");
  command->callback([call, &exit_status] {
    open_console(call->console);
    if (call->isolate) call->again = worker_call(*call);
    exit_status = run(*call);
  });
}

}  // namespace spinechron
