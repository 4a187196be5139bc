// y = x W^T with W in bf16 or in 8-bit rows and x rounded to bf16, accumulated in f32: what dot-product instructions do.
// Integers of 8 bits are exact in bf16, so a row's scale is applied to its sums. Without such instructions the same products
// are made in f32 from the rounded x.
#pragma once
#include <type_traits>

#include "gemm.h"

#if defined(__AVX512BF16__)
#include <immintrin.h>
#endif

namespace {

// y[m, n] = x[m, k] w[n, k]^T. `x` starts at a row of RoundedRows.
struct LinearBf16 {
  int64_t m, n, k;
  const float* x;
  int64_t x_row;  // floats between two rows of x
  const uint16_t* w;  // or null: then `bytes` are rows of k integers plus 128 and a scale
  float* y;
  int64_t y_row;
  const uint8_t* bytes = nullptr;

  CACHALOT_INLINE const uint8_t* byte_row(int64_t column) const { return bytes + column * (k + 4); }
  CACHALOT_INLINE float scale(int64_t column) const {
    float value;
    std::memcpy(&value, byte_row(column) + k, 4);
    return value;
  }
};

// y[i0..i1, j0..j1] times the columns' scales.
inline void scale_columns(const LinearBf16& g, int64_t i0, int64_t i1, int64_t j0, int64_t j1) {
  float scales[64];
  for (int64_t first = j0; first < j1; first += 64) {
    const int64_t count = std::min<int64_t>(64, j1 - first);
    for (int64_t j = 0; j < count; ++j) scales[j] = g.scale(first + j);
    for (int64_t i = i0; i < i1; ++i)
      for (int64_t j = 0; j < count; ++j) g.y[i * g.y_row + first + j] *= scales[j];
  }
}

#if defined(__AVX512BF16__)

constexpr int64_t kPairColumns = 32;  // columns of a panel: two registers of pairs
constexpr int64_t kPairDepth = 384;   // depths of a panel
constexpr int64_t kFewBf16Rows = 32;  // up to here weights are used as they lie

inline int64_t round_up(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

CACHALOT_INLINE __mmask32 first_lanes(int64_t n) {
  return n >= 32 ? ~__mmask32{0} : static_cast<__mmask32>((1u << n) - 1);
}

// 32 weights of a column from depth p on.
template <bool kBytes>
CACHALOT_INLINE __m512i load_weights(const LinearBf16& g, int64_t column, int64_t p, __mmask32 mask) {
  if constexpr (!kBytes) return _mm512_maskz_loadu_epi16(mask, g.w + column * g.k + p);
  const __m256i bytes = _mm256_mask_loadu_epi8(_mm256_set1_epi8(-128), mask, g.byte_row(column) + p);
  const __m512i bias = _mm512_set1_epi32(128);
  const auto widen = [bias](__m128i part) {
    return _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_cvtepu8_epi32(part), bias));
  };
  return reinterpret_cast<__m512i>(
      _mm512_cvtne2ps_pbh(widen(_mm256_extracti128_si256(bytes, 1)), widen(_mm256_castsi256_si128(bytes))));
}

inline void round_row(const float* from, int64_t k, int64_t padded, uint16_t* to) {
  for (int64_t p = 0; p < padded; p += 32) {
    const __mmask32 mask = first_lanes(std::max<int64_t>(k - p, 0));
    const __m512 low = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask), from + p);
    const __m512 high = _mm512_maskz_loadu_ps(static_cast<__mmask16>(mask >> 16), from + p + 16);
    _mm512_storeu_si512(to + p, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low)));
  }
}

// Rows become columns: 16 x 16 pairs.
inline void transpose_pairs(__m512i r[16]) {
  __m512i t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x88);
    t[4 + i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xdd);
    t[8 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x88);
    t[12 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xdd);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88);
    r[8 + i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0xdd);
    r[4 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0x88);
    r[12 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0xdd);
  }
}

