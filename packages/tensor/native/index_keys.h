// Scores of sixteen indexer keys at a time: s[t] = sum_h w[h] max(0, q[h] . k[t]).
#pragma once
#include <cstring>

#include "hadamard.h"
#include "block_table.h"
#include "row_lanes.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace {

// One row's queries as the kernel reads them. Heads are padded to a multiple of eight with weights of 0.
struct IndexQuery {
  const float* q;        // [heads, dim]
  const int8_t* bytes;   // [heads, dim], over 8-bit keys
  const int32_t* starts;  // [heads]: -128 times the sum of a head's bytes
  const float* weights;  // [heads]
};

// Scores of a group of f32 keys [dim][16]: the sums of eight heads stay in registers.
inline void score_floats(const IndexQuery& x, int64_t heads, int64_t dim, const float* group, float* scores) {
  for (int64_t lane = 0; lane < 16; lane += kRowLanes) {
    RowLanes total = {};
    for (int64_t h = 0; h < heads; h += 8) {
      RowLanes sum[8] = {};
      for (int64_t d = 0; d < dim; ++d) {
        const RowLanes key = *reinterpret_cast<const RowLanes*>(group + d * 16 + lane);
#pragma GCC unroll 8
        for (int i = 0; i < 8; ++i) sum[i] += x.q[(h + i) * dim + d] * key;
      }
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) total += x.weights[h + i] * (sum[i] <= 0.0f ? RowLanes{} : sum[i]);
    }
    std::memcpy(scores + lane, &total, sizeof total);
  }
}

// Scores of two groups of 8-bit keys [dim / 4][16][4], without the keys' scales.
#if defined(__AVX512VNNI__)
inline void score_bytes(const IndexQuery& x, int64_t heads, int64_t dim, const uint8_t* a, const uint8_t* b,
                        float* scores) {
  __m512 total_a = _mm512_setzero_ps(), total_b = total_a;
  for (int64_t h = 0; h < heads; h += 8) {
    __m512i sum_a[8], sum_b[8];
    const int8_t* q = x.bytes + h * dim;
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) sum_a[i] = sum_b[i] = _mm512_set1_epi32(x.starts[h + i]);
    for (int64_t d = 0; d < dim; d += 4) {
      // Bytes are keys plus 128: the sums start at what that adds.
      const __m512i key_a = _mm512_loadu_si512(a + d * 16), key_b = _mm512_loadu_si512(b + d * 16);
#pragma GCC unroll 8
      for (int i = 0; i < 8; ++i) {
        int32_t four;
        std::memcpy(&four, q + i * dim + d, 4);
        const __m512i query = _mm512_set1_epi32(four);
        sum_a[i] = _mm512_dpbusd_epi32(sum_a[i], key_a, query);
        sum_b[i] = _mm512_dpbusd_epi32(sum_b[i], key_b, query);
      }
    }
    const __m512i zero = _mm512_setzero_si512();
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
      const __m512 weight = _mm512_set1_ps(x.weights[h + i]);
      total_a = _mm512_fmadd_ps(weight, _mm512_cvtepi32_ps(_mm512_max_epi32(sum_a[i], zero)), total_a);
      total_b = _mm512_fmadd_ps(weight, _mm512_cvtepi32_ps(_mm512_max_epi32(sum_b[i], zero)), total_b);
    }
  }
  _mm512_storeu_ps(scores, total_a);
  _mm512_storeu_ps(scores + 16, total_b);
}
#elif defined(__AVX2__)
// Products of 16-bit integers are added in pairs; those of a byte and a signed one would saturate. Two heads' sums over sixteen keys, two
// lanes a key, fill eight registers.
inline void score_bytes(const IndexQuery& x, int64_t heads, int64_t dim, const uint8_t* a, const uint8_t* b,
                        float* scores) {
  for (const uint8_t* group : {a, b}) {
    __m256 total[2] = {_mm256_setzero_ps(), _mm256_setzero_ps()};
    for (int64_t h = 0; h < heads; h += 2) {
      const int8_t* q = x.bytes + h * dim;
      __m256i sum[2][4] = {};
      for (int64_t d = 0; d < dim; d += 4) {
        __m256i key[4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
          key[j] = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(group + d * 16 + j * 16)));
#pragma GCC unroll 2
        for (int i = 0; i < 2; ++i) {
          int32_t four;
          std::memcpy(&four, q + i * dim + d, 4);
          const __m256i query = _mm256_broadcastq_epi64(_mm_cvtepi8_epi16(_mm_cvtsi32_si128(four)));
#pragma GCC unroll 4
          for (int j = 0; j < 4; ++j) sum[i][j] = _mm256_add_epi32(sum[i][j], _mm256_madd_epi16(key[j], query));
        }
      }
#pragma GCC unroll 2
      for (int i = 0; i < 2; ++i) {
        const __m256i start = _mm256_set1_epi32(x.starts[h + i]);
        const __m256 weight = _mm256_set1_ps(x.weights[h + i]);
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          const __m256i pairs = _mm256_hadd_epi32(sum[i][2 * half], sum[i][2 * half + 1]);
          const __m256i dots = _mm256_add_epi32(_mm256_permute4x64_epi64(pairs, 0b11011000), start);
          const __m256 positive = _mm256_cvtepi32_ps(_mm256_max_epi32(dots, _mm256_setzero_si256()));
          total[half] = _mm256_fmadd_ps(weight, positive, total[half]);
        }
      }
    }
    _mm256_storeu_ps(scores, total[0]);
    _mm256_storeu_ps(scores + 8, total[1]);
    scores += 16;
  }
}
#else
inline void score_bytes(const IndexQuery& x, int64_t heads, int64_t dim, const uint8_t* a, const uint8_t* b,
                        float* scores) {
  for (int64_t g = 0; g < 2; ++g) {
    const uint8_t* group = g == 0 ? a : b;
    float* to = scores + g * 16;
    for (int lane = 0; lane < 16; ++lane) to[lane] = 0;
    for (int64_t h = 0; h < heads; ++h) {
      int32_t sum[16];
      for (int32_t& lane : sum) lane = x.starts[h];
      for (int64_t d = 0; d < dim; d += 4) {
        const int8_t* q = x.bytes + h * dim + d;
        const uint8_t* key = group + d * 16;
        for (int lane = 0; lane < 16; ++lane)
          sum[lane] += q[0] * key[lane * 4] + q[1] * key[lane * 4 + 1] + q[2] * key[lane * 4 + 2] +
                       q[3] * key[lane * 4 + 3];
      }
      for (int lane = 0; lane < 16; ++lane) to[lane] += x.weights[h] * static_cast<float>(std::max(sum[lane], 0));
    }
  }
}
#endif

}  // namespace
