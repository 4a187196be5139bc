#include "kernel.h"

CACHALOT_KERNEL(add) {
  const float* a = call.in(0).as<float>();
  const float* b = call.in(1).as<float>();
  float* y = call.out(0).as<float>();
  call.parallel(call.in(0).size(), 1 << 14, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = a[i] + b[i];
  });
}