// Depths [p0, p0 + kc) of columns [j, j + 32) as [kc / 2][32][2], zero beyond the matrix. kc is a multiple of 32.
template <bool kBytes>
inline void pack_pairs(const LinearBf16& g, int64_t p0, int64_t kc, int64_t j, uint16_t* to) {
  for (int64_t half = 0; half < kPairColumns; half += 16)
    for (int64_t p = 0; p < kc; p += 32) {
      const __mmask32 mask = first_lanes(g.k - p0 - p);
      __m512i rows[16];
#pragma GCC unroll 16
      for (int i = 0; i < 16; ++i) {
        const int64_t column = j + half + i;
        rows[i] = column < g.n ? load_weights<kBytes>(g, column, p0 + p, mask) : _mm512_setzero_si512();
      }
      transpose_pairs(rows);
#pragma GCC unroll 16
      for (int i = 0; i < 16; ++i) _mm512_storeu_si512(to + (p / 2 + i) * 2 * kPairColumns + 2 * half, rows[i]);
    }
}

// 12 rows x 32 columns of y.
inline void pairs_micro(const uint16_t* x, int64_t x_row, int64_t kc, const uint16_t* panel, float* y, int64_t y_row,
                        int64_t rows, int64_t width, bool accumulate) {
  __m512 acc[12][2];
  const uint16_t* row[12];
#pragma GCC unroll 12
  for (int i = 0; i < 12; ++i) {
    acc[i][0] = acc[i][1] = _mm512_setzero_ps();
    row[i] = x + std::min<int64_t>(i, rows - 1) * x_row;
  }
  for (int64_t p = 0; p < kc; p += 2) {
    const __m512bh b0 = reinterpret_cast<__m512bh>(_mm512_loadu_si512(panel + p * kPairColumns));
    const __m512bh b1 = reinterpret_cast<__m512bh>(_mm512_loadu_si512(panel + p * kPairColumns + 32));
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i) {
      int32_t pair;
      std::memcpy(&pair, row[i] + p, 4);
      const __m512bh a = reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair));
      acc[i][0] = _mm512_dpbf16_ps(acc[i][0], b0, a);
      acc[i][1] = _mm512_dpbf16_ps(acc[i][1], b1, a);
    }
  }
  const __mmask32 mask = first_lanes(width);
  const __mmask16 low = static_cast<__mmask16>(mask), high = static_cast<__mmask16>(mask >> 16);
#pragma GCC unroll 12
  for (int i = 0; i < 12; ++i) {
    if (i >= rows) break;
    float* to = y + i * y_row;
    if (accumulate) {
      acc[i][0] = _mm512_add_ps(acc[i][0], _mm512_maskz_loadu_ps(low, to));
      acc[i][1] = _mm512_add_ps(acc[i][1], _mm512_maskz_loadu_ps(high, to + 16));
    }
    _mm512_mask_storeu_ps(to, low, acc[i][0]);
    _mm512_mask_storeu_ps(to + 16, high, acc[i][1]);
  }
}

// Rows [i0, i1) and columns [j0, j1), whose panels are packed here.
inline void pairs_tile(const cachalot::KernelCall& call, const LinearBf16& g, const uint16_t* x, int64_t x_row,
                       int64_t i0, int64_t i1, int64_t j0, int64_t j1) {
  const int64_t columns = round_up(j1 - j0, kPairColumns);
  uint16_t* panels = call.thread_scratch<uint16_t>(columns * kPairDepth, 0);
  for (int64_t pc = 0; pc < g.k; pc += kPairDepth) {
    const int64_t kc = round_up(std::min(kPairDepth, g.k - pc), 32);
    for (int64_t j = 0; j < columns; j += kPairColumns) {
      if (g.bytes)
        pack_pairs<true>(g, pc, kc, j0 + j, panels + j * kc);
      else
        pack_pairs<false>(g, pc, kc, j0 + j, panels + j * kc);
    }
    for (int64_t i = i0; i < i1; i += 12)
      for (int64_t j = j0; j < j1; j += kPairColumns)
        pairs_micro(x + i * x_row + pc, x_row, kc, panels + (j - j0) * kc, g.y + i * g.y_row + j, g.y_row,
                    std::min<int64_t>(12, i1 - i), std::min(kPairColumns, j1 - j), pc > 0);
  }
  if (g.bytes) scale_columns(g, i0, i1, j0, j1);
}

