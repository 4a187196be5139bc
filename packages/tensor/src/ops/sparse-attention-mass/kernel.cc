#include <cstring>

#include "sparse_rows.h"

CACHALOT_KERNEL(sparse_attention_mass) {
  const Sparse a(call);
  const float* log_sum_exp = call.in(4).as<float>();
  float* mass = call.out(0).as<float>();
  const float share = 1.0f / a.H;
  call.parallel(a.B * a.S, 4, [&](int64_t begin, int64_t end) {
    Workspace w(call, a);
    for (int64_t query = begin; query < end; ++query) {
      const int64_t count = a.count(query);
      float* to = mass + query * a.K;
      std::memset(to, 0, a.K * 4);
      for (int64_t kh = 0; kh < a.Hk; ++kh) {
        w.find(a, query, kh, count);
        const int64_t first = query * a.H + kh * a.heads;
        w.scores(a, a.q + first * a.D, count);
        for (int64_t h = 0; h < a.heads; ++h)
          for (int64_t i = 0; i < count; ++i)
            to[i] += share * fast_exp(w.p[h * a.stride + i] - log_sum_exp[first + h]);
      }
    }
  });
}
