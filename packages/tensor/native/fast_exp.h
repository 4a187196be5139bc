// Vectorisable exp and log, and row helpers for kernels.
#pragma once
#include <algorithm>
#include <cmath>

#include "kernel.h"

namespace {

// e^x to about 2 units in the last place; 0 below -87, so that e^-inf is 0; large x gives about 1e38. Without branches,
// so that loops over it become vector code.
CACHALOT_INLINE float fast_exp(float x) {
  const float bounded = std::min(std::max(x, -87.0f), 88.0f);
  const float scaled = bounded * 1.44269504088896341f;
  const int n = static_cast<int>(scaled + __builtin_copysignf(0.5f, scaled));
  const float r = bounded - static_cast<float>(n) * 0.693147180559945309f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int power = ((n + 127) << 23) & -static_cast<int>(x >= -87.0f);
  return p * __builtin_bit_cast(float, power);
}

// The natural logarithm of a positive normal number, to about 2 units in the last place (the polynomial of Cephes).
CACHALOT_INLINE float fast_log(float x) {
  const int bits = __builtin_bit_cast(int, x);
  const float half = __builtin_bit_cast(float, (bits & 0x7fffff) | 0x3f000000);
  const bool low = half < 0.707106781186547524f;
  const float e = static_cast<float>((bits >> 23) - 126 - static_cast<int>(low));
  const float m = low ? half + half - 1.0f : half - 1.0f;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  const float z = m * m;
  return m + (p * m * z - 2.12194440e-4f * e - 0.5f * z) + 0.693359375f * e;
}

// Sixteen running maxima: a single one cannot become vector code, since NaN must be honoured.
CACHALOT_INLINE float row_max(const float* x, int64_t n) {
  float lanes[16];
  for (float& lane : lanes) lane = -__builtin_inff();
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; ++j) lanes[j] = x[i + j] > lanes[j] ? x[i + j] : lanes[j];
  float max = lanes[0];
  for (int j = 1; j < 16; ++j) max = lanes[j] > max ? lanes[j] : max;
  for (; i < n; ++i) max = x[i] > max ? x[i] : max;
  return max;
}

inline float log_sum_exp(const float* x, int64_t n) {
  const float max = row_max(x, n);
  float sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += fast_exp(x[i] - max);
  return max + std::log(sum);
}

}  // namespace