// Up to eight rows of x times one row of weights, read from end to end: the order in which memory is fastest.
template <int kRows, bool kBytes>
inline void pairs_one_column(const LinearBf16& g, const uint16_t* x, int64_t x_row, int64_t j) {
  constexpr int kSums = kRows <= 4 ? 4 : 2;  // as many as hide the latency of an addition
  __m512 sum[kRows][kSums];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int u = 0; u < kSums; ++u) sum[r][u] = _mm512_setzero_ps();
  const auto step = [&](int64_t p, int u, __mmask32 mask) __attribute__((always_inline)) {
    const __m512bh weights = reinterpret_cast<__m512bh>(load_weights<kBytes>(g, j, p, mask));
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
      sum[r][u] =
          _mm512_dpbf16_ps(sum[r][u], weights, reinterpret_cast<__m512bh>(_mm512_loadu_si512(x + r * x_row + p)));
  };
  int64_t p = 0;
  for (; p + 32 * kSums <= g.k; p += 32 * kSums)
#pragma GCC unroll 4
    for (int u = 0; u < kSums; ++u) step(p + 32 * u, u, ~__mmask32{0});
  for (; p < g.k; p += 32) step(p, 0, first_lanes(g.k - p));
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int u = 1; u < kSums; ++u) sum[r][0] = _mm512_add_ps(sum[r][0], sum[r][u]);
    g.y[r * g.y_row + j] = _mm512_reduce_add_ps(sum[r][0]);
    if constexpr (kBytes) g.y[r * g.y_row + j] *= g.scale(j);
  }
}

template <bool kBytes>
inline void pairs_few_rows(const LinearBf16& g, const uint16_t* x, int64_t x_row, int64_t j0, int64_t j1) {
  for (int64_t j = j0; j < j1; ++j) switch (g.m) {
      case 1: pairs_one_column<1, kBytes>(g, x, x_row, j); break;
      case 2: pairs_one_column<2, kBytes>(g, x, x_row, j); break;
      case 3: pairs_one_column<3, kBytes>(g, x, x_row, j); break;
      case 4: pairs_one_column<4, kBytes>(g, x, x_row, j); break;
      case 5: pairs_one_column<5, kBytes>(g, x, x_row, j); break;
      case 6: pairs_one_column<6, kBytes>(g, x, x_row, j); break;
      case 7: pairs_one_column<7, kBytes>(g, x, x_row, j); break;
      default: pairs_one_column<8, kBytes>(g, x, x_row, j);
    }
}

// Lane i of the result is the sum of all lanes of v[i]: sixteen sums for the shuffles of four.
CACHALOT_INLINE __m512 sums_of_sixteen(const __m512* v) {
  __m512 pairs[8], quads[4], halves[2];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i)
    pairs[i] = _mm512_add_ps(_mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]), _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]));
  // From here on a register holds four sums in each of its quarters, then quarters are added.
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    const __m512d a = _mm512_castps_pd(pairs[2 * i]), b = _mm512_castps_pd(pairs[2 * i + 1]);
    quads[i] =
        _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(a, b)), _mm512_castpd_ps(_mm512_unpackhi_pd(a, b)));
  }
  const auto add_quarters = [](__m512 a, __m512 b) __attribute__((always_inline)) {
    return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
  };
  halves[0] = add_quarters(quads[0], quads[1]);
  halves[1] = add_quarters(quads[2], quads[3]);
  return add_quarters(halves[0], halves[1]);
}

