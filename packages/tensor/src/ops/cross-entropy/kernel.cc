#include <cstring>

#include "fast_exp.h"

CACHALOT_KERNEL(cross_entropy) {
  const float* logits = call.in(0).as<float>();
  const int32_t* targets = call.in(1).as<int32_t>();
  float* losses = call.out(0).as<float>();
  const int64_t vocab = call.in(0).dim(1);
  call.parallel(call.in(0).dim(0), 4, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* row = logits + r * vocab;
      losses[r] = targets[r] < 0 ? 0.0f : log_sum_exp(row, vocab) - row[targets[r]];
    }
  });
}

CACHALOT_KERNEL(cross_entropy_backward) {
  const float* logits = call.in(0).as<float>();
  const int32_t* targets = call.in(1).as<int32_t>();
  const float* dy = call.in(2).as<float>();
  float* dlogits = call.out(0).as<float>();
  const int64_t vocab = call.in(0).dim(1);
  call.parallel(call.in(0).dim(0), 4, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* row = logits + r * vocab;
      float* to = dlogits + r * vocab;
      if (targets[r] < 0) {
        std::memset(to, 0, vocab * 4);
        continue;
      }
      const float total = log_sum_exp(row, vocab);
      for (int64_t v = 0; v < vocab; ++v) to[v] = fast_exp(row[v] - total) * dy[r];
      to[targets[r]] -= dy[r];
    }
  });
}
