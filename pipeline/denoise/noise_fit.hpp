#pragma once
// Gain, offset, read noise, correlation and clipping of a stack, from the stack itself.

#include "core/image.hpp"
#include "core/noise.hpp"
#include "core/range.hpp"
#include "core/stage.hpp"
#include "denoise/block_means.hpp"

namespace spinechron {

/// The variance of blocks of the image against their mean, a line whose slope is the gain.
///
/// How structure is kept out: each block of 8 x 8 voxels is seen through a second difference along z (whose
/// noise is independent from slice to slice) and, for the variance, another one across the scan lines; what
/// correlation along and across the lines takes from that is measured in the dark half of the blocks, where
/// the plain variance can be trusted, and given back. Blocks are put in bins by the brightness of their
/// neighbours, not by their own, so that a bin's mean and variance do not share a block's own noise. The
/// bins' medians are fitted by a line with the lower side weighted up, since structure only ever adds.
///
/// How offset and read noise are told apart (the line gives only read_sigma^2 - gain * offset): light brings
/// skewness, gain^2 * photons, read noise none; so the third moment of the dark blocks says which part of
/// their variance is light. (A scanner that mixes neighbours takes from the skewness; the correlation says
/// how much.) Where the digitiser clips at its lowest count the line describes the counts as they are after
/// clipping, which is what every later step works on.
///
/// Errors: gain within 8 %, offset within 0.25 photons, 8 to 16 bit, correlated or not; where 5 to 20 % of
/// the shafts' voxels are saturated, within 20 % and 0.75 photons.
///
/// After Foi et al., IEEE Trans Image Process 17:1737 (2008), with the correlation of scanned images added.
/// Never throws for an image without information; cost linear in voxels with a small constant (one pass for
/// block means, then a fixed number of blocks).
///
/// @param counts finite samples
/// @param means, range those of `counts`
/// @param lowest, highest what the sample type allows (clipping and saturation are looked for there and at
///        the image's own extremes)
NoiseModel fit_noise(const Image& counts, const BlockMeans& means, const Range& range, double lowest,
                     double highest, const Context& context);

}  // namespace spinechron
