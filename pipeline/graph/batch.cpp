#include "graph/batch.hpp"

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include "bridge/opencv.hpp"
#include "graph/job.hpp"
#include "graph/memory.hpp"

namespace spinechron {
namespace {

namespace flow = tbb::flow;

/// What makes room for more.
struct Passed {
  SeriesPtr job;         ///< none: the batch begins
  bool written = false;  ///< or aligned only
};

/// The work of every node; the graph below only says what follows what.
class Batch {
 public:
  Batch(const std::vector<Series>& series, const Plan& plan, const Ends& ends, const BatchOptions& options,
        BatchObserver& observer)
      : series_(series),
        plan_(plan),
        ends_(ends),
        options_(options),
        observer_(observer),
        threads_(static_cast<size_t>(threads_for(options.jobs))),
        budget_(options.memory_bytes ? options.memory_bytes : default_budget_bytes(memory_limit_bytes())),
        failures_(series.size()) {}

  /// Gives back what a series had, and lets in what fits now; in the order given.
  template <typename Ports>
  void limit(const Passed& passed, Ports& ports) {
    if (passed.written)
      settle(*passed.job);
    else if (passed.job)
      --to_align_;
    while (next_ < series_.size() && !is_cancelled()) {
      if (!waiting_) waiting_ = measured(next_);
      if (waiting_->failure) {
        settle_failure(*waiting_);
      } else {
        if (in_flight_ > 0 && !fits(*waiting_)) return;
        bytes_in_flight_ += waiting_->need_bytes;
        ++in_flight_;
        ++to_align_;
        report_.most_in_flight = std::max(report_.most_in_flight, in_flight_);
        report_.most_bytes_in_flight = std::max(report_.most_bytes_in_flight, bytes_in_flight_.load());
        tell([&] { observer_.started(*waiting_->series); });
        for (size_t i = 0; i < waiting_->sessions.size(); ++i)
          std::get<0>(ports).try_put(SessionInSeries{waiting_, i});
      }
      waiting_.reset();
      ++next_;
    }
  }

  void read(const SessionInSeries& at) {
    step(at, "read", [&](const Context&) { at.session().raw = ends_.read(*at.session().session); });
  }

  void denoise(const SessionInSeries& at) {
    SessionJob& session = at.session();
    step(at, "calibrate", [&](const Context& context) {
      RawStack counts = std::move(session.raw);
      session.raw = {Image(),         counts.lowest_count, counts.highest_count, counts.lens,
                     counts.warnings, counts.format,       counts.sha256,        counts.files};
      session.stack = ends_.calibrate(std::move(counts), context);
    });
    for (const auto& filter : plan_.denoise)
      step(at, "denoise",
           [&](const Context& context) { session.stack = filter->run(std::move(session.stack), context); });
  }

  void segment(const SessionInSeries& at) {
    step(at, "segment", [&](const Context& context) {
      at.session().tracing = plan_.segment->run(at.session().stack, context);
    });
  }

  template <typename Ports>
  void gather(const SessionInSeries& at, Ports& ports) {
    SeriesJob& job = *at.job;
    if (--job.sessions_to_come > 0) return;
    for (SessionJob& session : job.sessions)
      if (session.failure && !job.failure) job.failure = session.failure;
    correct_need(job);
    if (!job.failure && !job.cancelled &&
        std::all_of(job.sessions.begin(), job.sessions.end(),
                    [](const auto& s) { return s.tracing.empty(); }))
      fail(
          job, "", "segment",
          "no dendrite was found in any session: check that the channel is the one that shows dendrites, and "
          "that the voxel size is right");
    std::get<0>(ports).try_put(at.job);
  }

  void align(SeriesJob& job) {
    step(job, "align", [&](const Context& context) {
      std::vector<Tracing> tracings;
      for (const SessionJob& session : job.sessions) tracings.push_back(session.tracing);
      job.frames = plan_.align->run(stacks(job), tracings, context);
      if (job.frames.size() != job.sessions.size())
        throw Error("the stage gave {} frames for {} sessions: report this to the stage's author",
                    job.frames.size(), job.sessions.size());
    });
  }

