#include "kernel.h"

CACHALOT_KERNEL(moe_combine) {
  const float* y = call.in(0).as<float>();
  const int32_t* slot_of = call.in(1).as<int32_t>();
  const float* weights = call.in(2).as<float>();
  float* out = call.out(0).as<float>();
  const int64_t dim = call.in(0).dim(1), top_k = call.in(1).dim(1);
  call.parallel(call.in(1).dim(0), 32, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      float* to = out + n * dim;
      for (int64_t e = 0; e < dim; ++e) to[e] = 0;
      for (int64_t k = n * top_k; k < (n + 1) * top_k; ++k) {
        const float* from = y + slot_of[k] * dim;
        const float w = weights[k];
        for (int64_t e = 0; e < dim; ++e) to[e] += w * from[e];
      }
    }
  });
}

CACHALOT_KERNEL(moe_combine_backward) {
  const float* y = call.in(0).as<float>();
  const int32_t* slot_of = call.in(1).as<int32_t>();
  const float* weights = call.in(2).as<float>();
  const float* dout = call.in(3).as<float>();
  float* dy = call.out(0).as<float>();
  float* dweights = call.out(1).as<float>();
  const int64_t dim = call.in(0).dim(1), top_k = call.in(1).dim(1);
  call.parallel(call.in(1).size(), 32, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float* from = dout + i / top_k * dim;
      const float* value = y + slot_of[i] * dim;
      float* to = dy + slot_of[i] * dim;
      float dot = 0;
      for (int64_t e = 0; e < dim; ++e) {
        to[e] = weights[i] * from[e];
        dot += value[e] * from[e];
      }
      dweights[i] = dot;
    }
  });
}
