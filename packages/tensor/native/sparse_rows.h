// One query against its selected keys, read where they lie. Shared by sparse attention and its mass.
#pragma once
#include <cstring>

#include "fast_exp.h"
#include "few_heads.h"
#include "head_dots.h"
#include "row_lanes.h"

namespace {

// Inputs q [B,S,H,D], k [B,T,Hk,D], v [B,T,Hk,V] or absent, indices [B,S,K].
struct Sparse {
  int64_t B, S, H, D, T, Hk, V, K;
  int64_t heads;   // query heads that share a key head
  int64_t stride;  // floats between two heads' probabilities
  bool has_v;
  float scale;
  const float* q;
  const float* k;
  const float* v;
  const int32_t* indices;

  explicit Sparse(const cachalot::KernelCall& call) {
    const auto& qt = call.in(0);
    const auto& kt = call.in(1);
    B = qt.dim(0), S = qt.dim(1), H = qt.dim(2), D = qt.dim(3), T = kt.dim(1), Hk = kt.dim(2);
    K = call.in(3).dim(2);
    heads = H / Hk;
    stride = (K + 15) / 16 * 16;
    scale = static_cast<float>(call.attr(0));
    has_v = call.in(2).present();
    V = has_v ? call.in(2).dim(3) : static_cast<int64_t>(call.attr(1));
    q = qt.as<float>();
    k = kt.as<float>();
    v = has_v ? call.in(2).as<float>() : k;
    indices = call.in(3).as<int32_t>();
  }
  // Selected keys of a query: the entries before the first -1.
  int64_t count(int64_t query) const {
    const int32_t* chosen = indices + query * K;
    int64_t n = K;
    while (n > 0 && chosen[n - 1] < 0) --n;
    return n;
  }
};

// to[h][i] = scale * x[h] . rows[i] for up to kHeads heads. `turned` holds n * kHeads floats.
template <int kHeads>
CACHALOT_INLINE void dots_of(int64_t heads, const float* x, int64_t n, const float* const* rows,
                             int64_t count, float scale, float* to, int64_t stride, float* turned) {
  typedef HeadDots<kHeads> Dots;
  for (int64_t d = 0; d < n; ++d)
    for (int64_t h = 0; h < kHeads; ++h) turned[d * kHeads + h] = h < heads ? x[h * n + d] : 0.0f;
  for (int64_t i = 0; i < count; i += Dots::kRows) {
    Dots dots;
    dots.add(turned, n, rows, i, count);
    for (int64_t j = 0; j < std::min<int64_t>(Dots::kRows, count - i); ++j)
      for (int64_t h = 0; h < heads; ++h)
        to[h * stride + i + j] = scale * reinterpret_cast<const float*>(&dots.sum[j][0])[h];
  }
}

#if defined(CACHALOT_FEW_HEADS)
// The same for four heads, n a multiple of 16.
inline void few_dots(const float* x, int64_t n, const float* const* rows, int64_t count, float scale, float* to,
                     int64_t stride) {
  for (int64_t i = 0; i < count; i += kFewRows) {
    const float* row[kFewRows];
    for (int64_t j = 0; j < kFewRows; ++j) row[j] = rows[std::min(i + j, count - 1)];
    // A stride is a multiple of 16, so that there always is room.
    store_by_head(few_head_dots(x, n, row, scale), to + i, stride);
  }
}
#endif

// to[h][i] = scale * x[h] . rows[i]. `turned` holds 16 n floats.
inline void all_dots(int64_t heads, const float* x, int64_t n, const float* const* rows, int64_t count, float scale,
                     float* to, int64_t stride, float* turned) {
#if defined(CACHALOT_FEW_HEADS)
  if (heads == kFewHeads && n % 16 == 0) return few_dots(x, n, rows, count, scale, to, stride);
#endif
  for (int64_t h = 0; h < heads; h += 16) {
    const int64_t left = std::min<int64_t>(16, heads - h);
    const float* q = x + h * n;
    float* scores = to + h * stride;
    if (left > 8)
      dots_of<16>(left, q, n, rows, count, scale, scores, stride, turned);
    else if (left > 4)
      dots_of<8>(left, q, n, rows, count, scale, scores, stride, turned);
    else
      dots_of<4>(left, q, n, rows, count, scale, scores, stride, turned);
  }
}

// to[h][d0..] = sum_i p[h][i] rows[i] for kHeads heads and kVectors vectors of columns.
template <int kHeads, int kVectors>
CACHALOT_INLINE void weighted_tile(const float* p, int64_t stride, const float* const* rows, int64_t count,
                                   int64_t n, int64_t d, float* to) {
  RowLanes sum[kHeads][kVectors] = {};
  for (int64_t i = 0; i < count; ++i) {
    const float* row = rows[i] + d;
    RowLanes values[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) values[v] = *reinterpret_cast<const RowLanes*>(row + v * kRowLanes);
#pragma GCC unroll 8
    for (int h = 0; h < kHeads; ++h)
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) sum[h][v] += p[h * stride + i] * values[v];
  }
  for (int h = 0; h < kHeads; ++h)
    for (int v = 0; v < kVectors; ++v) *reinterpret_cast<RowLanes*>(to + h * n + d + v * kRowLanes) = sum[h][v];
}

