// Up to four heads against rows, where vectors run along a row: lanes for sixteen heads would be empty, and a sum across lanes,
// shared by sixteen products, costs less than that.
#pragma once
#include <algorithm>
#include <cstdint>

#include "kernel.h"

#if defined(__AVX512F__)
// GCC 12 takes the values that its own intrinsics leave undefined on purpose for a mistake.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

namespace {

constexpr int64_t kFewHeads = 4;

// The four sums across lanes of each of a, b, c, d, by 128-bit part.
inline __m512 sums_by_part(__m512 a, __m512 b, __m512 c, __m512 d) {
  const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
  const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
  const __m512d x = _mm512_castps_pd(ab), y = _mm512_castps_pd(cd);
  return _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)), _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)));
}

// Part i of the result is the sum of the four parts of x[i].
inline __m512 sums_of_parts(const __m512 (&x)[4]) {
  const auto halves = [](__m512 a, __m512 b) {
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x44), _mm512_shuffle_f32x4(a, b, 0xEE));
  };
  const __m512 low = halves(x[0], x[1]), high = halves(x[2], x[3]);
  return _mm512_add_ps(_mm512_shuffle_f32x4(low, high, 0x88), _mm512_shuffle_f32x4(low, high, 0xDD));
}

// Products of four heads with four rows: [row][head]. `x` is [4][n], n a multiple of 16.
CACHALOT_INLINE __m512 few_head_dots(const float* x, int64_t n, const float* const (&rows)[4]) {
  __m512 sum[4][4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i)
#pragma GCC unroll 4
    for (int h = 0; h < 4; ++h) sum[i][h] = _mm512_setzero_ps();
  for (int64_t d = 0; d < n; d += 16) {
    __m512 q[4];
#pragma GCC unroll 4
    for (int h = 0; h < 4; ++h) q[h] = _mm512_loadu_ps(x + h * n + d);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const __m512 row = _mm512_loadu_ps(rows[i] + d);
#pragma GCC unroll 4
      for (int h = 0; h < 4; ++h) sum[i][h] = _mm512_fmadd_ps(q[h], row, sum[i][h]);
    }
  }
  __m512 parts[4];
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) parts[i] = sums_by_part(sum[i][0], sum[i][1], sum[i][2], sum[i][3]);
  return sums_of_parts(parts);
}

}  // namespace

#endif
