#include <cstring>

#include "kernel.h"

CACHALOT_KERNEL(gather_last) {
  const float* x = call.in(0).as<float>();
  const int32_t* indices = call.in(1).as<int32_t>();
  float* y = call.out(0).as<float>();
  const float fill = static_cast<float>(call.attr(0));
  const int64_t size = call.in(0).dim(-1), k = call.in(1).dim(-1);
  call.parallel(call.in(1).rows(), 16, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r)
      for (int64_t j = r * k; j < (r + 1) * k; ++j) y[j] = indices[j] < 0 ? fill : x[r * size + indices[j]];
  });
}

CACHALOT_KERNEL(scatter_last) {
  const float* dy = call.in(0).as<float>();
  const int32_t* indices = call.in(1).as<int32_t>();
  float* y = call.out(0).as<float>();
  const int64_t size = call.out(0).dim(-1), k = call.in(0).dim(-1);
  call.parallel(call.in(0).rows(), 16, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      std::memset(y + r * size, 0, size * 4);
      for (int64_t j = r * k; j < (r + 1) * k; ++j)
        if (indices[j] >= 0) y[r * size + indices[j]] += dy[j];
    }
  });
}
