#include <cstring>

#include "kernel.h"

namespace {
constexpr float kTiny = 1e-20f;
}

CACHALOT_KERNEL(route_weights) {
  const float* scores = call.in(0).as<float>();
  const int32_t* indices = call.in(1).as<int32_t>();
  float* weights = call.out(0).as<float>();
  const int64_t experts = call.in(0).dim(1), top_k = call.in(1).dim(1);
  const bool normalize = call.attr(0) != 0;
  const float scale = static_cast<float>(call.attr(1));
  call.parallel(call.in(0).dim(0), 256, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      float sum = 0;
      for (int64_t k = 0; k < top_k; ++k) sum += scores[r * experts + indices[r * top_k + k]];
      const float factor = normalize ? scale / (sum + kTiny) : scale;
      for (int64_t k = 0; k < top_k; ++k)
        weights[r * top_k + k] = scores[r * experts + indices[r * top_k + k]] * factor;
    }
  });
}

CACHALOT_KERNEL(route_weights_backward) {
  const float* scores = call.in(0).as<float>();
  const int32_t* indices = call.in(1).as<int32_t>();
  const float* dy = call.in(2).as<float>();
  float* dscores = call.out(0).as<float>();
  const int64_t experts = call.in(0).dim(1), top_k = call.in(1).dim(1);
  const bool normalize = call.attr(0) != 0;
  const float scale = static_cast<float>(call.attr(1));
  call.parallel(call.in(0).dim(0), 256, [&](int64_t begin, int64_t end) {
    std::memset(dscores + begin * experts, 0, (end - begin) * experts * 4);
    for (int64_t r = begin; r < end; ++r) {
      float sum = kTiny, dot = 0;
      for (int64_t k = 0; k < top_k; ++k) {
        const float score = scores[r * experts + indices[r * top_k + k]];
        sum += score;
        dot += score * dy[r * top_k + k];
      }
      for (int64_t k = 0; k < top_k; ++k)
        dscores[r * experts + indices[r * top_k + k]] =
            normalize ? scale * (dy[r * top_k + k] - dot / sum) / sum : scale * dy[r * top_k + k];
    }
  });
}
