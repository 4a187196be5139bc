#include <algorithm>
#include <cstring>

#include "kernel.h"

CACHALOT_KERNEL(gather_rows) {
  const auto& table = call.in(0);
  const int32_t* rows = call.in(1).as<int32_t>();
  float* y = call.out(0).as<float>();
  const int64_t dim = table.dim(1);
  call.parallel(call.in(1).size(), 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      float* to = y + i * dim;
      if (rows[i] < 0) {
        std::memset(to, 0, dim * 4);
      } else if (table.dtype == cachalot::DType::kBF16) {
        const uint16_t* from = table.as<uint16_t>() + rows[i] * dim;
        for (int64_t d = 0; d < dim; ++d) to[d] = cachalot::bf16_to_float(from[d]);
      } else {
        std::memcpy(to, table.as<float>() + rows[i] * dim, dim * 4);
      }
    }
  });
}

CACHALOT_KERNEL(scatter_add_rows) {
  const float* dy = call.in(0).as<float>();
  const int32_t* rows = call.in(1).as<int32_t>();
  float* y = call.out(0).as<float>();
  const int64_t count = call.in(1).size(), dim = call.out(0).dim(1), total = call.out(0).dim(0);
  // Every thread owns a range of columns, so that no two add to the same element and the order is fixed.
  call.parallel(dim, std::max<int64_t>(16, dim / 8), [&](int64_t begin, int64_t end) {
    for (int64_t r = 0; r < total; ++r) std::memset(y + r * dim + begin, 0, (end - begin) * 4);
    for (int64_t i = 0; i < count; ++i) {
      if (rows[i] < 0) continue;
      float* to = y + rows[i] * dim;
      const float* from = dy + i * dim;
      for (int64_t d = begin; d < end; ++d) to[d] += from[d];
    }
  });
}
