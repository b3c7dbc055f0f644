// What the hot loops of the pipeline cost, each beside the stock filter that does the same and beside a copy
// of the same bytes. Names are <kernel>/<who>: ours, itk, opencv, std, or copy; tools/dev/bench makes a table
// of them.

#include <benchmark/benchmark.h>
#include <itkBinShrinkImageFilter.h>
#include <itkDiscreteGaussianImageFilter.h>
#include <itkHessianRecursiveGaussianImageFilter.h>
#include <itkLinearInterpolateImageFunction.h>
#include <itkSmoothingRecursiveGaussianImageFilter.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <random>

#include "bridge/itk.hpp"
#include "bridge/opencv.hpp"
#include "core/smoothing.hpp"
#include "evidence/evidence.hpp"
#include "evidence/filtered_image.hpp"
#include "evidence/filters.hpp"
#include "evidence/running_quantiles.hpp"
#include "evidence/strip.hpp"
#include "io/read_image.hpp"
#include "scene.hpp"
#include "segment/coarse.hpp"
#include "segment/ridge.hpp"

namespace spinechron {
namespace {

constexpr double kLateralUm = 0.114, kAxialUm = 0.5525;  // as evidence is smoothed on usual optics

const Stack& stack() {
  static const Stack made = bench::scene();
  return made;
}

/// Voxels a second; bytes are those of the image, read and written once.
void count(benchmark::State& state, const Image& image) {
  const auto voxels = static_cast<double>(image.size().count());
  state.counters["voxels"] = benchmark::Counter(voxels, benchmark::Counter::kIsIterationInvariantRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(2 * sizeof(float) * image.size().count()));
}

void copy_of(benchmark::State& state, const Image& image) {
  Image to(image.size(), image.voxel_um());
  for (auto _ : state) {
    std::memcpy(to.data(), image.data(), image.size().count() * sizeof(float));
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  count(state, image);
}

bridge::ItkImage::Pointer as_itk(const Image& image) {
  return bridge::volume(const_cast<Image&>(image));
}

template <typename Filter>
void run_itk(benchmark::State& state, const Image& image, Filter make) {
  const auto input = as_itk(image);
  for (auto _ : state) {
    const auto filter = make();
    filter->SetInput(input);
    filter->SetNumberOfWorkUnits(1);
    filter->Update();
    benchmark::DoNotOptimize(filter->GetOutput());
  }
  count(state, image);
}

// Smoothing of a whole stack.
void smoothing_ours(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(smoothed(stack().image, kLateralUm, kAxialUm).data());
  count(state, stack().image);
}
void smoothing_itk(benchmark::State& state) {
  run_itk(state, stack().image, [] {
    const auto filter = itk::DiscreteGaussianImageFilter<bridge::ItkImage, bridge::ItkImage>::New();
    double variance[3] = {kLateralUm * kLateralUm, kLateralUm * kLateralUm, kAxialUm * kAxialUm};
    filter->SetVariance(variance);
    filter->SetUseImageSpacingOn();
    filter->SetMaximumError(0.01);
    return filter;
  });
}
void smoothing_itk_recursive(benchmark::State& state) {
  run_itk(state, stack().image, [] {
    using Filter = itk::SmoothingRecursiveGaussianImageFilter<bridge::ItkImage, bridge::ItkImage>;
    const auto filter = Filter::New();
    Filter::SigmaArrayType sigma;
    sigma[0] = sigma[1] = kLateralUm;
    sigma[2] = kAxialUm;
    filter->SetSigmaArray(sigma);
    return filter;
  });
}
// In the plane by its filter, along z, which it has none for, by weighing slices.
void smoothing_opencv(benchmark::State& state) {
  const Image& image = stack().image;
  Image out(image.size(), image.voxel_um());
  const std::vector<float> k = half_gaussian(kAxialUm, 2);
  for (auto _ : state) {
    std::vector<cv::Mat> slices(image.size().z);
    for (size_t z = 0; z < slices.size(); ++z)
      cv::GaussianBlur(bridge::slice(image, z), slices[z], cv::Size(), kLateralUm / 0.12, kLateralUm / 0.12,
                       cv::BORDER_REPLICATE);
    const int last = static_cast<int>(slices.size()) - 1;
    for (int z = 0; z <= last; ++z) {
      cv::Mat to = bridge::slice(out, static_cast<size_t>(z));
      to = slices[static_cast<size_t>(z)] * k[0];
      for (int j : {-2, -1, 1, 2})
        cv::scaleAdd(slices[static_cast<size_t>(std::clamp(z + j, 0, last))],
                     k[static_cast<size_t>(std::abs(j))], to, to);
    }
    benchmark::DoNotOptimize(out.data());
  }
  count(state, image);
}
void smoothing_copy(benchmark::State& state) {
  copy_of(state, stack().image);
}

// The coarse copy on which ridges are sought: block means, smoothed, stabilised.
void coarse_ours(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(make_coarse(stack().image).photons.data());
  count(state, stack().image);
}
void coarse_itk(benchmark::State& state) {  // the block means alone
  run_itk(state, stack().image, [] {
    const auto filter = itk::BinShrinkImageFilter<bridge::ItkImage, bridge::ItkImage>::New();
    itk::BinShrinkImageFilter<bridge::ItkImage, bridge::ItkImage>::ShrinkFactorsType factors;
    factors[0] = factors[1] = 2;
    factors[2] = 1;
    filter->SetShrinkFactors(factors);
    return filter;
  });
}
void coarse_copy(benchmark::State& state) {
  copy_of(state, stack().image);
}

// Ridge strength over all scales on the coarse copy.
const Coarse& coarse() {
  static const Coarse made = make_coarse(stack().image);
  return made;
}
void ridges_ours(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(find_ridges(coarse().stabilised.clone(), 1.6).strength.data());
  count(state, coarse().stabilised);
}
void ridges_itk(benchmark::State& state) {  // the Hessian at one scale alone, without its eigenvalues
  run_itk(state, coarse().stabilised, [] {
    const auto filter = itk::HessianRecursiveGaussianImageFilter<bridge::ItkImage>::New();
    filter->SetSigma(0.6);
    return filter;
  });
}
void ridges_copy(benchmark::State& state) {
  copy_of(state, coarse().stabilised);
}

// A dendrite straightened, 7 levels deep.
const std::vector<double>& across() {
  static const std::vector<double> steps = [] {
    std::vector<double> s;
    for (int j = -47; j <= 47; ++j) s.push_back(j * kStepUm);
    return s;
  }();
  return steps;
}
const std::vector<double> kDepths{-3, -2, -1, 0, 1, 2, 3};

void count(benchmark::State& state, const Block& block) {
  const auto samples = static_cast<double>(block.samples.size());
  state.counters["voxels"] = benchmark::Counter(samples, benchmark::Counter::kIsIterationInvariantRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(2 * sizeof(float) * block.samples.size()));
}

void straightening_ours(benchmark::State& state) {
  const Curve curve = bench::dendrite();
  const Directions d = directions(curve);
  Block block;
  for (auto _ : state) {
    block = straighten(stack().image, curve, d, across(), kDepths);
    benchmark::DoNotOptimize(block.samples.data());
  }
  count(state, block);
}
void straightening_itk(benchmark::State& state) {
  const Curve curve = bench::dendrite();
  const Directions d = directions(curve);
  const auto image = as_itk(stack().image);
  const auto sampler = itk::LinearInterpolateImageFunction<bridge::ItkImage>::New();
  sampler->SetInputImage(image);
  Block block(static_cast<int>(kDepths.size()), static_cast<int>(curve.size()),
              static_cast<int>(across().size()));
  for (auto _ : state) {
    for (int k = 0; k < block.levels; ++k)
      for (int i = 0; i < block.arcs; ++i)
        for (int j = 0; j < block.width; ++j) {
          const auto a = static_cast<size_t>(i);
          const double u = across()[static_cast<size_t>(j)];
          itk::Point<double, 3> p;
          p[0] = curve[a].x() + u * d.left[a].x();
          p[1] = curve[a].y() + u * d.left[a].y();
          p[2] = curve[a].z() + kDepths[static_cast<size_t>(k)];
          if (sampler->IsInsideBuffer(p)) block.at(k, i, j) = static_cast<float>(sampler->Evaluate(p));
        }
    benchmark::DoNotOptimize(block.samples.data());
  }
  count(state, block);
}
void straightening_copy(benchmark::State& state) {
  Block from(7, 500, 95, 1.0F), to(7, 500, 95);
  for (auto _ : state) {
    std::memcpy(to.samples.data(), from.samples.data(), from.samples.size() * sizeof(float));
    benchmark::DoNotOptimize(to.samples.data());
    benchmark::ClobberMemory();
  }
  count(state, from);
}

// Two quantiles of every second of 84 samples, in a window that slides by 8 along 8 columns of 500.
constexpr size_t kRows = 500, kColumns = 8, kWindow = 84, kHop = 8;
const std::vector<float>& field() {
  static const std::vector<float> made = [] {
    std::vector<float> v(kRows * kColumns);
    std::mt19937 random(1);
    for (float& x : v) x = static_cast<float>(random() % 100000) / 1e5F;
    return v;
  }();
  return made;
}

void count_field(benchmark::State& state) {
  const auto samples = static_cast<double>(field().size());
  state.counters["voxels"] = benchmark::Counter(samples, benchmark::Counter::kIsIterationInvariantRate);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(2 * sizeof(float) * field().size()));
}
void running_quantile_ours(benchmark::State& state) {
  for (auto _ : state) {
    const RunningQuantiles running(field().data(), kColumns, kRows, kColumns, kWindow, kHop, {0.16, 0.4});
    benchmark::DoNotOptimize(&running);
  }
  count_field(state);
}
void running_quantile_std(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<float> window;
    float sum = 0;
    for (size_t column = 0; column < kColumns; ++column)
      for (size_t first = 0; first + kWindow <= kRows; first += kHop) {
        window.clear();
        for (size_t i = first; i < first + kWindow; i += 2) window.push_back(field()[i * kColumns + column]);
        sum += quantile(window, 0.16) + quantile(window, 0.4);
      }
    benchmark::DoNotOptimize(sum);
  }
  count_field(state);
}
void running_quantile_copy(benchmark::State& state) {
  std::vector<float> to(field().size());
  for (auto _ : state) {
    std::memcpy(to.data(), field().data(), to.size() * sizeof(float));
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  count_field(state);
}

// The files given on the command line, read and copied once as float: the floor of a whole run.
void read_and_copy(benchmark::State& state, const std::vector<std::string>& files) {
  for (auto _ : state)
    for (const std::string& file : files) {
      Session session;
      session.path = file;
      for (auto& size : session.voxel_um) size = 1.0;
      const RawStack raw = read_image(session, {});
      const Image copy = raw.counts.clone();
      benchmark::DoNotOptimize(copy.data());
    }
}

}  // namespace
}  // namespace spinechron

