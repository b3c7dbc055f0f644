#include "align/carry.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "align/coarse.hpp"

namespace spinechron {
namespace {

constexpr double kBeyondBorderUm = 4;  // what a session's field shows beyond the reference's

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

// Fit of the whole field from curves to where they were drawn; only points that the session shows.
std::optional<Affine> fit_field(const std::vector<Curve>& reference, const std::vector<Curve>& session,
                                const Image& image, double scale_um) {
  std::vector<Vec3> a, b;
  for (size_t d = 0; d < reference.size(); ++d)
    for (size_t i = 0; i < reference[d].size(); i += 8)
      if (shows(image, session[d][i])) {
        a.push_back(reference[d][i]);
        b.push_back(session[d][i]);
      }
  if (a.size() < 10) return std::nullopt;
  return fit_affine(a, b, scale_um);
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

}  // namespace

bool shows(const Image& image, const Vec3& p) {
  const Vec3 last = image.extent_um();
  return p.x() >= 0 && p.y() >= 0 && p.z() >= -0.5 && p.x() <= last.x() && p.y() <= last.y() &&
         p.z() <= last.z() + 0.5;
}

std::vector<Curve> moved(const std::vector<Curve>& curves, const Affine& f) {
  std::vector<Curve> out = curves;
  for (Curve& c : out)
    for (Vec3& p : c) p = f(p);
  return out;
}

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

void CarriedCurves::add(Curve curve, FilteredImage& image) {
  pieces.emplace_back(image, curve);
  curves.push_back(std::move(curve));
}

void CarriedCurves::add_own(const std::vector<Curve>& reference, const Stack& stack) {
  FilteredImage image = image_for_evidence(stack, haze);
  for (const Curve& c : reference) add(c, image);
}

void CarriedCurves::add(const std::vector<Curve>& reference, const Stack& stack, bool refit) {
  std::vector<Curve> drawn = moved(reference, session_from_reference);
  {
    FilteredImage ridges = ridge_image(stack, haze);
    if (refit) {
      for (Curve& c : drawn) c = snap(ridges, std::move(c), 2.4, 3.0, 0.03);
      if (const auto fit = fit_field(reference, drawn, stack.image, 0.7)) session_from_reference = *fit;
      drawn = moved(reference, session_from_reference);
    }
    for (Curve& c : drawn) c = snap(ridges, std::move(c), 2.0, 2.5, 0.10);
  }  // before the next image as large is made
  FilteredImage image = image_for_evidence(stack, haze);
  for (Curve& c : drawn) add(smooth_curve(snap(image, std::move(c), 0.6, 1.2, 0.3), 0.4), image);
}

std::vector<Curve> only_traced_there(const Tracing& tracing, const CarriedCurves& session,
                                     const Stack& reference_stack, const Profile& reference_haze,
                                     const std::vector<Curve>& reference, double min_um) {
  const std::vector<Curve> extra =
      moved(uncovered(tracing, session.curves, min_um), session.session_from_reference.inverse());
  std::vector<Curve> out;
  if (extra.empty()) return out;
  FilteredImage ridges = ridge_image(reference_stack, reference_haze);
  for (const Curve& c : extra) {
    Tracing one(1);
    one[0].centreline = resample(smooth_curve(snap(ridges, c, 1.5, 2.0, 0.1), 0.4), kStepUm);
    for (Curve& piece : uncovered(one, reference, min_um)) out.push_back(std::move(piece));
  }
  return out;
}

}  // namespace spinechron
