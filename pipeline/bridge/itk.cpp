#include "bridge/itk.hpp"

#include <algorithm>

namespace spinechron::bridge {

ItkImage::Pointer volume(Image& image) {
  const Size3 s = image.size();
  const auto view = ItkImage::New();
  ItkImage::SizeType size;
  size[0] = s.x;
  size[1] = s.y;
  size[2] = s.z;
  view->SetRegions(ItkImage::RegionType(size));
  ItkImage::SpacingType spacing;
  for (unsigned a = 0; a < 3; ++a) spacing[a] = image.voxel_um()[a];
  view->SetSpacing(spacing);
  view->GetPixelContainer()->SetImportPointer(image.data(), s.count(), false);
  return view;
}

Image from_itk(const ItkImage& image) {
  const auto size = image.GetBufferedRegion().GetSize();
  const auto spacing = image.GetSpacing();
  Image out({size[0], size[1], size[2]}, Vec3(spacing[0], spacing[1], spacing[2]));
  const float* samples = image.GetBufferPointer();
  std::copy(samples, samples + out.size().count(), out.data());
  return out;
}

}  // namespace spinechron::bridge