// kRows x kCols dot products: weights are read as they lie, once. kAhead: the next kCols columns are fetched meanwhile.
template <int kRows, int kCols, bool kBytes, bool kAhead = false>
inline void pairs_dots(const LinearBf16& g, const uint16_t* x, int64_t x_row, int64_t i, int64_t j) {
  __m512 sum[kRows][kCols];
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int c = 0; c < kCols; ++c) sum[r][c] = _mm512_setzero_ps();
  x += i * x_row;
  const auto step = [&](int64_t p, __mmask32 mask) __attribute__((always_inline)) {
    __m512bh weights[kCols];
#pragma GCC unroll 4
    for (int c = 0; c < kCols; ++c)
      weights[c] = reinterpret_cast<__m512bh>(load_weights<kBytes>(g, j + c, p, mask));
    if constexpr (kAhead)
#pragma GCC unroll 4
      for (int c = 0; c < kCols; ++c)
        _mm_prefetch(reinterpret_cast<const char*>(g.w + (j + kCols + c) * g.k + p), _MM_HINT_T0);
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
      const __m512bh values = reinterpret_cast<__m512bh>(_mm512_loadu_si512(x + r * x_row + p));
#pragma GCC unroll 4
      for (int c = 0; c < kCols; ++c) sum[r][c] = _mm512_dpbf16_ps(sum[r][c], weights[c], values);
    }
  };
  int64_t p = 0;
  for (; p + 32 <= g.k; p += 32) step(p, ~__mmask32{0});
  if (p < g.k) step(p, first_lanes(g.k - p));
  if constexpr (kRows == 4 && kCols == 4) {
    const __m512 sums = sums_of_sixteen(&sum[0][0]);
    float* y = g.y + i * g.y_row + j;
    _mm_storeu_ps(y, _mm512_castps512_ps128(sums));
    _mm_storeu_ps(y + g.y_row, _mm512_extractf32x4_ps(sums, 1));
    _mm_storeu_ps(y + 2 * g.y_row, _mm512_extractf32x4_ps(sums, 2));
    _mm_storeu_ps(y + 3 * g.y_row, _mm512_extractf32x4_ps(sums, 3));
    return;
  }
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int c = 0; c < kCols; ++c) g.y[(i + r) * g.y_row + j + c] = _mm512_reduce_add_ps(sum[r][c]);
}

// Some columns times all rows. The first rows bring the weights into L1, the second ones leave memory idle: it fetches what
// the next columns will need.
template <int kCols, bool kBytes>
inline void pairs_column(const LinearBf16& g, const uint16_t* x, int64_t x_row, int64_t j) {
  constexpr int kStep = kCols == 4 ? 4 : 6;
  const bool has_next = !kBytes && kCols == 4 && j + 2 * kCols <= g.n;
  int64_t i = 0;
  for (; i + kStep <= g.m; i += kStep) {
    if (has_next && i == kStep)
      pairs_dots<kStep, kCols, kBytes, true>(g, x, x_row, i, j);
    else
      pairs_dots<kStep, kCols, kBytes>(g, x, x_row, i, j);
  }
  switch (g.m - i) {
    case 1: return pairs_dots<1, kCols, kBytes>(g, x, x_row, i, j);
    case 2: return pairs_dots<2, kCols, kBytes>(g, x, x_row, i, j);
    case 3: return pairs_dots<3, kCols, kBytes>(g, x, x_row, i, j);
    case 4: return pairs_dots<4, kCols, kBytes>(g, x, x_row, i, j);
    case 5: return pairs_dots<5, kCols, kBytes>(g, x, x_row, i, j);
  }
}