  void detect(SeriesJob& job) {
    if (job.failure || job.cancelled) return;
    tbb::this_task_arena::isolate([&] {
      tbb::parallel_for(size_t{0}, job.sessions.size(), [&](size_t i) {
        SessionJob& session = job.sessions[i];
        if (!job.frames[i].usable) return;
        guarded(job, session.session->label, "detect", session.timings, session.failure,
                [&](const Context& context) {
                  session.candidates = plan_.detect->run(session.stack, job.frames[i], context);
                });
      });
    });
    for (SessionJob& session : job.sessions)
      if (session.failure && !job.failure) job.failure = session.failure;
  }

  void match(SeriesJob& job) {
    step(job, "match", [&](const Context& context) {
      std::vector<std::vector<Candidate>> candidates;
      for (SessionJob& session : job.sessions) candidates.push_back(std::move(session.candidates));
      job.tracks = plan_.match->run(stacks(job), job.frames, candidates, context);
    });
  }

  void write(SeriesJob& job) {
    SeriesResult result;
    step(job, "write", [&](const Context&) {
      result = to_result(job);
      ends_.write(result);
      job.done = true;
    });
    // Images go before the bytes are given back.
    for (SessionResult& session : result.sessions) session.image = Image();
    job.sessions.clear();
    if (job.done) tell([&] { observer_.finished(to_finished(result)); });
  }

  size_t threads() const { return threads_; }

  BatchReport report() {
    for (auto& failure : failures_)
      if (failure) report_.failures.push_back(std::move(*failure));
    report_.cancelled = report_.done + report_.failures.size() < series_.size();
    return std::move(report_);
  }

 private:
  bool is_cancelled() const {
    return options_.cancelled && options_.cancelled->load(std::memory_order_relaxed);
  }

  template <typename Call>
  void tell(Call&& call) {
    const std::lock_guard lock(telling_);
    call();
  }

  /// A series with its estimated need, or with the failure that keeps it out.
  SeriesPtr measured(size_t index) {
    auto job = std::make_shared<SeriesJob>();
    job->series = &series_[index];
    job->index = index;
    job->sessions.resize(series_[index].sessions.size());
    job->sessions_to_come = job->sessions.size();
    if (job->sessions.empty())
      fail(*job, "", "read", "the series has no session: give it at least one image");
    std::uint64_t total = 0, largest = 0;
    for (size_t i = 0; i < job->sessions.size() && !job->failure; ++i) {
      job->sessions[i].session = &series_[index].sessions[i];
      job->sessions[i].index = i;
      const std::string& label = series_[index].sessions[i].label;
      try {
        const std::uint64_t voxels = ends_.voxels(series_[index].sessions[i]);
        total += voxels;
        largest = std::max(largest, voxels);
      } catch (const std::exception& e) {
        fail(*job, label, "read", e.what());
      }
    }
    job->need_bytes = need_of(*job, total, largest);
    return job;
  }

  std::uint64_t need_of(SeriesJob& job, std::uint64_t voxels, std::uint64_t voxels_of_largest) {
    const std::uint64_t need =
        estimated_need_bytes(voxels, voxels_of_largest, std::min(threads_, job.sessions.size()));
    if (!job.failure && need > budget_)
      fail(job, "", "read",
           fmt::format("the series needs about {} but {} may be used: raise --memory, lower --jobs, or crop "
                       "the images",
                       bytes_text(need), bytes_text(budget_)));
    return need;
  }

  /// Headers and compressed files can tell too little: what was read counts.
  void correct_need(SeriesJob& job) {
    std::uint64_t total = 0, largest = 0;
    for (const SessionJob& session : job.sessions) {
      const std::uint64_t voxels = session.stack.image.size().count();
      total += voxels;
      largest = std::max(largest, voxels);
    }
    const std::uint64_t need = need_of(job, total, largest);
    if (need <= job.need_bytes) return;
    bytes_in_flight_ += need - job.need_bytes;
    job.need_bytes = need;
  }

