#include <cstring>

#include "kernel.h"

CACHALOT_KERNEL(cache_read) {
  const auto& pool = call.in(0);
  const int32_t* slots = call.in(1).as<int32_t>();
  float* rows = call.out(0).as<float>();
  const int64_t count = call.out(0).dim(0), width = call.out(0).dim(1);
  call.parallel(count, 64, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      float* to = rows + r * width;
      if (pool.dtype == cachalot::DType::kF32) {
        std::memcpy(to, pool.as<float>() + slots[r] * width, width * 4);
        continue;
      }
      const uint16_t* from = pool.as<uint16_t>() + slots[r] * width;
      for (int64_t i = 0; i < width; ++i) to[i] = cachalot::bf16_to_float(from[i]);
    }
  });
}
