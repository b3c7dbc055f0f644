#include "align/shafts.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "align/coarse.hpp"
#include "align/slide.hpp"
#include "align/starts.hpp"
#include "evidence/evidence.hpp"

namespace spinechron {
namespace {

constexpr double kBeyondBorderUm =
    4;  // a dendrite that leaves the reference's field may still be in another session's

constexpr double kLeastShaftSnr = 3;  // over the smoothed noise beside it; below, a curve lies on noise

/// One session while it is being registered. Its filtered images, as large as the stack, are not kept: only
/// what evidence is read from.
struct View {
  Affine session_from_reference;
  Profile haze;
  std::vector<Curve> curves;  ///< the reference's dendrites, here
  std::vector<Piece> pieces;  ///< the image round each

  void add(Curve curve, FilteredImage& image) {
    pieces.emplace_back(image, curve);
    curves.push_back(std::move(curve));
  }
};

// Smoothed more than for evidence: what curves are drawn to.
FilteredImage ridge_image(const Stack& stack, const Profile& haze) {
  const double lateral = std::hypot(0.6 * stack.optics.lateral_sigma_um, 0.25),
               axial = std::hypot(0.6 * stack.optics.axial_sigma_um, 0.6);
  return {stack.image, {{1, lateral, axial}}, haze};
}

Curve snap(FilteredImage& image, Curve curve, double lateral_um, double depth_um, double pull) {
  const Image& there = image.beside(curve, lateral_um, depth_um);
  return snap_to_ridge(there, std::move(curve), lateral_um, depth_um, pull);
}

Curve smooth_curve(const Curve& curve, double sigma_um) {
  Curve out(curve.size());
  for (int axis = 0; axis < 3; ++axis) {
    Profile v(curve.size());
    for (size_t i = 0; i < curve.size(); ++i) v[i] = curve[i][axis];
    v = smooth(v, sigma_um / kStepUm);
    for (size_t i = 0; i < curve.size(); ++i) out[i][axis] = v[i];
  }
  return out;
}

// Straight on beyond the ends that lie at the image's border.
Curve extended(const Curve& curve, const Image& image) {
  if (curve.size() < 50) return curve;
  const Vec3 last = image.extent_um();
  Curve out = curve;
  for (int end = 0; end < 2; ++end) {
    std::reverse(out.begin(), out.end());
    const Vec3 p = out.back();
    const double border = std::min({p.x(), p.y(), last.x() - p.x(), last.y() - p.y()});
    if (border > 0.6) continue;
    Vec3 along = out[out.size() - 5] - out[out.size() - 30];
    if (along.norm() < 1e-9) continue;
    along *= kStepUm / along.norm();
    for (int k = 0; k < static_cast<int>(kBeyondBorderUm / kStepUm); ++k) out.push_back(out.back() + along);
  }
  return out;
}

bool inside(const Image& image, const Vec3& p) {
  const Vec3 last = image.extent_um();
  return p.x() >= 0 && p.y() >= 0 && p.z() >= -0.5 && p.x() <= last.x() && p.y() <= last.y() &&
         p.z() <= last.z() + 0.5;
}

std::vector<Curve> curves_of(const Tracing& tracing) {
  std::vector<Curve> out;
  for (const Dendrite& d : tracing) out.push_back(d.centreline);
  return out;
}

std::vector<Curve> moved(const std::vector<Curve>& curves, const Affine& f) {
  std::vector<Curve> out = curves;
  for (Curve& c : out)
    for (Vec3& p : c) p = f(p);
  return out;
}

// Fit of the whole field from curves to where they were drawn; only points that the session shows.
std::optional<Affine> fit_field(const std::vector<Curve>& reference, const std::vector<Curve>& session,
                                const Image& image, double scale_um) {
  std::vector<Vec3> a, b;
  for (size_t d = 0; d < reference.size(); ++d)
    for (size_t i = 0; i < reference[d].size(); i += 8)
      if (inside(image, session[d][i])) {
        a.push_back(reference[d][i]);
        b.push_back(session[d][i]);
      }
  if (a.size() < 10) return std::nullopt;
  return fit_affine(a, b, scale_um);
}

// Adds curves of the reference: drawn onto the session's ridges from the prediction, twice, the second time
// from the fit of all.
void carry(const std::vector<Curve>& reference, const Stack& stack, bool refit, View& view) {
  std::vector<Curve> drawn = moved(reference, view.session_from_reference);
  {
    FilteredImage ridges = ridge_image(stack, view.haze);
    if (refit) {
      for (Curve& c : drawn) c = snap(ridges, std::move(c), 2.4, 3.0, 0.03);
      if (const auto fit = fit_field(reference, drawn, stack.image, 0.7)) view.session_from_reference = *fit;
      drawn = moved(reference, view.session_from_reference);
    }
    for (Curve& c : drawn) c = snap(ridges, std::move(c), 2.0, 2.5, 0.10);
  }  // before the next image as large is made
  FilteredImage image = image_for_evidence(stack, view.haze);
  for (Curve& c : drawn) view.add(smooth_curve(snap(image, std::move(c), 0.6, 1.2, 0.3), 0.4), image);
}

// Pieces of `tracing` at least `min_um` long that none of `known` covers.
std::vector<Curve> uncovered(const Tracing& tracing, const std::vector<Curve>& known, double min_um) {
  std::vector<Curve> out;
  for (const Dendrite& d : tracing) {
    Curve piece;
    const auto flush = [&] {
      if (length_um(piece) >= min_um) out.push_back(piece);
      piece.clear();
    };
    for (size_t i = 0; i < d.centreline.size(); ++i) {
      bool covered = false;
      for (const Curve& k : known)
        for (size_t j = 0; j < k.size() && !covered; j += 6) {
          const Vec3 off = k[j] - d.centreline[i];
          covered = std::hypot(off.x(), off.y()) < 1.5 && std::abs(off.z()) < 4.0;
        }
      if (covered)
        flush();
      else
        piece.push_back(d.centreline[i]);
    }
    flush();
  }
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
  std::vector<View> views(n);
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
    View& view = views[s];
    view.haze = haze_of(stack.image);
    if (s == ref) {
      FilteredImage image = image_for_evidence(stack, view.haze);
      for (const Curve& c : reference) view.add(c, image);
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
    carry(reference, stack, true, view);
  });

