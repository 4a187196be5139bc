#include "kernel.h"

CACHALOT_KERNEL(accumulate) {
  float* target = call.in(0).as<float>();
  const float* value = call.in(1).as<float>();
  call.parallel(call.in(0).size(), 1 << 14, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) target[i] += value[i];
  });
}
