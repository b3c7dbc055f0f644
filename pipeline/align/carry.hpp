#pragma once
// Curves of one session carried into another: moved there by what is known of the registration so far, then
// drawn onto the ridges of its image.

#include <vector>

#include "evidence/evidence.hpp"

namespace spinechron {

/// Whether an image shows a place; half a slice above the first and below the last is shown as well.
bool shows(const Image& image, const Vec3& p);

std::vector<Curve> moved(const std::vector<Curve>& curves, const Affine& f);

/// Straight on beyond the ends that lie at the image's border: a dendrite that leaves the reference's field
/// may still be in another session's.
Curve extended(const Curve& curve, const Image& image);

/// The reference's dendrites in one session. Its filtered images, as large as the stack, are not kept: only
/// what evidence is read from.
struct CarriedCurves {
  Affine session_from_reference;
  Profile haze;
  std::vector<Curve> curves;  ///< in the order of the reference
  std::vector<Piece> pieces;  ///< the image round each

  /// Adds curves of the reference as they are: in the reference itself.
  void add_own(const std::vector<Curve>& reference, const Stack& stack);
  /// Adds curves of the reference, drawn onto the session's ridges. With `refit` they are drawn twice, the
  /// second time from the affine fit of all, which becomes session_from_reference.
  void add(const std::vector<Curve>& reference, const Stack& stack, bool refit);

 private:
  void add(Curve curve, FilteredImage& image);
};

/// Pieces of a session's own tracing, at least `min_um` long, that neither `session` nor `reference` covers:
/// on the reference, drawn onto its ridges.
std::vector<Curve> only_traced_there(const Tracing& tracing, const CarriedCurves& session,
                                     const Stack& reference_stack, const Profile& reference_haze,
                                     const std::vector<Curve>& reference, double min_um);

}  // namespace spinechron