int main(int argc, char** argv) {
  const tbb::global_control one_thread(tbb::global_control::max_allowed_parallelism, 1);
  using namespace spinechron;
  cv::setNumThreads(1);
  itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(1);
  benchmark::DoNotOptimize(&coarse());  // makes both images now, not in the first measurement
  const auto kernel = [](const char* name, void (*run)(benchmark::State&)) {
    benchmark::RegisterBenchmark(name, run)->Unit(benchmark::kMillisecond)->MinTime(0.3);
  };
  kernel("smoothing/ours", smoothing_ours);
  kernel("smoothing/itk", smoothing_itk);
  kernel("smoothing/itk_recursive", smoothing_itk_recursive);
  kernel("smoothing/opencv", smoothing_opencv);
  kernel("smoothing/copy", smoothing_copy);
  kernel("coarse/ours", coarse_ours);
  kernel("coarse/itk", coarse_itk);
  kernel("coarse/copy", coarse_copy);
  kernel("ridges/ours", ridges_ours);
  kernel("ridges/itk", ridges_itk);
  kernel("ridges/copy", ridges_copy);
  kernel("straightening/ours", straightening_ours);
  kernel("straightening/itk", straightening_itk);
  kernel("straightening/copy", straightening_copy);
  kernel("running quantile/ours", running_quantile_ours);
  kernel("running quantile/std", running_quantile_std);
  kernel("running quantile/copy", running_quantile_copy);
  benchmark::Initialize(&argc, argv);
  const std::vector<std::string> files(argv + 1, argv + argc);
  if (!files.empty())
    benchmark::RegisterBenchmark("read and copy",
                                 [files](benchmark::State& state) { read_and_copy(state, files); })
        ->Unit(benchmark::kMillisecond)
        ->MinTime(0.3);
  benchmark::RunSpecifiedBenchmarks();
}
