#include <cmath>

#include "kernel.h"

namespace {
inline float inverse_rms(const float* x, int64_t dim, double epsilon) {
  float squares = 0;
  for (int64_t i = 0; i < dim; ++i) squares += x[i] * x[i];
  return 1.0f / std::sqrt(squares / dim + static_cast<float>(epsilon));
}
}  // namespace

CACHALOT_KERNEL(rms_norm) {
  const float* x = call.in(0).as<float>();
  const float* weight = call.in(1).as<float>();
  float* y = call.out(0).as<float>();
  const int64_t dim = call.in(0).dim(-1);
  call.parallel(call.in(0).rows(), 16, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float* from = x + row * dim;
      const float inverse = inverse_rms(from, dim, call.attr(0));
      for (int64_t i = 0; i < dim; ++i) y[row * dim + i] = from[i] * inverse * weight[i];
    }
  });
}

CACHALOT_KERNEL(rms_norm_backward) {
  const float* x = call.in(0).as<float>();
  const float* weight = call.in(1).as<float>();
  const float* dy = call.in(2).as<float>();
  float* dx = call.out(0).as<float>();
  float* dweight = call.out(1).as<float>();
  const int64_t rows = call.in(0).rows(), dim = call.in(0).dim(-1);
  // A fixed number of partial sums, added in order: the same result for any number of threads.
  constexpr int64_t kParts = 8;
  float* partial = call.scratch<float>(kParts * dim);
  call.parallel(kParts, 1, [&](int64_t first, int64_t last) {
    for (int64_t part = first; part < last; ++part) {
      float* sum = partial + part * dim;
      for (int64_t i = 0; i < dim; ++i) sum[i] = 0;
      for (int64_t row = rows * part / kParts; row < rows * (part + 1) / kParts; ++row) {
        const float* from = x + row * dim;
        const float* g = dy + row * dim;
        const float inverse = inverse_rms(from, dim, call.attr(0));
        float dot = 0;
        for (int64_t i = 0; i < dim; ++i) dot += g[i] * weight[i] * from[i];
        const float correction = dot / dim * inverse * inverse;
        for (int64_t i = 0; i < dim; ++i) {
          dx[row * dim + i] = inverse * (g[i] * weight[i] - from[i] * correction);
          sum[i] += g[i] * from[i] * inverse;
        }
      }
    }
  });
  for (int64_t i = 0; i < dim; ++i) {
    float total = 0;
    for (int64_t part = 0; part < kParts; ++part) total += partial[part * dim + i];
    dweight[i] = total;
  }
}
