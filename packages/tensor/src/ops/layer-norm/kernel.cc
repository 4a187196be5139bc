#include <cmath>

#include "kernel.h"

namespace {
struct Statistics {
  float mean, inverse;
};
inline Statistics statistics(const float* x, int64_t dim, double epsilon) {
  float sum = 0, squares = 0;
  for (int64_t i = 0; i < dim; ++i) sum += x[i];
  const float mean = sum / dim;
  for (int64_t i = 0; i < dim; ++i) squares += (x[i] - mean) * (x[i] - mean);
  return {mean, 1.0f / std::sqrt(squares / dim + static_cast<float>(epsilon))};
}
}  // namespace

CACHALOT_KERNEL(layer_norm) {
  const float* x = call.in(0).as<float>();
  const float* weight = call.in(1).as<float>();
  const float* bias = call.in(2).as<float>();
  float* y = call.out(0).as<float>();
  const int64_t dim = call.in(0).dim(-1);
  call.parallel(call.in(0).rows(), 16, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin * dim; at < end * dim; at += dim) {
      const auto [mean, inverse] = statistics(x + at, dim, call.attr(0));
      for (int64_t i = 0; i < dim; ++i) y[at + i] = (x[at + i] - mean) * inverse * weight[i] + bias[i];
    }
  });
}

CACHALOT_KERNEL(layer_norm_backward) {
  const float* x = call.in(0).as<float>();
  const float* weight = call.in(1).as<float>();
  const float* dy = call.in(2).as<float>();
  float* dx = call.out(0).as<float>();
  float* dweight = call.out(1).as<float>();
  float* dbias = call.out(2).as<float>();
  const int64_t rows = call.in(0).rows(), dim = call.in(0).dim(-1);
  // A fixed number of partial sums, whatever the number of threads: the same bits everywhere.
  constexpr int64_t kParts = 16;
  float* partial = call.scratch<float>(kParts * 2 * dim);
  call.parallel(kParts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      float* weight_sum = partial + part * 2 * dim;
      float* bias_sum = weight_sum + dim;
      for (int64_t i = 0; i < 2 * dim; ++i) weight_sum[i] = 0;
      for (int64_t row = rows * part / kParts; row < rows * (part + 1) / kParts; ++row) {
        const float* from = x + row * dim;
        const float* g = dy + row * dim;
        const auto [mean, inverse] = statistics(from, dim, call.attr(0));
        float sum = 0, dot = 0;
        for (int64_t i = 0; i < dim; ++i) {
          const float n = (from[i] - mean) * inverse;
          sum += g[i] * weight[i];
          dot += g[i] * weight[i] * n;
          weight_sum[i] += g[i] * n;
          bias_sum[i] += g[i];
        }
        for (int64_t i = 0; i < dim; ++i) {
          const float n = (from[i] - mean) * inverse;
          dx[row * dim + i] = inverse * (g[i] * weight[i] - sum / dim - n * dot / dim);
        }
      }
    }
  });
  for (int64_t i = 0; i < dim; ++i) {
    dweight[i] = dbias[i] = 0;
    for (int64_t part = 0; part < kParts; ++part) {
      dweight[i] += partial[part * 2 * dim + i];
      dbias[i] += partial[part * 2 * dim + dim + i];
    }
  }
}
