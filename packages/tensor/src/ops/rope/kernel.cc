#include "kernel.h"

CACHALOT_KERNEL(rope) {
  const auto& x = call.in(0);
  const float* cos = call.in(1).as<float>();
  const float* sin = call.in(2).as<float>();
  const int64_t heads = x.dim(1), dim = x.dim(2), half = call.in(1).dim(1);
  const int64_t start = static_cast<int64_t>(call.attr(0));
  const bool interleaved = call.attr(1) != 0;
  const float sign = call.attr(2) != 0 ? -1.0f : 1.0f;
  call.parallel(x.dim(0), 16, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float* c = cos + row * half;
      const float* s = sin + row * half;
      for (int64_t head = 0; head < heads; ++head) {
        const float* from = x.as<float>() + (row * heads + head) * dim;
        float* to = call.out(0).as<float>() + (row * heads + head) * dim;
        for (int64_t i = 0; i < start; ++i) to[i] = from[i];
        for (int64_t i = start + 2 * half; i < dim; ++i) to[i] = from[i];
        from += start;
        to += start;
        if (interleaved) {
          for (int64_t i = 0; i < half; ++i) {
            const float a = from[2 * i], b = from[2 * i + 1];
            to[2 * i] = a * c[i] - b * s[i] * sign;
            to[2 * i + 1] = a * s[i] * sign + b * c[i];
          }
        } else {
          for (int64_t i = 0; i < half; ++i) {
            const float a = from[i], b = from[i + half];
            to[i] = a * c[i] - b * s[i] * sign;
            to[i + half] = a * s[i] * sign + b * c[i];
          }
        }
      }
    }
  });
}