template <int kHeads>
CACHALOT_INLINE void weighted_heads(const float* p, int64_t stride, const float* const* rows, int64_t count,
                                    int64_t n, float* to) {
  int64_t d = 0;
  for (; d + 2 * kRowLanes <= n; d += 2 * kRowLanes)
    weighted_tile<kHeads, 2>(p, stride, rows, count, n, d, to);
  for (; d + kRowLanes <= n; d += kRowLanes) weighted_tile<kHeads, 1>(p, stride, rows, count, n, d, to);
  for (; d < n; ++d)
    for (int h = 0; h < kHeads; ++h) {
      float sum = 0;
      for (int64_t i = 0; i < count; ++i) sum += p[h * stride + i] * rows[i][d];
      to[h * n + d] = sum;
    }
}

// to[h] = sum_i p[h][i] rows[i]
inline void weighted_rows(int64_t heads, const float* p, int64_t stride, const float* const* rows, int64_t count,
                          int64_t n, float* to) {
#if defined(__AVX512F__)
  constexpr int kMost = 8;
#else
  constexpr int kMost = 4;
#endif
  int64_t h = 0;
  for (; h + kMost <= heads; h += kMost)
    weighted_heads<kMost>(p + h * stride, stride, rows, count, n, to + h * n);
  for (; h + 4 <= heads; h += 4)
    weighted_heads<4>(p + h * stride, stride, rows, count, n, to + h * n);
  for (; h + 2 <= heads; h += 2)
    weighted_heads<2>(p + h * stride, stride, rows, count, n, to + h * n);
  for (; h < heads; ++h) weighted_heads<1>(p + h * stride, stride, rows, count, n, to + h * n);
}

// row += sum over kHeads heads of w[h * stride] x[h]
template <int kHeads>
CACHALOT_INLINE void add_heads(const float* w, int64_t stride, const float* x, int64_t n, float* row) {
  float weights[kHeads];
  for (int h = 0; h < kHeads; ++h) weights[h] = w[h * stride];
  for (int64_t d = 0; d < n; ++d) {
    float sum = row[d];
#pragma GCC unroll 8
    for (int h = 0; h < kHeads; ++h) sum += weights[h] * x[h * n + d];
    row[d] = sum;
  }
}

// row += sum_h w[h * stride] x[h]
inline void add_outer(int64_t heads, const float* w, int64_t stride, const float* x, int64_t n, float* row) {
  int64_t h = 0;
  for (; h + 8 <= heads; h += 8) add_heads<8>(w + h * stride, stride, x + h * n, n, row);
  for (; h + 4 <= heads; h += 4) add_heads<4>(w + h * stride, stride, x + h * n, n, row);
  for (; h < heads; ++h) add_heads<1>(w + h * stride, stride, x + h * n, n, row);
}

// Per-thread buffers: where keys and values lie, probabilities and their gradients, per head.
struct Workspace {
  float *p, *ds, *turned;
  const float **keys, **values;

  Workspace(const cachalot::KernelCall& call, const Sparse& a) {
    const int64_t scores = a.heads * a.stride;
    p = call.thread_scratch<float>(2 * scores + 16 * std::max(a.D, a.V), 1);
    ds = p + scores;
    turned = ds + scores;
    keys = call.thread_scratch<const float*>(2 * a.K, 2);
    values = a.has_v ? keys + a.K : keys;
  }
  void find(const Sparse& a, int64_t query, int64_t kv_head, int64_t count) {
    const int32_t* chosen = a.indices + query * a.K;
    const int64_t base = query / a.S * a.T;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = (base + chosen[i]) * a.Hk + kv_head;
      keys[i] = a.k + row * a.D;
      if (a.has_v) values[i] = a.v + row * a.V;
    }
  }
  void scores(const Sparse& a, const float* q, int64_t count) {
    all_dots(a.heads, q, a.D, keys, count, a.scale, p, a.stride, turned);
  }
  void value_products(const Sparse& a, const float* dout, int64_t count) {
    all_dots(a.heads, dout, a.V, values, count, 1.0f, ds, a.stride, turned);
  }
  void weighted_values(const Sparse& a, const float* w, int64_t count, float* to) {
    weighted_rows(a.heads, w, a.stride, values, count, a.V, to);
  }
  void weighted_keys(const Sparse& a, const float* w, int64_t count, float* to) {
    weighted_rows(a.heads, w, a.stride, keys, count, a.D, to);
  }
};

}  // namespace
