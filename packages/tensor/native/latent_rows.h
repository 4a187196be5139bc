// Sixteen heads against one block of cached rows, with a running softmax. Heads lie side by side in a vector: a row is
// read once for all of them, and no sum ever runs across lanes.
#pragma once
#include <cstring>

#include "fast_exp.h"
#include "few_heads.h"
#include "head_dots.h"
#include "row_lanes.h"

#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

namespace {

constexpr int64_t kHeadLanes = 16;
constexpr int64_t kBlockKeys = 64;

// What a group of heads has gathered so far: [heads][value] sums relative to e^max.
struct RunningSoftmax {
  float max[kHeadLanes], sum[kHeadLanes];
  float* values;  // [16][value_dim]
};

// scores[key][head] = scale q[head] . rows[key]; `q` is [dim][16].
inline void float_scores(const float* q, int64_t dim, const float* const* rows, int64_t keys, float scale,
                         float* scores) {
  typedef HeadDots<kHeadLanes> Dots;
  for (int64_t i = 0; i < keys; i += Dots::kRows) {
    Dots dots;
    dots.add(q, dim, rows, i, keys);
    for (int64_t j = 0; j < std::min<int64_t>(Dots::kRows, keys - i); ++j)
      for (int v = 0; v < Dots::kVectors; ++v)
        *reinterpret_cast<Dots::Lanes*>(scores + (i + j) * kHeadLanes + v * Dots::kLanes) = scale * dots.sum[j][v];
  }
}

// Scores become e^(score - max); what was gathered is scaled to the new maximum.
inline void update_softmax(RunningSoftmax& x, float* scores, int64_t keys, int64_t value_dim) {
  float max[kHeadLanes], factor[kHeadLanes];
  std::memcpy(max, x.max, sizeof max);
  for (int64_t i = 0; i < keys; ++i)
    for (int h = 0; h < kHeadLanes; ++h)
      max[h] = scores[i * kHeadLanes + h] > max[h] ? scores[i * kHeadLanes + h] : max[h];
  bool moved = false;
  for (int h = 0; h < kHeadLanes; ++h) {
    moved |= max[h] != x.max[h];
    factor[h] = fast_exp(x.max[h] - max[h]);
  }
  float sum[kHeadLanes] = {};
  for (int64_t i = 0; i < keys; ++i)
    for (int h = 0; h < kHeadLanes; ++h) {
      float& score = scores[i * kHeadLanes + h];
      score = fast_exp(score - max[h]);
      sum[h] += score;
    }
  for (int h = 0; h < kHeadLanes; ++h) x.sum[h] = x.sum[h] * factor[h] + sum[h];
  std::memcpy(x.max, max, sizeof max);
  if (!moved) return;
  for (int h = 0; h < kHeadLanes; ++h)
    for (int64_t d = 0; d < value_dim; ++d) x.values[h * value_dim + d] *= factor[h];
}

// values[head] += sum over keys of p[key][head] rows[key]
inline void add_float_values(const float* p, const float* const* rows, int64_t keys, int64_t heads, int64_t value_dim,
                             float* values) {
  constexpr int kHeads = 8;
  int64_t d = 0;
  for (; d + kRowLanes <= value_dim; d += kRowLanes)
    for (int64_t h = 0; h < heads; h += kHeads) {
      RowLanes sum[kHeads];
#pragma GCC unroll 8
      for (int j = 0; j < kHeads; ++j) sum[j] = *reinterpret_cast<RowLanes*>(values + (h + j) * value_dim + d);
      for (int64_t i = 0; i < keys; ++i) {
        const RowLanes v = *reinterpret_cast<const RowLanes*>(rows[i] + d);
#pragma GCC unroll 8
        for (int j = 0; j < kHeads; ++j) sum[j] += p[i * kHeadLanes + h + j] * v;
      }
#pragma GCC unroll 8
      for (int j = 0; j < kHeads; ++j) *reinterpret_cast<RowLanes*>(values + (h + j) * value_dim + d) = sum[j];
    }
  for (; d < value_dim; ++d)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t i = 0; i < keys; ++i) values[h * value_dim + d] += p[i * kHeadLanes + h] * rows[i][d];
}