  /// A series needs the most memory until it is aligned: so long only as many are let in as keep every thread
  /// busy, a thread for each session. After that it holds little more than its images.
  bool fits(const SeriesJob& job) const {
    const size_t sessions = std::max<size_t>(1, job.sessions.size());
    return bytes_in_flight_ + job.need_bytes <= budget_ && in_flight_ < threads_ &&
           to_align_ < (threads_ + sessions - 1) / sessions;
  }

  void settle(SeriesJob& job) {
    bytes_in_flight_ -= job.need_bytes;
    --in_flight_;
    if (job.failure) return settle_failure(job);
    if (job.done) ++report_.done;
  }

  void settle_failure(SeriesJob& job) {
    tell([&] { observer_.failed(*job.failure); });
    failures_[job.index] = std::move(job.failure);
  }

  static std::vector<const Stack*> stacks(const SeriesJob& job) {
    std::vector<const Stack*> out;
    for (const SessionJob& session : job.sessions) out.push_back(&session.stack);
    return out;
  }

  static void fail(SeriesJob& job, const std::string& session, const std::string& stage,
                   const std::string& what) {
    job.failure = failure_of(job, session, stage, what);
  }

  static Failure failure_of(const SeriesJob& job, const std::string& session, const std::string& stage,
                            const std::string& what) {
    const std::string where = session.empty() ? "" : " / ses-" + session;
    return {job.series->subject, job.series->sample, session, stage,
            fmt::format("{}{} / {}: {}", job.series->stem(), where, stage, what)};
  }

  /// Runs one stage of one session or series: times it, tells the observer, turns an exception into a
  /// failure.
  template <typename Work>
  void guarded(SeriesJob& job, const std::string& session, const std::string& stage,
               std::vector<StageTiming>& timings, std::optional<Failure>& failure, Work&& work) {
    if (failure) return;
    Context context{options_.cancelled, seed_of(job.series->stem() + "/" + session + "/" + stage)};
    const auto begin = std::chrono::steady_clock::now();
    try {
      context.check_cancelled();
      tell([&] { observer_.stage_began(*job.series, session, stage); });
      // A thread that waits in a stage's inner loop must not begin another session meanwhile.
      tbb::this_task_arena::isolate([&] { work(context); });
    } catch (const Cancelled&) {
      job.cancelled = true;
      return;
    } catch (const std::bad_alloc&) {
      failure =
          failure_of(job, session, stage, "out of memory: lower --jobs or --memory, or use a larger machine");
    } catch (const std::exception& e) {
      failure = failure_of(job, session, stage, e.what());
    } catch (...) {
      failure =
          failure_of(job, session, stage, "the stage failed without a reason: report this to its author");
    }
    if (failure) return;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    timings.push_back({session, stage, seconds.count()});
    tell([&] { observer_.stage_done({job.series->stem(), timings.back(), peak_resident_bytes()}); });
  }

  template <typename Work>
  void step(const SessionInSeries& at, const std::string& stage, Work&& work) {
    SessionJob& session = at.session();
    // Only an earlier session's failure makes this one pointless: so the one that is named is always the
    // same.
    if (at.job->cancelled || at.job->first_failed.load() < at.index) return;
    guarded(*at.job, session.session->label, stage, session.timings, session.failure, work);
    if (!session.failure) return;
    size_t first = at.job->first_failed.load();
    while (at.index < first && !at.job->first_failed.compare_exchange_weak(first, at.index)) {
    }
  }

  template <typename Work>
  void step(SeriesJob& job, const std::string& stage, Work&& work) {
    if (!job.cancelled) guarded(job, "", stage, job.timings, job.failure, work);
  }

  const std::vector<Series>& series_;
  const Plan& plan_;
  const Ends& ends_;
  const BatchOptions& options_;
  BatchObserver& observer_;
  const size_t threads_;
  const std::uint64_t budget_;
  std::mutex telling_;
  std::atomic<std::uint64_t> bytes_in_flight_{0};

