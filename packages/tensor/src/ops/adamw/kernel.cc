#include <cmath>

#include "kernel.h"

CACHALOT_KERNEL(adamw) {
  float* w = call.in(0).as<float>();
  float* m = call.in(1).as<float>();
  float* v = call.in(2).as<float>();
  const float* gradient = call.in(3).as<float>();
  const float b1 = static_cast<float>(call.attr(1)), b2 = static_cast<float>(call.attr(2));
  const float epsilon = static_cast<float>(call.attr(3)), gradient_scale = static_cast<float>(call.attr(6));
  const float keep = static_cast<float>(1 - call.attr(0) * call.attr(4));
  const float rate = static_cast<float>(call.attr(0) / (1 - std::pow(call.attr(1), call.attr(5))));
  const float v_scale = static_cast<float>(1 / (1 - std::pow(call.attr(2), call.attr(5))));
  call.parallel(call.in(0).size(), 1 << 13, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float g = gradient[i] * gradient_scale;
      const float m1 = b1 * m[i] + (1 - b1) * g;
      const float v1 = b2 * v[i] + (1 - b2) * g * g;
      m[i] = m1;
      v[i] = v1;
      w[i] = w[i] * keep - rate * m1 / (std::sqrt(v1 * v_scale) + epsilon);
    }
  });
}
