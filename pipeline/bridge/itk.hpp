#pragma once
// Zero-copy views of an Image for ITK. Include only from sources (.cpp): no step shows ITK in a header.

#include <itkImage.h>

#include "core/image.hpp"

namespace spinechron::bridge {

using ItkImage = itk::Image<float, 3>;

/// The whole image as an itk::Image with spacing in um and origin 0, as spinechron's own frame has it. It
/// shares the samples: what is written to it is written to `image`, and it must not outlive it. Filters that
/// would run in place on their input must not be given an image that is still needed.
ItkImage::Pointer volume(Image& image);

/// A copy of what an ITK filter made. Its spacing becomes the voxel size; origin and direction are dropped,
/// so give it what came from `volume`.
Image from_itk(const ItkImage& image);

}  // namespace spinechron::bridge
