#include "hadamard.h"

CACHALOT_KERNEL(index_cache_write) {
  const auto& pool = call.in(0);
  const float* keys = call.in(2).as<float>();
  const int32_t* slots = call.in(3).as<int32_t>();
  const int64_t rows = call.in(2).dim(0), dim = call.in(2).dim(1);
  call.parallel(rows, 32, [&](int64_t begin, int64_t end) {
    float* work = call.thread_scratch<float>(2 * dim, 1);
    int8_t* integers = reinterpret_cast<int8_t*>(work + dim);
    for (int64_t r = begin; r < end; ++r) {
      const float* key = keys + r * dim;
      const int64_t group = slots[r] / 16, lane = slots[r] % 16;
      if (pool.dtype == cachalot::DType::kF32) {
        float* to = pool.as<float>() + group * dim * 16 + lane;
        for (int64_t d = 0; d < dim; ++d) to[d * 16] = key[d];
        continue;
      }
      call.in(1).as<float>()[slots[r]] = quantize_rotated(key, dim, work, integers);
      uint8_t* to = pool.as<uint8_t>() + group * dim * 16 + lane * 4;
      for (int64_t d = 0; d < dim; ++d) to[d / 4 * 64 + d % 4] = static_cast<uint8_t>(integers[d] + 128);
    }
  });
}
