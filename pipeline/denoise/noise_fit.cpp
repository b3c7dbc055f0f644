#include "denoise/noise_fit.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "core/lanes.hpp"
#include "core/range.hpp"

namespace spinechron {
namespace {

constexpr size_t kBlock = BlockMeans::kSide;
constexpr size_t kBlocksPerBin = 500;  // enough for 2 % of a bin's variance
constexpr size_t kFewestBlocks = 24;

// What one block says. `mean` and the moments share its voxels; `predictor` does not.
struct Block {
  float mean = 0;
  float variance = 0;   // of a voxel, from the z difference, block mean removed
  float high_pass = 0;  // mean square of the z and y differences, as if white
  float along = 0;      // covariance of neighbours along x
  float across = 0;     // ... along y
  float third = 0;      // third central moment of a voxel
};

struct Extremes {
  float low = 0, high = 0;
  size_t at_low = 0, at_high = 0, near_low = 0, near_high = 0;
};

struct Counts {
  std::uint32_t at_low = 0, at_high = 0, near_low = 0, near_high = 0;
};

SPINECHRON_LANES
Counts count_ends(const float* v, size_t n, float low, float low_end, float high_end, float high) {
  Counts c;
  for (size_t i = 0; i < n; ++i) {
    c.at_low += v[i] <= low;
    c.at_high += v[i] >= high;
    c.near_low += v[i] <= low_end;
    c.near_high += v[i] >= high_end;
  }
  return c;
}

Extremes find_extremes(const Image& image, const Range& range) {
  const size_t rows = image.size().y * image.size().z, width = image.size().x;
  Extremes e;
  const float* v = image.data();
  e.low = range.least;
  e.high = range.greatest;
  const bool integers = std::floor(e.low) == e.low && std::floor(e.high) == e.high && e.high - e.low >= 16;
  const float margin = integers ? 1.0F : (e.high - e.low) / 4096;
  for (size_t r = 0; r < rows; ++r) {
    const Counts c = count_ends(v + r * width, width, e.low, e.low + margin, e.high - margin, e.high);
    e.at_low += c.at_low;
    e.at_high += c.at_high;
    e.near_low += c.near_low - c.at_low;
    e.near_high += c.near_high - c.at_high;
  }
  return e;
}

// The blocks of a stack, seen through differences.
class Grid {
 public:
  Grid(const Image& image, const BlockMeans& means) : image_(image), mean_(means) {}
  size_t nx() const { return mean_.nx(); }
  size_t ny() const { return mean_.ny(); }
  bool deep() const { return mean_.nz() >= 3; }
  size_t first_z() const { return deep() ? 1 : 0; }
  size_t end_z() const { return deep() ? mean_.nz() - 1 : mean_.nz(); }
  float mean3(size_t bx, size_t by, size_t z) const {
    if (!deep()) return mean_(bx, by, z);
    return 0.25F * (mean_(bx, by, z - 1) + 2 * mean_(bx, by, z) + mean_(bx, by, z + 1));
  }
  // Brightness expected of a block from voxels that are not its own.
  float predictor(size_t bx, size_t by, size_t z) const {
    float sum = 0, weight = 0;
    const auto take = [&](float value, float w) {
      sum += w * value;
      weight += w;
    };
    if (bx > 0) take(mean3(bx - 1, by, z), 1);
    if (bx + 1 < nx()) take(mean3(bx + 1, by, z), 1);
    if (by > 0) take(mean3(bx, by - 1, z), 1);
    if (by + 1 < ny()) take(mean3(bx, by + 1, z), 1);
    if (z >= 2 && deep()) take(mean_(bx, by, z - 2), 1);
    if (z + 2 < mean_.nz() && deep()) take(mean_(bx, by, z + 2), 1);
    return weight > 0 ? sum / weight : mean_(bx, by, z);
  }
  // False where a voxel of the block is at or above `ceiling`.
  bool look(size_t bx, size_t by, size_t z, float ceiling, Block& out) const;

