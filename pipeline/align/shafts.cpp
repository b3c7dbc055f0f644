#include "align/shafts.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

#include "align/carry.hpp"
#include "align/coarse.hpp"
#include "align/slide.hpp"
#include "align/starts.hpp"
#include "evidence/evidence.hpp"

namespace spinechron {
namespace {

std::vector<Curve> curves_of(const Tracing& tracing) {
  std::vector<Curve> out;
  for (const Dendrite& d : tracing) out.push_back(d.centreline);
  return out;
}

Frame unusable(std::string reason) {
  Frame f;
  f.usable = false;
  f.reason = std::move(reason);
  return f;
}

// Whether the dendrites of a session are the reference's, by what stands beside them and how thick they are.
class Likeness {
 public:
  void add(const Slide& slide, double length_um) {
    agreement_ += slide.agreement;
    by_chance_ += slide.by_chance;
    variance_ += slide.by_chance_variance;
    length_um_ += length_um;
  }
  double over_chance() const { return (agreement_ - by_chance_) / std::sqrt(std::max(variance_, 1e-12)); }
  /// Shafts must be as thick here as there: at least as alike as two images of one bare shaft; where what
  /// stands beside them agrees beyond chance, thickness may differ twice as much.
  bool same_tissue() const {
    return agreement_ > (over_chance() > kOneInThousand ? 2 : 1) * agreement_of_bare_shafts(length_um_);
  }
  std::string reason() const {
    return fmt::format(
        "shows other tissue than the other sessions, or too little of it: thickness and surroundings of its "
        "shafts do not agree with theirs (log likelihood {:.2f} per um, {:.1f} standard deviations above "
        "chance); check that this is the right image, and that it is not turned or mirrored",
        agreement_ / std::max(length_um_, 1.0), over_chance());
  }

