// The rotation before rounding to 8 bits: see src/hadamard.ts.
#pragma once
#include <algorithm>
#include <cmath>

#include "kernel.h"

namespace {

inline void hadamard(float* x, int64_t n) {
  int64_t block = 1;
  while (n % (2 * block) == 0) block *= 2;
  for (int64_t half = 1; half < block; half *= 2)
    for (int64_t i = 0; i < n; i += 2 * half)
      for (int64_t j = i; j < i + half; ++j) {
        const float a = x[j], b = x[j + half];
        x[j] = a + b;
        x[j + half] = a - b;
      }
  const float norm = 1.0f / std::sqrt(static_cast<float>(block));
  for (int64_t i = 0; i < n; ++i) x[i] *= norm;
}

// Rotates and rounds; `work` holds n floats. Returns the scale: NaN where a value is none that could be rounded.
inline float quantize_rotated(const float* x, int64_t n, float* work, int8_t* to) {
  for (int64_t i = 0; i < n; ++i) work[i] = x[i];
  hadamard(work, n);
  float largest = 0, nan = 0;
  for (int64_t i = 0; i < n; ++i) {
    largest = std::max(largest, std::fabs(work[i]));
    nan += work[i] * 0.0f;
  }
  if (nan != nan) {
    std::fill_n(to, n, int8_t{0});
    return nan;
  }
  const float inverse = largest > 0 ? 127.0f / largest : 0.0f;
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<int8_t>(std::nearbyint(work[i] * inverse));
  return largest / 127.0f;
}

}  // namespace