 private:
  const Image& image_;
  const BlockMeans& mean_;
};

bool Grid::look(size_t bx, size_t by, size_t z, float ceiling, Block& out) const {
  std::array<std::array<float, kBlock>, kBlock + 2> r;
  const size_t x0 = BlockMeans::first_x(bx), y0 = BlockMeans::first_y(by) - 1;
  for (size_t y = 0; y < kBlock + 2; ++y) {
    const float* here = image_.row(y0 + y, z) + x0;
    const float* up = deep() ? image_.row(y0 + y, z - 1) + x0 : here;
    const float* down = deep() ? image_.row(y0 + y, z + 1) + x0 : here;
    for (size_t x = 0; x < kBlock; ++x) {
      if (std::max({here[x], up[x], down[x]}) >= ceiling) return false;
      r[y][x] = deep() ? here[x] - 0.5F * (up[x] + down[x]) : here[x];
    }
  }
  float level = 0;
  for (size_t y = 1; y <= kBlock; ++y)
    for (float a : r[y]) level += a;
  level /= kBlock * kBlock;
  float two = 0, three = 0, along = 0, across = 0, high = 0;
  for (size_t y = 1; y <= kBlock; ++y)
    for (size_t x = 0; x < kBlock; ++x) {
      const float a = r[y][x] - level;
      two += a * a;
      three += a * a * a;
      if (x + 1 < kBlock) along += a * (r[y][x + 1] - level);
      if (y < kBlock) across += a * (r[y + 1][x] - level);
      const float h = r[y][x] - 0.5F * (r[y - 1][x] + r[y + 1][x]);
      high += h * h;
    }
  const float n = kBlock * kBlock, pairs = kBlock * (kBlock - 1);
  const float square = deep() ? 1.5F : 1.0F, cube = deep() ? 0.75F : 1.0F;
  out.mean = mean3(bx, by, z);
  out.variance = two / n / square;
  out.third = three / n / cube;
  out.along = along / pairs / square;
  out.across = across / pairs / square;
  out.high_pass = high / n / square / 1.5F;
  return true;
}

// Blocks of about the same expected brightness.
struct Bin {
  std::vector<float> means;      // of the blocks, pulled towards the bin's by as much as noise spreads them
  std::vector<float> variances;  // of the blocks, scaled so that their median is what the mean would be
  double error = 0;              // relative, of the bin's variance
};

struct Ranked {
  float predictor;
  std::uint32_t index;
};

// By the digits of the number, eleven bits at a time from the last; equal ones stay as they are.
void sort_by_predictor(std::vector<Ranked>& candidates) {
  constexpr unsigned kBits = 11, kDigits = 1U << kBits;
  const auto digit = [](const Ranked& c, unsigned shift) {
    const auto bits = std::bit_cast<std::uint32_t>(c.predictor);
    // Positive numbers are ordered as their bits are, above all negative ones, which run backwards.
    return ((bits ^ (bits >> 31 ? 0xffffffffU : 0x80000000U)) >> shift) % kDigits;
  };
  std::vector<Ranked> sorted(candidates.size());
  for (unsigned shift = 0; shift < 32; shift += kBits) {
    std::array<size_t, kDigits> at{};
    for (const Ranked& c : candidates) ++at[digit(c, shift)];
    std::exclusive_scan(at.begin(), at.end(), at.begin(), size_t{0});
    for (const Ranked& c : candidates) sorted[at[digit(c, shift)]++] = c;
    candidates.swap(sorted);
  }
}

double median(std::vector<float>& v) {
  const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
  std::nth_element(v.begin(), middle, v.end());
  return *middle;
}

// The dark half of the blocks: variance, correlation and third moment that need no help.
struct Dark {
  double mean = 0, variance = 0, third = 0, along = 0, across = 0;
  double variance_per_high_pass = 1;  // of a bin's median
  double mean_share = 0;              // variance of a block's mean in one slice, over that of a voxel
};

Dark measure_dark(const std::vector<Block>& blocks) {
  std::vector<float> high, plain;
  for (const Block& b : blocks) {
    high.push_back(b.high_pass);
    plain.push_back(b.variance);
  }
  const double middle = median(plain), high_middle = median(high);
  Dark d;
  double n = 0;
  for (const Block& b : blocks) {
    if (b.variance > 4 * middle) continue;  // a bright grain
    d.mean += b.mean;
    d.variance += b.variance;
    d.third += b.third;
    d.along += b.along;
    d.across += b.across;
    ++n;
  }
  for (double* sum : {&d.mean, &d.variance, &d.third, &d.along, &d.across}) *sum /= std::max(n, 1.0);
  // The block's own mean was taken out, and with it a share of variance that grows with the correlation.
  const double raw = std::max(d.variance, 1e-30);
  double share = 0;
  for (int i = 0; i < 3; ++i) {
    const double total = raw / (1 - share);
    const double a = std::clamp(d.along / total + share, 0.0, 0.95);
    const double c = std::clamp(d.across / total + share, 0.0, 0.95);
    share = std::min(0.3, (1 + 2 * a) * (1 + 2 * c) / (kBlock * kBlock));
  }
  d.variance = d.variance / (1 - share);
  d.along = std::clamp((d.along + share * d.variance) / std::max(d.variance, 1e-30), 0.0, 0.95);
  d.across = std::clamp((d.across + share * d.variance) / std::max(d.variance, 1e-30), 0.0, 0.95);
  d.mean_share = share;
  d.variance_per_high_pass = high_middle > 0 ? d.variance / high_middle : 1;
  return d;
}

// What is left of the skewness of noise once neighbours were mixed, by a filter (c, 1, c), until they
// correlate by rho: sums of independent parts are nearer to Gaussian.
double skewness_kept(double rho) {
  rho = std::min(rho, 0.7);  // as far as such a filter goes
  const double c = rho > 0 ? (1 - std::sqrt(1 - 2 * rho * rho)) / (2 * rho) : 0.0;
  return (1 + 2 * c * c * c) / std::pow(1 + 2 * c * c, 1.5);
}

struct Line {
  double slope = 0, intercept = 0;
};

Bin make_bin(const std::vector<Block>& blocks, const Dark& dark) {
  Bin bin;
  const auto n = static_cast<double>(blocks.size());
  bin.error = 0.35 / std::sqrt(n);
  double mean = 0, square = 0, variance = 0;
  for (const Block& b : blocks) {
    mean += b.mean / n;
    square += double(b.mean) * b.mean / n;
    bin.variances.push_back(static_cast<float>(b.high_pass * dark.variance_per_high_pass));
  }
  std::vector<float> copy = bin.variances;
  variance = median(copy);
  const double spread = std::max(square - mean * mean, 1e-30);
  const double real = std::max(0.0, 1 - 0.375 * variance * dark.mean_share / spread);
  for (const Block& b : blocks) bin.means.push_back(static_cast<float>(mean + real * (b.mean - mean)));
  return bin;
}

// Weighted line with relative errors through the bins' medians of variance over expectation; bins above it
// count less than bins below.
Line fit_line(const std::vector<Bin>& bins, double tiny) {
  constexpr double kAbove = 0.3, kRelative = 0.05;
  Line line;
  std::vector<float> ratios;
  for (int pass = 0; pass < 12; ++pass) {
    double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
    for (const Bin& bin : bins) {
      double mean = 0, variance = 0, expected = 0;
      ratios.clear();
      for (size_t i = 0; i < bin.means.size(); ++i) {
        mean += bin.means[i] / static_cast<double>(bin.means.size());
        const double e = line.intercept + line.slope * bin.means[i];
        ratios.push_back(
            static_cast<float>(pass > 0 ? bin.variances[i] / std::max(e, tiny) : bin.variances[i]));
      }
      expected = pass > 0 ? std::max(line.intercept + line.slope * mean, tiny) : 1.0;
      variance = median(ratios) * expected;
      if (pass == 0) expected = std::max(variance, tiny);
      const double sigma = std::hypot(kRelative, bin.error) * std::max(expected, 0.05 * variance) + tiny;
      double weight = 1 / (sigma * sigma);
      if (pass > 0) weight *= variance > expected ? kAbove : 1 - kAbove;
      w += weight;
      wx += weight * mean;
      wy += weight * variance;
      wxx += weight * mean * mean;
      wxy += weight * mean * variance;
    }
    const double spread = w * wxx - wx * wx;
    if (!(spread > 1e-12 * w * wxx)) return {0, w > 0 ? wy / w : 0};
    line.slope = (w * wxy - wx * wy) / spread;
    line.intercept = (wy - line.slope * wx) / w;
  }
  return line;
}

}  // namespace

NoiseModel fit_noise(const Image& counts, const BlockMeans& means, const Range& values, double lowest,
                     double highest, const Context& context) {
  NoiseModel model;
  if (counts.empty()) return model;
  const Extremes e = find_extremes(counts, values);
  const double all = static_cast<double>(counts.size().count()), range = e.high - e.low;
  model.offset = e.low;
  if (!(range > 0)) {
    if (e.high >= highest) model.saturated_fraction = 1;
    return model;
  }
  // A pile of voxels at the end of what occurs is clipping even where the file's type would allow more.
  const bool piled = e.at_high > 8 && e.at_high > 2 * e.near_high;
  if (e.high >= highest || piled) model.saturated_fraction = static_cast<double>(e.at_high) / all;
  if (e.low <= lowest || (static_cast<double>(e.at_low) > 0.001 * all && e.at_low > 2 * e.near_low))
    model.clipped_fraction = static_cast<double>(e.at_low) / all;
  context.check_cancelled();

  const Grid grid(counts, means);
  const size_t step_z = means.nz() >= 24 ? 2 : 1;  // every second slice is plenty
  const size_t plane = grid.nx() * grid.ny(), first_z = grid.first_z(), end_z = grid.end_z();
  const size_t slices = first_z < end_z ? (end_z - first_z + step_z - 1) / step_z : 0;
  std::vector<Ranked> candidates(slices * plane);
  tbb::parallel_for(size_t{0}, slices, [&](size_t k) {
    const size_t z = first_z + k * step_z;
    Ranked* out = candidates.data() + k * plane;
    for (size_t by = 0; by < grid.ny(); ++by)
      for (size_t bx = 0; bx < grid.nx(); ++bx)
        *out++ = {grid.predictor(bx, by, z), static_cast<std::uint32_t>(z * plane + by * grid.nx() + bx)};
  });
  model.gain = range / 1e5;  // without visible noise: as many photons as float can tell apart
  if (candidates.size() < kFewestBlocks) return model;
  constexpr std::array<double, 17> kEdges = {0,   0.1,  0.2,  0.3,  0.4,   0.5,   0.6,   0.7, 0.8,
                                             0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 1.0};
  constexpr size_t kDarkBins = 5;
  const auto edge = [&](size_t i) {
    return static_cast<size_t>(kEdges[i] * static_cast<double>(candidates.size()));
  };
  sort_by_predictor(candidates);
  context.check_cancelled();

  const float ceiling = model.saturated_fraction > 0 ? e.high : std::numeric_limits<float>::max();
  const auto look = [&](size_t first, size_t last) {
    std::vector<Block> out;
    const size_t step = std::max<size_t>(1, (last - first) / kBlocksPerBin);
    for (size_t i = first; i < last; i += step) {
      const size_t index = candidates[i].index;
      Block b;
      if (grid.look(index % grid.nx(), index % plane / grid.nx(), index / plane, ceiling, b))
        out.push_back(b);
    }
    return out;
  };
  std::vector<std::vector<Block>> groups;
  std::vector<Block> dark_blocks;
  for (size_t i = 0; i + 1 < kEdges.size(); ++i) {
    groups.push_back(look(edge(i), edge(i + 1)));
    if (i < kDarkBins) dark_blocks.insert(dark_blocks.end(), groups.back().begin(), groups.back().end());
  }
  if (dark_blocks.empty()) return model;
  const Dark dark = measure_dark(dark_blocks);
  std::vector<Bin> bins;
  for (const auto& group : groups) {
    if (group.size() < kFewestBlocks / 2) continue;
    bins.push_back(make_bin(group, dark));
  }

  const double step = std::floor(e.high) == e.high && range >= 16 ? 1.0 : 0.0;  // whole numbers
  const double tiny = std::max(step * step / 12, 1e-12 * range * range);
  const Line line = fit_line(bins, tiny);
  model.row_correlation = dark.along;
  model.column_correlation = dark.across;
  const double least_gain = range / 1e5;
  if (line.slope <= least_gain) {
    // Noise that does not grow with light: additive only.
    model.gain = least_gain;
    model.offset = dark.mean;
    model.read_sigma = std::sqrt(std::max(dark.variance, tiny));
    return model;
  }
  model.gain = line.slope;
  // Photons in the dark blocks between none (all of their variance is read noise) and all that the line
  // allows.
  const double dark_variance = std::max(line.intercept + line.slope * dark.mean, 0.0);
  const double third = dark.third / (skewness_kept(dark.along) * skewness_kept(dark.across));
  const double light = std::clamp(third / line.slope, 0.0, dark_variance);
  model.offset = dark.mean - light / line.slope;
  model.read_sigma = std::sqrt(std::max(dark_variance - light, step * step / 12));
  return model;
}

}  // namespace spinechron
