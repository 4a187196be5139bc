#include "fast_exp.h"

CACHALOT_KERNEL(swiglu) {
  const float* gate = call.in(0).as<float>();
  const float* up = call.in(1).as<float>();
  float* y = call.out(0).as<float>();
  call.parallel(call.in(0).size(), 1 << 13, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = gate[i] / (1.0f + fast_exp(-gate[i])) * up[i];
  });
}

CACHALOT_KERNEL(swiglu_backward) {
  const float* gate = call.in(0).as<float>();
  const float* up = call.in(1).as<float>();
  const float* dy = call.in(2).as<float>();
  float* dgate = call.out(0).as<float>();
  float* dup = call.out(1).as<float>();
  call.parallel(call.in(0).size(), 1 << 13, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float g = gate[i];
      const float s = 1.0f / (1.0f + fast_exp(-g));
      dgate[i] = dy[i] * up[i] * s * (1.0f + g * (1.0f - s));
      dup[i] = dy[i] * g * s;
    }
  });
}
