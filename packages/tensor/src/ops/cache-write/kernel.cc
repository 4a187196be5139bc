#include <cstring>

#include "kernel.h"

CACHALOT_KERNEL(cache_write) {
  const auto& pool = call.in(0);
  const float* rows = call.in(1).as<float>();
  const int32_t* slots = call.in(2).as<int32_t>();
  const int64_t count = call.in(1).dim(0), width = call.in(1).dim(1);
  call.parallel(count, 64, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* from = rows + r * width;
      if (pool.dtype == cachalot::DType::kF32) {
        std::memcpy(pool.as<float>() + slots[r] * width, from, width * 4);
        continue;
      }
      uint16_t* to = pool.as<uint16_t>() + slots[r] * width;
      for (int64_t i = 0; i < width; ++i) to[i] = cachalot::float_to_bf16(from[i]);
    }
  });
}