#if defined(CACHALOT_FEW_HEADS)

// The same for four heads, whose scores and probabilities are [key][head]; with room for a multiple of four keys, of which
// the last one fills what is left.
inline void few_scores(const float* q, int64_t dim, const float* const* rows, int64_t keys, float scale, float* scores) {
  for (int64_t i = 0; i < (keys + 3) / 4 * 4; i += kFewRows) {
    const float* row[kFewRows];
    for (int64_t j = 0; j < kFewRows; ++j) row[j] = rows[std::min(i + j, keys - 1)];
    store_by_row(few_head_dots(q, dim, row, scale), scores + i * kFewHeads);
  }
}

inline void update_few_softmax(RunningSoftmax& x, float* scores, int64_t keys, int64_t value_dim) {
  float most[kHeadLanes], max[kHeadLanes], sum[kHeadLanes] = {};
  for (int l = 0; l < kHeadLanes; ++l) most[l] = x.max[l % kFewHeads];
  for (int64_t i = 0; i < keys; i += 4) {
    const float* at = scores + i * kFewHeads;
    for (int l = 0; l < kHeadLanes; ++l) most[l] = at[l] > most[l] ? at[l] : most[l];
  }
  for (int64_t h = 0; h < kFewHeads; ++h)
    for (int64_t l = h; l < kHeadLanes; l += kFewHeads) most[h] = most[l] > most[h] ? most[l] : most[h];
  for (int l = 0; l < kHeadLanes; ++l) max[l] = most[l % kFewHeads];
  for (int64_t i = 0; i < keys; i += 4) {
    float* at = scores + i * kFewHeads;
    for (int l = 0; l < kHeadLanes; ++l) at[l] = fast_exp(at[l] - max[l]);
    if (i + 4 > keys) std::memset(at + (keys - i) * kFewHeads, 0, (i + 4 - keys) * kFewHeads * 4);
    for (int l = 0; l < kHeadLanes; ++l) sum[l] += at[l];
  }
  for (int64_t h = 0; h < kFewHeads; ++h) {
    const float factor = fast_exp(x.max[h] - max[h]);
    x.sum[h] = x.sum[h] * factor + sum[h] + sum[4 + h] + sum[8 + h] + sum[12 + h];
    if (max[h] != x.max[h])
      for (int64_t d = 0; d < value_dim; ++d) x.values[h * value_dim + d] *= factor;
    x.max[h] = max[h];
  }
}

template <int kVectors>
CACHALOT_INLINE void add_few_columns(const float* p, const float* const* rows, int64_t keys, int64_t value_dim,
                                     int64_t d, float* values) {
  RowLanes sum[kFewHeads][kVectors];
  const auto lanes = [&](int64_t h, int v) {
    return reinterpret_cast<RowLanes*>(values + h * value_dim + d + v * kRowLanes);
  };
#pragma GCC unroll 4
  for (int h = 0; h < kFewHeads; ++h)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sum[h][v] = *lanes(h, v);
  for (int64_t i = 0; i < keys; ++i) {
    RowLanes row[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) row[v] = *reinterpret_cast<const RowLanes*>(rows[i] + d + v * kRowLanes);
#pragma GCC unroll 4
    for (int h = 0; h < kFewHeads; ++h)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sum[h][v] += p[i * kFewHeads + h] * row[v];
  }
#pragma GCC unroll 4
  for (int h = 0; h < kFewHeads; ++h)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) *lanes(h, v) = sum[h][v];
}

inline void add_few_values(const float* p, const float* const* rows, int64_t keys, int64_t value_dim, float* values) {
  // Sums of all heads and a row's part fill the registers.
  constexpr int kVectors = kRowLanes == 16 ? 4 : 2;
  int64_t d = 0;
  for (; d + kVectors * kRowLanes <= value_dim; d += kVectors * kRowLanes)
    add_few_columns<kVectors>(p, rows, keys, value_dim, d, values);
  for (; d < value_dim; d += kRowLanes) add_few_columns<1>(p, rows, keys, value_dim, d, values);
}

