// Vectorisable exp and row helpers for kernels.
#pragma once
#include <algorithm>

#include "kernel.h"

namespace {

// e^x to about 2 units in the last place; 0 below -87, so that e^-inf is 0; large x gives about 1e38.
CACHALOT_INLINE float fast_exp(float x) {
  const float bounded = x > 88.0f ? 88.0f : (x < -87.0f ? -87.0f : x);
  const float scaled = bounded * 1.44269504088896341f;
  const int n = static_cast<int>(scaled + (scaled >= 0 ? 0.5f : -0.5f));
  const float r = bounded - static_cast<float>(n) * 0.693147180559945309f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  union {
    int i;
    float f;
  } power{(n + 127) << 23};
  return x < -87.0f ? 0.0f : p * power.f;
}

CACHALOT_INLINE float row_max(const float* x, int64_t n) {
  float max = -__builtin_inff();
  for (int64_t i = 0; i < n; ++i) max = x[i] > max ? x[i] : max;
  return max;
}

}  // namespace
