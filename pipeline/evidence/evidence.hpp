#pragma once
// What the image says beside one dendrite, in the dendrite's own frame: the excess of light over the local
// background, in units of the shaft's own brightness, and its local noise. Both are read from the stack
// itself, a shell at a time (side, depth, distance from the shaft's edge), from the lower part of the
// distribution along 10 um of arc: spines are rare positive outliers there, and what remains holds the photon
// noise with its correlation and clipping, the haze, and the misplacement of the edge.

#include <array>
#include <vector>

#include "core/dendrite.hpp"
#include "core/spine.hpp"
#include "core/stage.hpp"
#include "evidence/filtered_image.hpp"
#include "evidence/filters.hpp"
#include "evidence/strip.hpp"

namespace spinechron {

/// A place beside a dendrite.
struct Site {
  Side side = Side::left;
  double arc_um = 0;    ///< along the centreline of this session
  double out_um = 0;    ///< beyond the shaft's edge
  double depth_um = 0;  ///< relative to the axis, positive = deeper
};

/// Excess and noise at a place, in units of the shaft's brightness there.
struct Reading {
  double excess = SpineMeasures::kNaN;
  double sigma = SpineMeasures::kNaN;
  Site site;  ///< where in the search box it was read
  bool valid() const { return std::isfinite(excess) && std::isfinite(sigma); }
  double snr() const { return excess / sigma; }
};

/// The piece of an image round a curve from which evidence is read: all that is needed of the image.
struct Piece {
  Piece(FilteredImage& image_for_evidence, const Curve& centreline);
  Curve curve;
  Directions directions;
  std::vector<double> depth_um;  ///< of the block's levels, relative to the curve
  Block block;
};

class Evidence {
 public:
  /// `others` are the other dendrites of the frame: what belongs to them counts as unseen.
  Evidence(Piece piece, const Dendrite& dendrite, const Tracing& others);
  Evidence(const Stack& stack, const Dendrite& dendrite, const Tracing& others);

  bool usable() const { return usable_; }  ///< false: too little of the dendrite lies in the image
  int arcs() const { return static_cast<int>(curve_.size()); }
  const Curve& curve() const { return curve_; }
  const std::vector<double>& depths_um() const { return depth_um_; }
  static double out_um(int index) { return kFirstOutUm + index * kStepUm; }
  static int outs() { return kOuts; }

  /// Excess and its local standard deviation, block(level, arc, out); NaN where there is no image or another
  /// dendrite.
  const Block& excess(Side side) const { return excess_[size_t(side)]; }
  const Block& sigma(Side side) const { return sigma_[size_t(side)]; }
  const Profile& edge_um(Side side) const { return edge_[size_t(side)]; }  ///< axis to half maximum, by arc
  const Profile& brightness() const { return brightness_; }  ///< of the axis, smoothed over a few um, photons
  const Profile& raw_brightness() const { return raw_brightness_; }  ///< smoothed over 0.3 um only
  bool hidden(int arc) const {
    return hidden_[size_t(arc)];
  }                                        ///< inside another dendrite, out of the image, or lost
  double floor() const { return floor_; }  ///< the noise far out, in units of the shaft
  double radius_um() const { return radius_um_; }

  Vec3 position(const Site& site) const;
  /// Where a point of the image lies beside this dendrite, looked for within 3 um of `arc_um`.
  Site locate(const Vec3& point, double arc_um) const;
  /// The largest excess in a box around a place (half sizes in um), pulled towards the place by `pull` times
  /// the squared distance in units of the box. Invalid where the image does not show the place.
  Reading read(const Site& site, double arc_reach_um, double out_reach_um, double depth_reach_um) const;

 private:
  static constexpr double kFirstOutUm = -0.6;
  static constexpr int kOuts = 40;  ///< to 4.08 um beyond the edge

  void measure_edges(const Block& relative, int axis_level);
  /// The straightened piece resampled so that the edge of one side is straight: what excess is read from.
  void lay_along_edge(Side side, const Block& relative);
  /// Takes the running background off the first `outs` distances of one side and measures sigma there;
  /// returns what was taken off.
  Block subtract_background(size_t side, int outs);

  Curve curve_;
  Directions directions_;
  std::vector<double> depth_um_;
  std::array<Block, 2> excess_, sigma_;
  std::array<Profile, 2> edge_;
  Profile brightness_, raw_brightness_;
  std::vector<char> hidden_;
  double floor_ = 0, radius_um_ = 0;
  bool usable_ = false;
};

/// The haze that fills each slice: the median of its brightness, smoothed over neighbours.
Profile haze_of(const Image& image);

/// What the image is filtered with before evidence is read in it. It is smoothed by a little less than the
/// PSF, which keeps the noise down, then sharpened by steps of Van Cittert's deconvolution (Z. Phys. 69:298,
/// 1931) with the PSF, which takes that blur back: what smoothing by the PSF takes away is added once more,
/// and heads part from the shaft and from each other. One step, and as much of a second one as makes the blur
/// no wider than a head.
struct EvidenceFilter {
  explicit EvidenceFilter(const Optics& optics);
  struct Term {
    double weight, sigmas;  ///< of a Gaussian so many standard deviations of the PSF wide
  };
  std::vector<Term> terms;  ///< their sum is the filter
  double blur_sigmas;  ///< the filtered image's whole blur, in standard deviations of the PSF: those of the
                       ///< Gaussian of the same light and the same peak
};

/// The image in which evidence is read, without haze.
FilteredImage image_for_evidence(const Stack& stack, const Profile& haze);

/// Measures all dendrites of a frame (fills Frame::evidence); does nothing where that is done already.
void measure_evidence(const Stack& stack, Frame& frame);

}  // namespace spinechron
