// spinechron run INPUT OUT: every series found -> results, then the group level.

#include <filesystem>
#include <iostream>

#include "commands.hpp"
#include "configuration.hpp"
#include "console.hpp"
#include "core/version.hpp"
#include "denoise/calibrate.hpp"
#include "graph/failures.hpp"
#include "graph/memory.hpp"
#include "graph/shard.hpp"
#include "graph/store.hpp"
#include "io/bids.hpp"
#include "io/files.hpp"
#include "io/read_image.hpp"
#include "report/write_series.hpp"
#include "run_observer.hpp"
#include "signal_watch.hpp"
#include "summary.hpp"

namespace spinechron {
namespace {

struct RunCall {
  std::string input, out, config, shard = "1/1", memory, channel;
  std::vector<std::string> participants, samples, sets, plugins;
  int jobs = 0;
  bool resume = true, force = false;
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

std::uint64_t bytes_of(const Series& series) {
  std::uint64_t bytes = 0;
  std::error_code missing;
  for (const Session& session : series.sessions) {
    const auto size = std::filesystem::file_size(session.path, missing);
    if (!missing) bytes += size;
  }
  return bytes;
}

/// The part of the input that is this shard's.
std::vector<FoundSeries> of_shard(std::vector<FoundSeries> found, const Shard& shard) {
  if (shard.whole()) return found;
  std::vector<std::string> stems;
  std::vector<std::uint64_t> bytes;
  for (const FoundSeries& f : found) {
    stems.push_back(f.series.stem());
    bytes.push_back(bytes_of(f.series));
  }
  const std::vector<int> shards = assign_shards(stems, bytes, shard.count);
  std::vector<FoundSeries> ours;
  for (size_t i = 0; i < found.size(); ++i)
    if (shards[i] == shard.index) ours.push_back(std::move(found[i]));
  return ours;
}

/// Everything beside the input that decides what a result looks like.
std::string maker_of(const Configuration& configuration) {
  const BuildInfo& build = build_info();
  std::string maker =
      fmt::format("spinechron {} {} configuration {}", build.version, build.commit, configuration.plan.hash);
  for (const std::string& plugin : configuration.plugins)
    maker += fmt::format(" plugin {}", sha256_of_file(plugin));
  return maker;
}

report::ReportContext report_context(const Configuration& configuration) {
  report::ReportContext context;
  for (const EffectiveValue& v : configuration.plan.effective)
    context.settings.push_back({v.section, v.key, v.value, v.unit, v.meaning});
  context.configuration_sha256 = configuration.plan.hash;
  context.config = configuration.host.report;
  context.rescue_um = configuration.host.rescue_um;
  return context;
}

Work find_work(const RunCall& call, const Configuration& configuration, const ResultStore& store,
               const std::atomic<bool>& cancelled) {
  FindOptions options{call.participants, call.samples, configuration.host.series.sessions, std::nullopt};
  const std::string& channel = call.channel.empty() ? configuration.host.series.channel : call.channel;
  if (!channel.empty()) options.channel = channel;
  InputSet input = find_series(call.input, options);
  for (const std::string& warning : input.warnings) log_warning(warning);

  const Shard shard = parse_shard(call.shard);
  Work work;
  work.whole_input = shard.whole() && call.participants.empty() && call.samples.empty();
  for (FoundSeries& found : of_shard(std::move(input.series), shard)) {
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

Ends ends_of(const RunCall& call, const report::ReportContext& context, const ResultStore& store,
             const BatchOptions& options) {
  (void)call;
  Ends ends;
  // Of 16-bit samples; what was read corrects it.
  ends.voxels = [](const Session& session) { return file_bytes(session.path) / 2; };
  ReadOptions reading;
  reading.max_bytes = options.memory_bytes / 2;
  reading.cancelled = options.cancelled;
  ends.read = [reading](const Session& session) { return read_image(session, reading); };
  ends.calibrate = [](RawStack raw, const Context& c) { return calibrate(std::move(raw), c); };
  ends.write = [&context, &store](const SeriesResult& result) {
    report::write_series(result, context, store.begin(result.series));
    store.publish(result, report::provenance_json(result, context));
  };
  return ends;
}

int run(const RunCall& call) {
  open_console(call.console);
  SignalWatch signals;
  parse_shard(call.shard);
  const auto configuration = configure(call.config, call.sets, call.plugins);
  BatchOptions options;
  options.jobs = call.jobs;
  options.memory_bytes =
      call.memory.empty() ? default_budget_bytes(memory_limit_bytes()) : parse_bytes(call.memory);
  options.cancelled = signals.cancelled();

  ResultStore store(call.out, maker_of(*configuration));
  signals.set_at_once([&store] { store.abandon(); });
  struct Disarm {
    SignalWatch& signals;
    ~Disarm() {
      signals.set_at_once([] {});
    }
  } disarm{signals};

  Work work = find_work(call, *configuration, store, *signals.cancelled());
  log_info(fmt::format("{} series, {} of them done before; {} threads, {} for images", work.all.size(),
                       work.done_before, threads_for(call.jobs), bytes_text(options.memory_bytes)));
  for (const Failure& failure : work.failures) log_error(failure.reason, {{"series", failure.stem()}});

  const report::ReportContext context = report_context(*configuration);
  BatchReport batch;
  {
    RunObserver observer(Progress(work.to_do.size(), configuration->plan.denoise.size(), work.done_before),
                         call.out + "/progress.json", store.scratch());
    batch =
        run_batch(work.to_do, configuration->plan, ends_of(call, context, store, options), options, observer);
  }
  std::vector<Failure> failures = work.failures;
  failures.insert(failures.end(), batch.failures.begin(), batch.failures.end());
  std::vector<std::string> handled;
  for (const Series& series : work.all) handled.push_back(series.stem());
  write_failures(store, failures, handled, work.whole_input && !batch.cancelled);

  std::cout << summary_table(call.out, work.all) << std::flush;
  log_info(fmt::format("{} done, {} failed; peak memory {}", work.done_before + batch.done, failures.size(),
                       bytes_text(peak_resident_bytes())),
           {{"peak_memory_bytes", peak_resident_bytes()}});
  if (batch.cancelled) {
    log_warning("interrupted: run the same command again to do the rest");
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
  command->add_option("--jobs", call->jobs, "threads; 0: as many as there are processors")
      ->check(CLI::Range(0, 4096));
  command->add_option("--memory", call->memory, "memory for images in flight, as in 4G; else a share of it")
      ->type_name("AMOUNT");
  auto* resume =
      command->add_flag("--resume", call->resume, "leave alone what is done and unchanged (default)");
  command->add_flag("--force", call->force, "make everything again")->excludes(resume);
  command->add_option("--shard", call->shard, "the I-th of N parts of the input, as in 2/8")
      ->type_name("I/N");
  command->add_option("--progress", call->console.progress, "a bar on a terminal, plain lines, or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  command->add_option("--log-level", call->console.log_level, "the least important lines to show")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error", "off"}));
  command->add_option("--log-format", call->console.log_format, "text, or json: one object a line")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([call, &exit_status] { exit_status = run(*call); });
}

}  // namespace spinechron
