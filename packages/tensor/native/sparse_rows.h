// One query against its selected keys, gathered side by side. Shared by sparse attention and its mass.
#pragma once
#include <cstring>

#include "fast_exp.h"

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

// out[h][d] += sum over heads: kHeads dot products that share the row they read.
template <int kHeads>
CACHALOT_INLINE void dots(const float* x, int64_t x_row, const float* row, int64_t n, float scale, float* to,
                          int64_t to_step) {
  float sum[kHeads] = {};
  for (int64_t d = 0; d < n; ++d)
    for (int h = 0; h < kHeads; ++h) sum[h] += x[h * x_row + d] * row[d];
  for (int h = 0; h < kHeads; ++h) to[h * to_step] = scale * sum[h];
}

// to[h][i] = scale * x[h] . rows[i]
inline void all_dots(int64_t heads, const float* x, int64_t n, const float* rows, int64_t row_size, int64_t count,
                     float scale, float* to, int64_t stride) {
  int64_t h = 0;
  for (; h + 4 <= heads; h += 4)
    for (int64_t i = 0; i < count; ++i)
      dots<4>(x + h * n, n, rows + i * row_size, n, scale, to + h * stride + i, stride);
  for (; h < heads; ++h)
    for (int64_t i = 0; i < count; ++i)
      dots<1>(x + h * n, n, rows + i * row_size, n, scale, to + h * stride + i, stride);
}

// to[h] = sum_i p[h][i] rows[i], four rows at a time.
inline void weighted_rows(int64_t heads, const float* p, int64_t stride, const float* rows, int64_t row_size,
                          int64_t count, int64_t n, float* to) {
  std::memset(to, 0, heads * n * 4);
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const float* r = rows + i * row_size;
    for (int64_t h = 0; h < heads; ++h) {
      const float* w = p + h * stride + i;
      const float w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];
      float* out = to + h * n;
      for (int64_t d = 0; d < n; ++d)
        out[d] += w0 * r[d] + w1 * r[row_size + d] + w2 * r[2 * row_size + d] + w3 * r[3 * row_size + d];
    }
  }
  for (; i < count; ++i)
    for (int64_t h = 0; h < heads; ++h) {
      const float w = p[h * stride + i];
      for (int64_t d = 0; d < n; ++d) to[h * n + d] += w * rows[i * row_size + d];
    }
}

// row += sum_h w[h * stride] x[h]
inline void add_outer(int64_t heads, const float* w, int64_t stride, const float* x, int64_t n, float* row) {
  int64_t h = 0;
  for (; h + 4 <= heads; h += 4) {
    const float w0 = w[h * stride], w1 = w[(h + 1) * stride], w2 = w[(h + 2) * stride], w3 = w[(h + 3) * stride];
    const float* a = x + h * n;
    for (int64_t d = 0; d < n; ++d) row[d] += w0 * a[d] + w1 * a[n + d] + w2 * a[2 * n + d] + w3 * a[3 * n + d];
  }
  for (; h < heads; ++h)
    for (int64_t d = 0; d < n; ++d) row[d] += w[h * stride] * x[h * n + d];
}

// Per-thread buffers: gathered keys and values, probabilities and their gradients, per head.
struct Workspace {
  float *keys, *values, *p, *ds;

  Workspace(const cachalot::KernelCall& call, const Sparse& a) {
    const int64_t key_size = a.stride * a.D, value_size = a.has_v ? a.stride * a.V : 0;
    keys = call.thread_scratch<float>(key_size + value_size + 2 * a.heads * a.stride, 1);
    values = a.has_v ? keys + key_size : keys;
    p = keys + key_size + value_size;
    ds = p + a.heads * a.stride;
  }
  void gather(const Sparse& a, int64_t query, int64_t kv_head, int64_t count) {
    const int32_t* chosen = a.indices + query * a.K;
    const int64_t base = query / a.S * a.T;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t row = (base + chosen[i]) * a.Hk + kv_head;
      std::memcpy(keys + i * a.D, a.k + row * a.D, a.D * 4);
      if (a.has_v) std::memcpy(values + i * a.V, a.v + row * a.V, a.V * 4);
    }
  }
  int64_t value_row(const Sparse& a) const { return a.has_v ? a.V : a.D; }
  void scores(const Sparse& a, const float* q, int64_t count) {
    all_dots(a.heads, q, a.D, keys, a.D, count, a.scale, p, a.stride);
  }
  void value_products(const Sparse& a, const float* dout, int64_t count) {
    all_dots(a.heads, dout, a.V, values, value_row(a), count, 1.0f, ds, a.stride);
  }
  void weighted_values(const Sparse& a, const float* w, int64_t count, float* to) {
    weighted_rows(a.heads, w, a.stride, values, value_row(a), count, a.V, to);
  }
  void weighted_keys(const Sparse& a, const float* w, int64_t count, float* to) {
    weighted_rows(a.heads, w, a.stride, keys, a.D, count, a.D, to);
  }
};

}  // namespace
