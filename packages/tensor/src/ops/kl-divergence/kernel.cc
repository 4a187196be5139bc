#include <cmath>

#include "fast_exp.h"

CACHALOT_KERNEL(kl_divergence) {
  const float* target = call.in(0).as<float>();
  const float* logits = call.in(1).as<float>();
  float* losses = call.out(0).as<float>();
  const int64_t n = call.in(0).dim(-1);
  call.parallel(call.in(0).rows(), 4, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* p = target + r * n;
      const float* x = logits + r * n;
      const float total = log_sum_exp(x, n);
      float sum = 0;
      for (int64_t i = 0; i < n; ++i) {
        const bool counts = p[i] > 0 && x[i] > -__builtin_inff();
        sum += counts ? p[i] * (fast_log(counts ? p[i] : 1.0f) - (counts ? x[i] : 0.0f) + total) : 0.0f;
      }
      losses[r] = sum;
    }
  });
}

CACHALOT_KERNEL(kl_divergence_backward) {
  const float* target = call.in(0).as<float>();
  const float* logits = call.in(1).as<float>();
  const float* dy = call.in(2).as<float>();
  float* dlogits = call.out(0).as<float>();
  const int64_t n = call.in(0).dim(-1);
  call.parallel(call.in(0).rows(), 4, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* p = target + r * n;
      const float* x = logits + r * n;
      float* to = dlogits + r * n;
      const float total = log_sum_exp(x, n);
      float mass = 0;
      for (int64_t i = 0; i < n; ++i) mass += x[i] > -__builtin_inff() ? p[i] : 0.0f;
      for (int64_t i = 0; i < n; ++i)
        to[i] = x[i] > -__builtin_inff() ? (fast_exp(x[i] - total) * mass - p[i]) * dy[r] : 0.0f;
    }
  });
}
