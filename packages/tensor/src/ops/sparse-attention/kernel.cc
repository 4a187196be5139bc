// One query at a time: all heads that share its selected keys read each of them once.
#include <cmath>
#include <cstring>

#include "sparse_rows.h"

CACHALOT_KERNEL(sparse_attention) {
  const Sparse a(call);
  float* output = call.out(0).as<float>();
  float* log_sum_exp = call.out(1).as<float>();
  call.parallel(a.B * a.S, 4, [&](int64_t begin, int64_t end) {
    Workspace w(call, a);
    for (int64_t query = begin; query < end; ++query) {
      const int64_t count = a.count(query);
      for (int64_t kh = 0; kh < a.Hk; ++kh) {
        w.find(a, query, kh, count);
        const int64_t first = query * a.H + kh * a.heads;
        w.scores(a, a.q + first * a.D, count);
        for (int64_t h = 0; h < a.heads; ++h) {
          float* p = w.p + h * a.stride;
          const float max = row_max(p, count);
          float sum = 0;
          for (int64_t i = 0; i < count; ++i) {
            p[i] = fast_exp(p[i] - max);
            sum += p[i];
          }
          log_sum_exp[first + h] = count > 0 ? max + std::log(sum) : -__builtin_inff();
          const float inverse = count > 0 ? 1.0f / sum : 0.0f;
          for (int64_t i = 0; i < count; ++i) p[i] *= inverse;
        }
        w.weighted_values(a, w.p, count, output + first * a.V);
      }
    }
  });
}

CACHALOT_KERNEL(sparse_attention_backward) {
  const Sparse a(call);
  const float* output = call.in(4).as<float>();
  const float* log_sum_exp = call.in(5).as<float>();
  const float* doutput = call.in(6).as<float>();
  float* dq = call.out(0).as<float>();
  const int64_t parts = a.B >= 8 ? 1 : (8 + a.B - 1) / a.B;
  const int64_t key_size = a.T * a.Hk * a.D, value_size = a.has_v ? a.T * a.Hk * a.V : 0;
  float* partial = call.scratch<float>(a.B * parts * (key_size + value_size));
  call.parallel(a.B * parts, 1, [&](int64_t begin, int64_t end) {
    Workspace w(call, a);
    for (int64_t job = begin; job < end; ++job) {
      const int64_t b = job / parts, part = job % parts;
      float* dk = partial + job * (key_size + value_size);
      float* dv = a.has_v ? dk + key_size : dk;
      const int64_t dv_row = a.has_v ? a.V : a.D;
      std::memset(dk, 0, (key_size + value_size) * 4);
      for (int64_t s = a.S * part / parts; s < a.S * (part + 1) / parts; ++s) {
        const int64_t query = b * a.S + s, count = a.count(query);
        const int32_t* chosen = a.indices + query * a.K;
        for (int64_t kh = 0; kh < a.Hk; ++kh) {
          w.find(a, query, kh, count);
          const int64_t first = query * a.H + kh * a.heads;
          const float* q = a.q + first * a.D;
          const float* dout = doutput + first * a.V;
          w.scores(a, q, count);
          w.value_products(a, dout, count);
          for (int64_t h = 0; h < a.heads; ++h) {
            float* p = w.p + h * a.stride;
            float* ds = w.ds + h * a.stride;
            float mean = 0;
            for (int64_t d = 0; d < a.V; ++d) mean += dout[h * a.V + d] * output[(first + h) * a.V + d];
            for (int64_t i = 0; i < count; ++i) {
              p[i] = fast_exp(p[i] - log_sum_exp[first + h]);
              ds[i] = a.scale * p[i] * (ds[i] - mean);
            }
          }
          w.weighted_keys(a, w.ds, count, dq + first * a.D);
          for (int64_t i = 0; i < count; ++i) {
            float* dk_row = dk + (chosen[i] * a.Hk + kh) * a.D;
            float* dv_row_at = dv + (chosen[i] * a.Hk + kh) * dv_row;
            add_outer(a.heads, w.ds + i, a.stride, q, a.D, dk_row);
            add_outer(a.heads, w.p + i, a.stride, dout, a.V, dv_row_at);
          }
        }
      }
    }
  });
  const auto reduce = [&](float* to, int64_t size, int64_t offset) {
    call.parallel(a.B * size, 1 << 13, [&](int64_t begin, int64_t end) {
      for (int64_t at = begin; at < end;) {
        const int64_t b = at / size, stop = std::min(end, (b + 1) * size);
        for (int64_t part = 0; part < parts; ++part) {
          const float* from = partial + (b * parts + part) * (key_size + value_size) + offset - b * size;
          if (part == 0) {
            for (int64_t i = at; i < stop; ++i) to[i] = from[i];
          } else {
            for (int64_t i = at; i < stop; ++i) to[i] += from[i];
          }
        }
        at = stop;
      }
    });
  };
  reduce(call.out(1).as<float>(), key_size, 0);
  if (a.has_v) reduce(call.out(2).as<float>(), value_size, key_size);
}