  // Only `limit` touches these, one message at a time.
  size_t next_ = 0;
  size_t in_flight_ = 0;  ///< let in and not yet written
  size_t to_align_ = 0;   ///< let in and not yet aligned
  SeriesPtr waiting_;
  std::vector<std::optional<Failure>> failures_;
  BatchReport report_;
};

void run_graph(Batch& batch) {
  using Sessions = flow::function_node<SessionInSeries, SessionInSeries>;
  using WholeSeries = flow::function_node<SeriesPtr, SeriesPtr>;
  const auto each = [](auto&& work) { return [work](SessionInSeries at) { return work(at), at; }; };
  const auto whole = [](auto&& work) { return [work](SeriesPtr job) { return work(*job), job; }; };
  flow::graph graph;

  // The later the stage, the sooner it runs: what is begun is ended before more is begun.
  flow::multifunction_node<Passed, std::tuple<SessionInSeries>> limit(
      graph, flow::serial, [&](const Passed& passed, auto& ports) { batch.limit(passed, ports); }, 1);
  Sessions read(graph, flow::unlimited, each([&](auto& at) { batch.read(at); }), 2);
  Sessions denoise(graph, flow::unlimited, each([&](auto& at) { batch.denoise(at); }), 3);
  Sessions segment(graph, flow::unlimited, each([&](auto& at) { batch.segment(at); }), 4);
  flow::multifunction_node<SessionInSeries, std::tuple<SeriesPtr>> gather(
      graph, flow::unlimited, [&](const SessionInSeries& at, auto& ports) { batch.gather(at, ports); }, 5);
  // What is aligned or matched beside a series that is written would double the memory; each keeps two
  // threads busy by itself.
  flow::queue_node<SeriesPtr> gathered(graph);
  flow::limiter_node<SeriesPtr> one_a_pair_of_threads(graph, (batch.threads() + 1) / 2);
  WholeSeries align(graph, flow::unlimited, whole([&](auto& job) { batch.align(job); }), 6);
  WholeSeries detect(graph, flow::unlimited, whole([&](auto& job) { batch.detect(job); }), 7);
  WholeSeries match(graph, flow::unlimited, whole([&](auto& job) { batch.match(job); }), 8);
  flow::function_node<SeriesPtr, Passed> write(
      graph, flow::unlimited,
      [&](SeriesPtr job) {
        return batch.write(*job), Passed{job, true};
      },
      9);
  flow::function_node<SeriesPtr, Passed, flow::lightweight> aligned(graph, flow::unlimited,
                                                                    [](SeriesPtr job) noexcept {
                                                                      return Passed{std::move(job), false};
                                                                    });

  flow::function_node<Passed, flow::continue_msg, flow::lightweight> written(
      graph, flow::unlimited, [](const Passed&) noexcept { return flow::continue_msg(); });

  flow::make_edge(flow::output_port<0>(limit), read);
  flow::make_edge(read, denoise);
  flow::make_edge(denoise, segment);
  flow::make_edge(segment, gather);
  flow::make_edge(flow::output_port<0>(gather), gathered);
  flow::make_edge(gathered, one_a_pair_of_threads);
  flow::make_edge(one_a_pair_of_threads, align);
  flow::make_edge(align, detect);
  flow::make_edge(detect, match);
  flow::make_edge(match, write);
  flow::make_edge(align, aligned);
  flow::make_edge(aligned, limit);
  flow::make_edge(write, limit);
  flow::make_edge(write, written);
  flow::make_edge(written, one_a_pair_of_threads.decrementer());

  limit.try_put(Passed{});
  graph.wait_for_all();
}

}  // namespace

int threads_for(int jobs) {
  return jobs > 0 ? jobs : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

BatchReport run_batch(const std::vector<Series>& series, const Plan& plan, const Ends& ends,
                      const BatchOptions& options, BatchObserver& observer) {
  bridge::no_threads_of_its_own();
  const int threads = threads_for(options.jobs);
  const tbb::global_control at_most(tbb::global_control::max_allowed_parallelism,
                                    static_cast<size_t>(threads));
  tbb::task_arena arena(threads);
  Batch batch(series, plan, ends, options, observer);
  arena.execute([&] { run_graph(batch); });
  return batch.report();
}

}  // namespace spinechron
