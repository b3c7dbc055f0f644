#include "evidence/filtered_image.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "core/lanes.hpp"
#include "core/smoothing.hpp"
#include "evidence/strip.hpp"

namespace spinechron {
namespace {

SPINECHRON_LANES
void add(float* __restrict out, const float* more, size_t n) {
  for (size_t x = 0; x < n; ++x) out[x] += more[x];
}

SPINECHRON_LANES
void take_off(float* out, float level, size_t n) {
  for (size_t x = 0; x < n; ++x) out[x] -= level;
}

Smoother smoother_of(double sigma, double reach, double weight) {
  std::vector<float> kernel = reach > 0 ? half_gaussian(sigma, static_cast<int>(reach)) : std::vector{1.0F};
  for (float& w : kernel) w *= static_cast<float>(weight);
  return Smoother(std::move(kernel));
}

Smoother lateral(double sigma, double weight) {
  return smoother_of(sigma, sigma > 0 ? std::max(1.0, std::round(3.5 * sigma)) : 0, weight);
}

// Calls `take(begin, end)` for every run of elements that fulfil `is`.
template <typename Element, typename Is, typename Take>
void for_each_run(const Element* elements, size_t n, Is&& is, Take&& take) {
  for (size_t i = 0; i < n; ++i) {
    const size_t begin = i;
    while (i < n && is(elements[i])) ++i;
    if (i > begin) take(begin, i);
  }
}

}  // namespace

struct FilteredImage::Kernels {
  Smoother x, y, z;
  Kernels(const Term& term, const Image& image)
      : x(lateral(term.lateral_um / image.voxel_um().x(), 1)),
        y(lateral(term.lateral_um / image.voxel_um().y(), 1)),
        z(along_z(term.axial_um / image.voxel_um().z(), image.size().z, term.weight)) {}