// Several products that read one matrix x [x_rows, k], at once.
inline void linear_bf16(const cachalot::KernelCall& call, const float* x, int64_t x_rows, int64_t k,
                        const std::vector<LinearBf16>& products) {
  // An odd number of cache lines between rows: no twelve of them share a set of L1.
  const int64_t padded = round_up(k, 32), row = padded / 32 % 2 ? padded : padded + 32;
  uint16_t* rounded = call.scratch<uint16_t>(x_rows * row, 7);
  call.parallel(x_rows, std::max<int64_t>(16384 / padded, 1), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) round_row(x + r * k, k, padded, rounded + r * row);
  });
  struct Task {
    const LinearBf16* g;
    int64_t i0, i1, j0, j1;
  };
  std::vector<Task> tasks;
  double work = 0;
  for (const LinearBf16& g : products) work += static_cast<double>(g.m) * g.n;
  const int64_t wanted = 4 * call.threads();
  for (const LinearBf16& g : products) {
    if (g.m <= 0) continue;
    const int64_t own = std::clamp<int64_t>(static_cast<int64_t>(wanted * g.m * g.n / work + 0.5), 1, wanted);
    const int64_t panels = (g.n + kPairColumns - 1) / kPairColumns;
    // Eight panels at most: what is packed at once stays in L2.
    const int64_t columns = std::max(std::min(own, panels), g.m > kFewBf16Rows ? (panels + 7) / 8 : 1);
    const int64_t rows = g.m > kFewBf16Rows ? std::clamp<int64_t>(own / columns, 1, g.m / 96 + 1) : 1;
    for (int64_t c = 0; c < columns; ++c)
      for (int64_t r = 0; r < rows; ++r)
        tasks.push_back({&g, g.m * r / rows, g.m * (r + 1) / rows, panels * c / columns * kPairColumns,
                         std::min(g.n, panels * (c + 1) / columns * kPairColumns)});
  }
  const auto run = [&](const Task& t) {
    const LinearBf16& g = *t.g;
    const int64_t x_row = g.x_row / k * row;
    const uint16_t* from = rounded + (g.x - x) / k * row;
    if (g.m > kFewBf16Rows) return pairs_tile(call, g, from, x_row, t.i0, t.i1, t.j0, t.j1);
    const auto few = [&](auto bytes) {
      constexpr bool kBytes = decltype(bytes)::value;
      if (g.m <= 8) return pairs_few_rows<kBytes>(g, from, x_row, t.j0, t.j1);
      int64_t j = t.j0;
      for (; j + 4 <= t.j1; j += 4) pairs_column<4, kBytes>(g, from, x_row, j);
      for (; j < t.j1; ++j) pairs_column<1, kBytes>(g, from, x_row, j);
      if constexpr (kBytes) scale_columns(g, 0, g.m, t.j0, t.j1);
    };
    if (g.bytes)
      few(std::true_type());
    else
      few(std::false_type());
  };
  call.parallel_tasks(static_cast<int64_t>(tasks.size()), [&](int64_t t) { run(tasks[t]); });
}

#else

inline void linear_bf16(const cachalot::KernelCall& call, const float* x, int64_t x_rows, int64_t k,
                        const std::vector<LinearBf16>& products) {
  float* rounded = call.scratch<float>(x_rows * k, 7);
  for (int64_t i = 0; i < x_rows * k; ++i) rounded[i] = cachalot::bf16_to_float(cachalot::float_to_bf16(x[i]));
  int64_t integers = 0;
  for (const LinearBf16& g : products) integers += g.bytes ? g.n * g.k : 0;
  uint16_t* widened = call.scratch<uint16_t>(std::max<int64_t>(integers, 1), 5);
  std::vector<Gemm> gemms;
  for (const LinearBf16& g : products) {
    const uint16_t* w = g.w;
    if (g.bytes) {
      for (int64_t j = 0; j < g.n; ++j)
        for (int64_t p = 0; p < g.k; ++p)
          widened[j * g.k + p] = cachalot::float_to_bf16(static_cast<float>(g.byte_row(j)[p] - 128));
      w = widened;
      widened += g.n * g.k;
    }
    gemms.push_back({g.m, g.n, g.k, rounded + (g.x - x), g.x_row, 1, w, 1, g.k, true, g.y, g.y_row, false});
  }
  gemm_batch(call, gemms);
  for (const LinearBf16& g : products)
    if (g.bytes) scale_columns(g, 0, g.m, 0, g.n);
}

#endif

}  // namespace
