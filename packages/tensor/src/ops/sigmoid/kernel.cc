#include "fast_exp.h"

CACHALOT_KERNEL(sigmoid) {
  const float* x = call.in(0).as<float>();
  float* y = call.out(0).as<float>();
  call.parallel(call.in(0).size(), 1 << 13, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = 1.0f / (1.0f + fast_exp(-x[i]));
  });
}

CACHALOT_KERNEL(sigmoid_backward) {
  const float* y = call.in(0).as<float>();
  const float* dy = call.in(1).as<float>();
  float* dx = call.out(0).as<float>();
  call.parallel(call.in(0).size(), 1 << 13, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) dx[i] = dy[i] * y[i] * (1.0f - y[i]);
  });
}
