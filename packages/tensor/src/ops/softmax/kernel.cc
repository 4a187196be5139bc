#include "fast_exp.h"

CACHALOT_KERNEL(softmax) {
  const float* x = call.in(0).as<float>();
  float* y = call.out(0).as<float>();
  const int64_t dim = call.in(0).dim(-1);
  call.parallel(call.in(0).rows(), 8, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float* from = x + row * dim;
      float* to = y + row * dim;
      const float max = row_max(from, dim);
      float sum = 0;
      for (int64_t i = 0; i < dim; ++i) {
        to[i] = fast_exp(from[i] - max);
        sum += to[i];
      }
      const float inverse = 1.0f / sum;
      for (int64_t i = 0; i < dim; ++i) to[i] *= inverse;
    }
  });
}

CACHALOT_KERNEL(softmax_backward) {
  const float* y = call.in(0).as<float>();
  const float* dy = call.in(1).as<float>();
  float* dx = call.out(0).as<float>();
  const int64_t dim = call.in(0).dim(-1);
  call.parallel(call.in(0).rows(), 8, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin * dim; at < end * dim; at += dim) {
      float dot = 0;
      for (int64_t i = 0; i < dim; ++i) dot += y[at + i] * dy[at + i];
      for (int64_t i = 0; i < dim; ++i) dx[at + i] = y[at + i] * (dy[at + i] - dot);
    }
  });
}
