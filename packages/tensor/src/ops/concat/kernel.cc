#include <cstring>

#include "kernel.h"

CACHALOT_KERNEL(concat) {
  const float* a = call.in(0).as<float>();
  const float* b = call.in(1).as<float>();
  float* y = call.out(0).as<float>();
  const int64_t heads = call.in(0).dim(1), p = call.in(0).dim(2);
  const int64_t b_heads = call.in(1).dim(1), q = call.in(1).dim(2);
  call.parallel(call.in(0).dim(0), 32, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n)
      for (int64_t h = 0; h < heads; ++h) {
        float* to = y + (n * heads + h) * (p + q);
        std::memcpy(to, a + (n * heads + h) * p, p * 4);
        std::memcpy(to + p, b + (n * b_heads + (b_heads == 1 ? 0 : h)) * q, q * 4);
      }
  });
}

CACHALOT_KERNEL(concat_backward) {
  const float* dy = call.in(0).as<float>();
  float* da = call.out(0).as<float>();
  float* db = call.out(1).as<float>();
  const int64_t heads = call.out(0).dim(1), p = call.out(0).dim(2);
  const int64_t b_heads = call.out(1).dim(1), q = call.out(1).dim(2);
  call.parallel(call.in(0).dim(0), 32, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n)
      for (int64_t h = 0; h < heads; ++h) {
        const float* from = dy + (n * heads + h) * (p + q);
        std::memcpy(da + (n * heads + h) * p, from, p * 4);
        float* to = db + (n * b_heads + (b_heads == 1 ? 0 : h)) * q;
        if (b_heads > 1 || h == 0) {
          std::memcpy(to, from + p, q * 4);
        } else {
          for (int64_t i = 0; i < q; ++i) to[i] += from[p + i];
        }
      }
  });
}
