#include "curvature_flow.hpp"

#include <itkCommand.h>
#include <itkCurvatureFlowImageFilter.h>
#include <itkImage.h>

#include <algorithm>

bool curvature_flow(const sc_stack& in, float* out, int iterations, double time_step,
                    const std::function<bool()>& cancelled) {
  using Image = itk::Image<float, 3>;
  using Filter = itk::CurvatureFlowImageFilter<Image, Image>;
  const size_t n = static_cast<size_t>(in.nx) * in.ny * in.nz;
  const auto image = Image::New();
  const Image::SizeType size = {{in.nx, in.ny, in.nz}};
  image->SetRegions(Image::RegionType(size));
  image->SetSpacing(in.voxel_um);
  image->Allocate();
  std::copy_n(in.samples, n, image->GetBufferPointer());

  const auto filter = Filter::New();
  filter->SetInput(image);
  filter->SetNumberOfIterations(static_cast<unsigned>(iterations));
  // The stable step goes with the square of the smallest voxel side.
  const double side = std::min({in.voxel_um[0], in.voxel_um[1], in.voxel_um[2]});
  filter->SetTimeStep(time_step * side * side);
  filter->SetNumberOfWorkUnits(1);  // the host runs images in parallel
  bool stopped = false;
  filter->AddObserver(itk::IterationEvent(), [&](const itk::EventObject&) {
    if (!stopped && cancelled()) {
      stopped = true;
      filter->AbortGenerateDataOn();
    }
  });
  try {
    filter->Update();
  } catch (const itk::ProcessAborted&) {
    return false;
  }
  if (stopped) return false;
  std::copy_n(filter->GetOutput()->GetBufferPointer(), n, out);
  return true;
}
