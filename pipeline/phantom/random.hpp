#pragma once
// Random numbers that are the same on every machine: the standard fixes the engine, not its distributions.

#include <cstdint>
#include <random>
#include <string_view>

namespace spinechron {

/// One stream of random numbers. Streams of different names are independent, so that a change in one part of
/// a phantom leaves the others as they are.
class Random {
 public:
  /// The stream `name` of a phantom with this seed.
  Random(std::uint64_t seed, std::string_view name);

  double uniform();                          ///< 0 <= u < 1
  double uniform(double low, double high);   ///< low <= u < high
  double normal();                           ///< mean 0, standard deviation 1 (polar method)
  double normal(double mean, double sigma);  ///< sigma may be 0
  bool chance(double p);                     ///< true with probability p
  size_t index(size_t n);                    ///< 0 ... n-1; n > 0
  double poisson(double mean);  ///< a count; below 30 by inversion, above by Hörmann's rejection (PTRS)

 private:
  std::mt19937_64 engine_;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace spinechron