 private:
  static constexpr double kOneInThousand = 3.1;  // standard deviations of the normal distribution, one-sided
  double agreement_ = 0, by_chance_ = 0, variance_ = 0, length_um_ = 0;
};

// All sessions in the frame of session `ref`; what `frames` already says is unusable is left out.
std::vector<Frame> align_to(size_t ref, std::vector<Frame> frames, const Starts& starts,
                            const std::vector<const Stack*>& stacks, const std::vector<Tracing>& tracings,
                            const AlignConfig& config, const Context& context) {
  const size_t n = stacks.size();
  std::vector<CarriedCurves> views(n);
  const auto in_each_usable = [&](auto&& work) {
    tbb::parallel_for(size_t{0}, n, [&](size_t s) {
      if (!frames[s].usable) return;
      context.check_cancelled();
      work(s);
    });
  };

  // Rigid starts, then the reference's own dendrites in every session.
  std::vector<Curve> reference;
  for (const Dendrite& d : tracings[ref]) reference.push_back(extended(d.centreline, stacks[ref]->image));
  const std::vector<Curve> traced = curves_of(tracings[ref]);
  in_each_usable([&](size_t s) {
    const Stack& stack = *stacks[s];
    CarriedCurves& view = views[s];
    view.haze = haze_of(stack.image);
    if (s == ref) {
      view.add_own(reference, stack);
      return;
    }
    const CoarseFit& start = starts.fit(ref, s);
    if (start.correlation < config.min_correlation) {
      frames[s] = unusable(fmt::format(
          "does not overlap with the reference session or shows other tissue (correlation {:.2f})",
          start.correlation));
      return;
    }
    view.session_from_reference = start.session_from_reference;
    view.session_from_reference.shift_um.z() +=
        depth_shift(traced, start.session_from_reference, starts.view(s), config.max_depth_shift_um);
    view.add(reference, stack, true);
  });

  // Dendrites that other sessions traced and the reference did not: rare, so images are filtered for it anew.
  for (size_t s = 0; s < n; ++s) {
    if (s == ref || !frames[s].usable) continue;
    const std::vector<Curve> fresh = only_traced_there(tracings[s], views[s], *stacks[ref], views[ref].haze,
                                                       reference, config.min_dendrite_um);
    if (fresh.empty()) continue;
    for (size_t t = 0; t < n; ++t) {
      if (!frames[t].usable) continue;
      if (t == ref)
        views[t].add_own(fresh, *stacks[t]);
      else
        views[t].add(fresh, *stacks[t], false);
    }
    reference.insert(reference.end(), fresh.begin(), fresh.end());
  }

  const auto in_each_dendrite = [&](auto&& work) {
    tbb::parallel_for(size_t{0}, n * reference.size(), [&](size_t i) {
      const size_t s = i / reference.size();
      if (!frames[s].usable) return;
      context.check_cancelled();
      work(s, i % reference.size());
    });
  };
  in_each_usable([&](size_t s) {
    for (size_t d = 0; d < reference.size(); ++d) {
      Dendrite dendrite;
      if (d < tracings[ref].size()) {
        dendrite.parent = tracings[ref][d].parent;
        dendrite.parent_point = tracings[ref][d].parent_point;
        dendrite.radius_um = tracings[ref][d].radius_um;  // as traced; replaced by the measured edge below
        if (s == ref) dendrite.snr = tracings[ref][d].snr;
      }
      dendrite.id = static_cast<int>(d) + 1;
      dendrite.centreline = std::move(views[s].curves[d]);
      frames[s].dendrites.push_back(std::move(dendrite));
    }
    frames[s].evidence.resize(reference.size());
  });
  in_each_dendrite([&](size_t s, size_t d) {
    frames[s].evidence[d] = std::make_shared<const Evidence>(std::move(views[s].pieces[d]),
                                                             frames[s].dendrites[d], frames[s].dendrites);
  });
  in_each_dendrite([&](size_t s, size_t d) {
    const Evidence& e = *frames[s].evidence[d];
    Dendrite& dendrite = frames[s].dendrites[d];
    dendrite.radius_um.assign(dendrite.centreline.size(), 0.5);
    if (!e.usable()) return;
    for (size_t i = 0; i < dendrite.centreline.size(); ++i)
      dendrite.radius_um[i] = 0.5 * (e.edge_um(Side::left)[i] + e.edge_um(Side::right)[i]);
    dendrite.snr = 1 / std::max(e.floor(), 1e-6);
  });
  std::vector<Slide> slides(n * reference.size());
  in_each_dendrite([&](size_t s, size_t d) {
    const Evidence &a = *frames[ref].evidence[d], &b = *frames[s].evidence[d];
    if (s != ref && a.usable() && b.usable())
      slides[s * reference.size() + d] = slide_along(a, b, config.slide_reach_um);
  });

  for (size_t s = 0; s < n; ++s) {
    if (!frames[s].usable) continue;
    context.check_cancelled();
    Frame& f = frames[s];
    std::vector<Vec3> here, there;
    Likeness likeness;
    for (size_t d = 0; d < reference.size(); ++d) {
      const Evidence& a = *frames[ref].evidence[d];
      const Evidence& b = *f.evidence[d];
      Slide slide = std::move(slides[s * reference.size() + d]);
      if (s == ref) {
        for (int i = 0; i < a.arcs(); ++i) slide.arc_um.push_back(i * kStepUm);
        slide.error_um.assign(size_t(a.arcs()), 0.0);
      } else if (a.usable() && b.usable() && f.dendrites[d].snr >= kLeastShaftSnr) {
        if (d < tracings[ref].size()) likeness.add(slide, a.arcs() * kStepUm);
      } else {
        slide.arc_um.assign(reference[d].size(), SpineMeasures::kNaN);
        slide.error_um = slide.arc_um;
      }
      // Curves run on beyond the image, where nothing is shown.
      for (double& arc : slide.arc_um)
        if (std::isfinite(arc) && !shows(stacks[s]->image, at_arc(f.dendrites[d].centreline, kStepUm, arc)))
          arc = SpineMeasures::kNaN;
      for (size_t i = 0; i < slide.arc_um.size(); i += 8)
        if (std::isfinite(slide.arc_um[i])) {
          there.push_back(reference[d][i]);
          here.push_back(at_arc(f.dendrites[d].centreline, kStepUm, slide.arc_um[i]));
        }
      f.arc_from_reference.push_back(std::move(slide.arc_um));
      f.error_um.push_back(std::move(slide.error_um));
    }
    f.arc_step_um = kStepUm;
    if (s == ref) continue;
    const bool shaft_seen = std::any_of(f.dendrites.begin(), f.dendrites.end(),
                                        [](const Dendrite& d) { return d.snr > kLeastShaftSnr; });
    if (here.size() < 10 || !shaft_seen) {
      f = unusable("shows none of the reference session's dendrites");
      continue;
    }
    if (!likeness.same_tissue()) {
      f = unusable(likeness.reason());
      continue;
    }
    f.reference_from_session = fit_affine(here, there, 0.5);
  }
  return frames;
}

}  // namespace

void AlignConfig::declare(Params& params) {
  params
      .number("max_rotation_deg", max_rotation_deg, {0, 45}, "deg",
              "Largest rotation between sessions in the image plane.")
      .number("max_depth_shift_um", max_depth_shift_um, {0, 100}, "um",
              "Largest shift in depth between sessions.")
      .number("slide_reach_um", slide_reach_um, {0.5, 20}, "um",
              "Largest offset along a dendrite that is left after the rigid start.")
      .number("min_correlation", min_correlation, {-1, 1}, "1",
              "A session whose projection correlates less with the reference's is not registered.")
      .number("min_dendrite_um", min_dendrite_um, {1, 1000}, "um",
              "A stretch that only one session traced joins the others if it is at least this long.");
}

namespace {

size_t usable_count(const std::vector<Frame>& frames) {
  return static_cast<size_t>(
      std::count_if(frames.begin(), frames.end(), [](const Frame& f) { return f.usable; }));
}

}  // namespace

std::vector<Frame> align_on_shafts(const std::vector<const Stack*>& stacks,
                                   const std::vector<Tracing>& tracings, const AlignConfig& config,
                                   const Context& context) {
  const size_t n = stacks.size();
  std::vector<Frame> best(n, unusable("no dendrite was found in any session"));
  const Starts starts(stacks, config.max_rotation_deg);
  for (const size_t ref : starts.order(tracings)) {
    std::vector<Frame> frames =
        align_to(ref, std::vector<Frame>(n), starts, stacks, tracings, config, context);
    // Dendrites that a refused session brought in must go again.
    for (size_t had = n; usable_count(frames) < had && usable_count(frames) > 1;) {
      had = usable_count(frames);
      for (Frame& f : frames)
        if (f.usable) f = Frame();
      frames = align_to(ref, std::move(frames), starts, stacks, tracings, config, context);
    }
    if (usable_count(frames) > usable_count(best)) best = std::move(frames);
    // One session that no other resembles may itself be the stranger.
    if (usable_count(best) > 1 || n == 2) break;
  }
  // The frame of the series is its first usable session's.
  const auto first = std::find_if(best.begin(), best.end(), [](const Frame& f) { return f.usable; });
  if (first != best.end()) {
    const Affine series_from_best = first->reference_from_session.inverse();
    for (Frame& f : best)
      if (f.usable) {
        f.reference_from_session.shift_um = series_from_best(f.reference_from_session.shift_um);
        f.reference_from_session.linear = series_from_best.linear * f.reference_from_session.linear;
      }
  }
  return best;
}

namespace {

class ShaftsStage : public Aligner {
 public:
  Params params() override {
    Params p;
    config_.declare(p);
    return p;
  }
  std::vector<Frame> run(const std::vector<const Stack*>& stacks, const std::vector<Tracing>& tracings,
                         const Context& context) const override {
    return align_on_shafts(stacks, tracings, config_, context);
  }

 private:
  AlignConfig config_;
};

}  // namespace

std::unique_ptr<Aligner> make_shafts_stage() {
  return std::make_unique<ShaftsStage>();
}

}  // namespace spinechron
