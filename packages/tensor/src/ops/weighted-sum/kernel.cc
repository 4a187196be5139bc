#include "kernel.h"

CACHALOT_KERNEL(weighted_sum) {
  const float* x = call.in(0).as<float>();
  const float* weights = call.in(1).as<float>();
  double sum = 0;
  for (int64_t i = 0; i < call.in(0).size(); ++i) sum += static_cast<double>(x[i]) * weights[i];
  *call.out(0).as<float>() = static_cast<float>(sum);
}

CACHALOT_KERNEL(scale_by) {
  const float* x = call.in(0).as<float>();
  const float factor = *call.in(1).as<float>();
  float* y = call.out(0).as<float>();
  call.parallel(call.in(0).size(), 1 << 14, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) y[i] = x[i] * factor;
  });
}
