// Tests of the algorithm alone; any test framework will do.

#include <cstdio>

#include "clip.hpp"

int main() {
  const float in[] = {5, 1, 4, 2, 3};
  float out[5];
  clip(in, out, 5, quantile(in, 5, 0.5));
  const float expected[] = {3, 1, 3, 2, 3};
  for (int i = 0; i < 5; ++i)
    if (out[i] != expected[i]) {
      std::printf("sample %d is %g and should be %g\n", i, static_cast<double>(out[i]),
                  static_cast<double>(expected[i]));
      return 1;
    }
  return 0;
}
