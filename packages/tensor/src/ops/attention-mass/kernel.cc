#include <cstring>

#include "attention_blocks.h"

CACHALOT_KERNEL(attention_mass) {
  const Attention a(call);
  const float* log_sum_exp = call.in(4).as<float>();
  float* mass = call.out(0).as<float>();
  const float share = 1.0f / a.H;
  // One task owns a range of queries, so that the heads of one query are added in order.
  const int64_t step = a.queries_per_block;
  const int64_t chunks = (a.S + step - 1) / step;
  call.parallel(a.B * chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t job = begin; job < end; ++job) {
      const int64_t b = job / chunks, chunk = job % chunks;
      const int64_t s0 = chunk * step, s1 = std::min(a.S, s0 + step);
      std::memset(mass + (b * a.S + s0) * a.T, 0, (s1 - s0) * a.T * 4);
      for (int64_t h = 0; h < a.Hk; ++h) {
        const Block block = a.block((b * a.Hk + h) * chunks + chunk);
        float* scores = call.thread_scratch<float>(a.block_rows() * block.width, 1);
        block_scores(call, a, block, scores);
        for (int64_t i = 0; i < block.rows; ++i) {
          const int64_t row = a.row(block, i);
          const auto [first, last] = a.visible(block, i);
          const float* from = scores + i * block.width;
          float* to = mass + row / a.H * a.T + block.first_column;
          for (int64_t t = first; t < last; ++t) to[t] += share * fast_exp(from[t] - log_sum_exp[row]);
        }
      }
    }
  });
}