  static Smoother along_z(double sigma, size_t slices, double weight) {
    return smoother_of(sigma, sigma > 0.2 && slices > 1 ? std::ceil(3 * sigma) : 0, weight);
  }
};

FilteredImage::FilteredImage(const Image& source, std::vector<Term> terms, std::vector<double> level)
    : source_(source),
      terms_(std::move(terms)),
      level_(std::move(level)),
      out_(Image::unfilled(source.size(), source.voxel_um())),
      tiles_x_((source.size().x + kSide - 1) / kSide),
      tiles_y_((source.size().y + kSide - 1) / kSide),
      tiles_(tiles_x_ * tiles_y_ * source.size().z, Tile::unknown) {}

Image FilteredImage::whole() && {
  for (Tile& t : tiles_)
    if (t == Tile::unknown) t = Tile::wanted;
  compute();
  return std::move(out_);
}

const Image& FilteredImage::beside(const Curve& curve, double lateral_um, double depth_um) {
  constexpr double kEvery_um = 0.8, kRounding_um = 1e-6;
  const Directions d = directions(curve);
  const Size3 n = source_.size();
  // The tiles along an axis that samples of an interval need.
  const auto range = [&](double middle_um, double half_um, int axis, size_t size, size_t side) {
    const auto voxel = [&](double um) {
      return static_cast<size_t>(std::clamp(um / source_.voxel_um()[axis], 0.0, double(size) - 1));
    };
    return std::pair{voxel(middle_um - half_um - kRounding_um) / side,
                     std::min(voxel(middle_um + half_um + kRounding_um) + 1, size - 1) / side};
  };
  const int steps = static_cast<int>(std::ceil(lateral_um / kEvery_um));
  for (size_t i = 0; i < curve.size(); ++i) {
    const auto [z0, z1] = range(curve[i].z(), depth_um, 2, n.z, 1);
    for (int step = -steps; step <= steps; ++step) {
      const Eigen::Vector2d at = curve[i].head<2>() + step * kEvery_um * d.left[i];
      const auto [x0, x1] = range(at.x(), kEvery_um / 2, 0, n.x, kSide);
      const auto [y0, y1] = range(at.y(), kEvery_um / 2, 1, n.y, kSide);
      for (size_t z = z0; z <= z1; ++z)
        for (size_t y = y0; y <= y1; ++y)
          for (size_t x = x0; x <= x1; ++x)
            if (Tile& t = tiles_of(z, y)[x]; t == Tile::unknown) t = Tile::wanted;
    }
  }
  compute();
  return out_;
}

void FilteredImage::compute() {
  std::vector<Kernels> kernels;
  for (const Term& term : terms_) kernels.emplace_back(term, source_);
  const size_t in_slice = tiles_x_ * tiles_y_;
  std::vector<size_t> wanted;
  for (size_t z = 0; z < source_.size().z; ++z)
    if (const Tile* tiles = tiles_of(z, 0);
        std::find(tiles, tiles + in_slice, Tile::wanted) != tiles + in_slice)
      wanted.push_back(z);
  tbb::parallel_for(tbb::blocked_range<size_t>(0, wanted.size()), [&](const auto& some) {
    std::vector<Kernels> own = kernels;
    const auto plane = std::make_unique_for_overwrite<float[]>(source_.size().x * source_.size().y);
    for (size_t i = some.begin(); i < some.end(); ++i) {
      const size_t z = wanted[i];
      const auto level = static_cast<float>(level_.empty() ? 0 : level_[z]);
      for (Kernels& k : own) add_term(z, k, level, &k == own.data(), plane.get());
      std::replace(tiles_of(z, 0), tiles_of(z, 0) + in_slice, Tile::wanted, Tile::there);
    }
  });
}

// Along z first, since few slices are wanted; then row by row along y and x.
void FilteredImage::add_term(size_t z, Kernels& k, float level, bool first, float* plane) {
  const Size3 n = source_.size();
  const size_t reach = k.x.reach();
  const auto is_wanted = [](Tile t) { return t == Tile::wanted; };
  const auto is_near = [](char c) { return c != 0; };
  const auto columns = [&](size_t begin, size_t end) {
    return std::pair{begin * kSide, std::min(end * kSide, n.x)};
  };
  std::vector<char> near(tiles_x_);
  const size_t over_x = (reach + kSide - 1) / kSide, over_y = (k.y.reach() + kSide - 1) / kSide;
  for (size_t ty = 0; ty < tiles_y_; ++ty) {
    std::fill(near.begin(), near.end(), 0);
    for (size_t u = ty - std::min(ty, over_y); u < std::min(ty + over_y + 1, tiles_y_); ++u)
      for_each_run(tiles_of(z, u), tiles_x_, is_wanted, [&](size_t begin, size_t end) {
        std::fill(&near[begin - std::min(begin, over_x)], near.data() + std::min(end + over_x, tiles_x_), 1);
      });
    for_each_run(near.data(), tiles_x_, is_near, [&](size_t begin, size_t end) {
      const auto [x0, x1] = columns(begin, end);
      for (size_t y = ty * kSide; y < std::min((ty + 1) * kSide, n.y); ++y)
        k.z.across(plane + y * n.x + x0, x1 - x0, z, n.z,
                   [&, x = x0](size_t l) { return source_.row(y, l) + x; });
    });
  }
  std::vector<float> padded(n.x + 2 * reach), more(n.x);
  float* line = padded.data() + reach;
  for (size_t y = 0; y < n.y; ++y)
    for_each_run(tiles_of(z, y / kSide), tiles_x_, is_wanted, [&](size_t begin, size_t end) {
      const auto [x0, x1] = columns(begin, end);
      const size_t from = x0 - std::min(x0, reach), to = std::min(x1 + reach, n.x);
      k.y.across(line + from, to - from, y, n.y, [&, x = from](size_t l) { return plane + l * n.x + x; });
      if (from == 0) std::fill_n(padded.data(), reach, line[0]);
      if (to == n.x) std::fill_n(line + n.x, reach, line[n.x - 1]);
      float* out = out_.row(y, z) + x0;
      k.x.along(first ? out : more.data(), line + x0, x1 - x0);
      if (!first)
        add(out, more.data(), x1 - x0);
      else if (level != 0)
        take_off(out, level, x1 - x0);
    });
}

Image smoothed(const Image& image, double lateral_sigma_um, double axial_sigma_um) {
  return FilteredImage(image, {{1, lateral_sigma_um, axial_sigma_um}}).whole();
}

}  // namespace spinechron