  // Dendrites that other sessions traced and the reference did not: rare, so images are filtered for it anew.
  for (size_t s = 0; s < n; ++s) {
    if (s == ref || !frames[s].usable) continue;
    std::vector<Curve> extra = uncovered(tracings[s], views[s].curves, config.min_dendrite_um);
    if (extra.empty()) continue;
    extra = moved(extra, views[s].session_from_reference.inverse());
    std::vector<Curve> fresh;
    FilteredImage ridges_of_reference = ridge_image(*stacks[ref], views[ref].haze);
    for (Curve& c : extra) {
      c = snap(ridges_of_reference, std::move(c), 1.5, 2.0, 0.1);
      Tracing one(1);
      one[0].centreline = resample(smooth_curve(c, 0.4), kStepUm);
      for (Curve& piece : uncovered(one, reference, config.min_dendrite_um))
        fresh.push_back(std::move(piece));
    }
    if (fresh.empty()) continue;
    for (size_t t = 0; t < n; ++t) {
      if (!frames[t].usable) continue;
      if (t == ref) {
        FilteredImage image = image_for_evidence(*stacks[t], views[t].haze);
        for (const Curve& c : fresh) views[t].add(c, image);
      } else {
        carry(fresh, *stacks[t], false, views[t]);
      }
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
        dendrite.snr = tracings[ref][d].snr;
        dendrite.radius_um = tracings[ref][d].radius_um;  // as traced; replaced by the measured edge below
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
      } else if (a.usable() && b.usable()) {
        if (d < tracings[ref].size()) likeness.add(slide, a.arcs() * kStepUm);
      } else {
        slide.arc_um.assign(reference[d].size(), SpineMeasures::kNaN);
        slide.error_um = slide.arc_um;
      }
      // Curves run on beyond the image, where nothing is shown.
      for (double& arc : slide.arc_um)
        if (std::isfinite(arc) && !inside(stacks[s]->image, at_arc(f.dendrites[d].centreline, kStepUm, arc)))
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