#endif

#if defined(__AVX512BF16__)

inline void prefetch_row(const uint16_t* row, int64_t dim) {
  const char *at = reinterpret_cast<const char*>(row), *last = reinterpret_cast<const char*>(row + dim) - 1;
  for (; at < last; at += 64) _mm_prefetch(at, _MM_HINT_T1);
  _mm_prefetch(last, _MM_HINT_T1);
}

// The same with rows and queries in bf16; `q` is [dim / 2][16][2]. Meanwhile the `next` rows come from memory: selected rows
// lie anywhere, and waiting for each would take longer than scoring it.
inline void bf16_scores(const uint16_t* q, int64_t dim, const uint16_t* const* rows, int64_t keys, float scale,
                        float* scores, const uint16_t* const* next = nullptr, int64_t next_keys = 0) {
  for (int64_t i = 0; i < keys; i += 8) {
    for (int64_t j = i; j < std::min(i + 8, next_keys); ++j) prefetch_row(next[j], dim);
    __m512 sum[8];
    const uint16_t* row[8];
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j) {
      sum[j] = _mm512_setzero_ps();
      row[j] = rows[std::min(i + j, keys - 1)];
    }
    for (int64_t d = 0; d < dim; d += 2) {
      const __m512bh x = reinterpret_cast<__m512bh>(_mm512_loadu_si512(q + d * kHeadLanes));
#pragma GCC unroll 8
      for (int j = 0; j < 8; ++j) {
        int32_t pair;
        std::memcpy(&pair, row[j] + d, 4);
        sum[j] = _mm512_dpbf16_ps(sum[j], x, reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair)));
      }
    }
    for (int64_t j = 0; j < std::min<int64_t>(8, keys - i); ++j)
      _mm512_storeu_ps(scores + (i + j) * kHeadLanes, _mm512_mul_ps(sum[j], _mm512_set1_ps(scale)));
  }
}

// value_dim is a multiple of 16.
inline void add_bf16_values(const float* p, const uint16_t* const* rows, int64_t keys, int64_t value_dim,
                            float* values) {
  int32_t pairs[kBlockKeys / 2 * kHeadLanes];
  const auto bits = [](__m512 x) {
    return _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(x)));
  };
  const auto interleave = [](__m512i even, __m512i odd) { return _mm512_or_si512(even, _mm512_slli_epi32(odd, 16)); };
  for (int64_t i = 0; i < keys; i += 2) {
    const __m512i even = bits(_mm512_loadu_ps(p + i * kHeadLanes));
    const __m512i odd = i + 1 < keys ? bits(_mm512_loadu_ps(p + (i + 1) * kHeadLanes)) : _mm512_setzero_si512();
    _mm512_storeu_si512(pairs + i / 2 * kHeadLanes, interleave(even, odd));
  }
  for (int64_t d = 0; d < value_dim; d += 16) {
    __m512 sum[kHeadLanes];
#pragma GCC unroll 16
    for (int h = 0; h < kHeadLanes; ++h) sum[h] = _mm512_loadu_ps(values + h * value_dim + d);
    for (int64_t i = 0; i < keys; i += 2) {
      const auto load = [&](int64_t key) {
        return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(rows[key] + d)));
      };
      // A missing last key has probability 0.
      const __m512bh v = reinterpret_cast<__m512bh>(interleave(load(i), load(std::min(i + 1, keys - 1))));
      const int32_t* pair = pairs + i / 2 * kHeadLanes;
#pragma GCC unroll 16
      for (int h = 0; h < kHeadLanes; ++h)
        sum[h] = _mm512_dpbf16_ps(sum[h], v, reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair[h])));
    }
#pragma GCC unroll 16
    for (int h = 0; h < kHeadLanes; ++h) _mm512_storeu_ps(values + h * value_dim + d, sum[h]);
  }
}

#endif

}  // namespace
