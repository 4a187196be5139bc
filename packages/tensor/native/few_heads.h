// Up to four heads against rows, where vectors run along a row: lanes for sixteen heads would be empty, and a sum across lanes,
// shared by sixteen products, costs less than that.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernel.h"

#if defined(__AVX512F__) || defined(__AVX2__)
#define CACHALOT_FEW_HEADS
// GCC 12 takes the values that its own intrinsics leave undefined on purpose for a mistake.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

namespace {

constexpr int64_t kFewHeads = 4;

#if defined(__AVX512F__)

constexpr int64_t kFewRows = 4;
typedef __m512 FewDots;

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


inline FewDots few_head_dots(const float* x, int64_t n, const float* const (&rows)[4], float factor) {
  return _mm512_mul_ps(_mm512_set1_ps(factor), few_head_dots(x, n, rows));
}

inline void store_by_row(FewDots dots, float* to) { _mm512_storeu_ps(to, dots); }

// As [head][row], `stride` apart.
inline void store_by_head(FewDots dots, float* to, int64_t stride) {
  const __m512i turn = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  float by_head[16];
  _mm512_storeu_ps(by_head, _mm512_permutexvar_ps(turn, dots));
  for (int64_t h = 0; h < kFewHeads; ++h) std::memcpy(to + h * stride, by_head + h * 4, 16);
}

#else

constexpr int64_t kFewRows = 2;
typedef __m256 FewDots;

// The sums across lanes of each of a, b, c, d, by 128-bit part.
inline __m256 sums_by_part(__m256 a, __m256 b, __m256 c, __m256 d) {
  const __m256 ab = _mm256_add_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
  const __m256 cd = _mm256_add_ps(_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
  const __m256d x = _mm256_castps_pd(ab), y = _mm256_castps_pd(cd);
  return _mm256_add_ps(_mm256_castpd_ps(_mm256_unpacklo_pd(x, y)), _mm256_castpd_ps(_mm256_unpackhi_pd(x, y)));
}

// Products of four heads with two rows, times `factor`: [row][head]. `x` is [4][n], n a multiple of 8.
CACHALOT_INLINE FewDots few_head_dots(const float* x, int64_t n, const float* const (&rows)[2], float factor) {
  __m256 sum[2][4];
#pragma GCC unroll 2
  for (int i = 0; i < 2; ++i)
#pragma GCC unroll 4
    for (int h = 0; h < 4; ++h) sum[i][h] = _mm256_setzero_ps();
  for (int64_t d = 0; d < n; d += 8) {
    const __m256 first = _mm256_loadu_ps(rows[0] + d), second = _mm256_loadu_ps(rows[1] + d);
#pragma GCC unroll 4
    for (int h = 0; h < 4; ++h) {
      const __m256 q = _mm256_loadu_ps(x + h * n + d);
      sum[0][h] = _mm256_fmadd_ps(q, first, sum[0][h]);
      sum[1][h] = _mm256_fmadd_ps(q, second, sum[1][h]);
    }
  }
  const __m256 a = sums_by_part(sum[0][0], sum[0][1], sum[0][2], sum[0][3]);
  const __m256 b = sums_by_part(sum[1][0], sum[1][1], sum[1][2], sum[1][3]);
  const __m256 dots = _mm256_add_ps(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
  return _mm256_mul_ps(_mm256_set1_ps(factor), dots);
}

inline void store_by_row(FewDots dots, float* to) { _mm256_storeu_ps(to, dots); }

// As [head][row], `stride` apart.
inline void store_by_head(FewDots dots, float* to, int64_t stride) {
  const __m128 first = _mm256_castps256_ps128(dots), second = _mm256_extractf128_ps(dots, 1);
  const __m128 low = _mm_unpacklo_ps(first, second), high = _mm_unpackhi_ps(first, second);
  _mm_storel_pi(reinterpret_cast<__m64*>(to), low);
  _mm_storeh_pi(reinterpret_cast<__m64*>(to + stride), low);
  _mm_storel_pi(reinterpret_cast<__m64*>(to + 2 * stride), high);
  _mm_storeh_pi(reinterpret_cast<__m64*>(to + 3 * stride), high);
}

#endif

}  // namespace

#endif
