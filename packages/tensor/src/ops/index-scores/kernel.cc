// All heads of a few queries are the rows of one matrix product against the keys: see attention_blocks.h.
#include <cstring>

#include "attention_blocks.h"

CACHALOT_KERNEL(index_scores) {
  Attention a(call, /*indexer=*/true);
  const float* weights = call.in(2).as<float>();
  float* scores = call.out(0).as<float>();
  call.parallel(a.blocks(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t index = begin; index < end; ++index) {
      const Block block = a.block(index);
      float* products = call.thread_scratch<float>(a.block_rows() * block.width, 1);
      block_scores(call, a, block, products);
      for (int64_t i = 0; i < block.rows; i += a.H) {
        const int64_t row = a.row(block, i);
        const auto [first, last] = a.visible(block, i);
        float* to = scores + row / a.H * a.T;
        for (int64_t t = 0; t < a.T; ++t) to[t] = -__builtin_inff();
        to += block.first_column;
        for (int64_t t = first; t < last; ++t) to[t] = 0;
        for (int64_t h = 0; h < a.H; ++h) {
          const float* from = products + (i + h) * block.width;
          const float w = weights[row + h] * a.indexer_scale;
          for (int64_t t = first; t < last; ++t) to[t] += from[t] <= 0 ? 0.0f : w * from[t];
        }
      }
    }
  });
}

CACHALOT_KERNEL(index_scores_backward) {
  Attention a(call, /*indexer=*/true);
  const float* weights = call.in(2).as<float>();
  const float* dscores = call.in(4).as<float>();
  float* dq = call.out(0).as<float>();
  float* dk_out = call.out(1).as<float>();
  float* dweights = call.out(2).as<float>();
  // Key gradients are summed as columns, [D][stride]: so the gradients of the scores are used as they lie. The stride keeps
  // the rows of a tile off the same lines of L1.
  const int64_t stride = (a.T + kNr - 1) / kNr * kNr + kLanes;
  const int64_t parts = a.parts(), size = stride * a.D;
  float* partial = call.scratch<float>(a.B * parts * size);
  call.parallel(a.B * parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t job = begin; job < end; ++job) {
      const int64_t b = job / parts, part = job % parts;
      float* dk = partial + job * size;
      std::memset(dk, 0, size * 4);
      const int64_t per_group = a.blocks_per_group();
      for (int64_t j = per_group * part / parts; j < per_group * (part + 1) / parts; ++j) {
        const Block block = a.block(b * per_group + j);
        float* ds = call.thread_scratch<float>(a.block_rows() * block.width, 1);
        block_scores(call, a, block, ds);
        for (int64_t i = 0; i < block.rows; ++i) {
          const int64_t row = a.row(block, i);
          const auto [first, last] = a.visible(block, i);
          const float* g = dscores + row / a.H * a.T + block.first_column;
          float* to = ds + i * block.width;
          const float w = weights[row] * a.indexer_scale;
          float sum = 0;
          for (int64_t t = 0; t < first; ++t) to[t] = 0;
          for (int64_t t = first; t < last; ++t) {
            sum += to[t] > 0 ? g[t] * to[t] : 0.0f;
            to[t] = to[t] > 0 ? w * g[t] : 0.0f;
          }
          for (int64_t t = last; t < block.width; ++t) to[t] = 0;
          dweights[row] = sum * a.indexer_scale;
        }
        const int64_t first_row = a.row(block, 0);
        Gemm to_q{block.rows, a.D, block.width, ds, block.width, 1, a.keys(block), a.key_row, 1, false,
                  dq + first_row * a.D, a.D, false};
        gemm_tile(call, to_q, 0, block.rows, 0, a.D);
        Gemm to_k{a.D, block.width, block.rows, a.q + first_row * a.D, 1, a.D, ds, block.width, 1, false,
                  dk + block.first_column, stride, true};
        gemm_tile(call, to_k, 0, a.D, 0, block.width);
      }
    }
  });
  call.parallel(a.B * a.D, 4, [&](int64_t begin, int64_t end) {
    for (int64_t bd = begin; bd < end; ++bd) {
      const int64_t b = bd / a.D, d = bd % a.D;
      float* sum = partial + b * parts * size + d * stride;
      for (int64_t part = 1; part < parts; ++part)
        for (int64_t t = 0; t < a.T; ++t) sum[t] += sum[part * size + t];
    }
  });
  call.parallel(a.B * a.T, 64, [&](int64_t begin, int64_t end) {
    for (int64_t bt = begin; bt < end; ++bt)
      for (int64_t d = 0; d < a.D; ++d)
        dk_out[bt * a.D + d] = partial[bt / a.T * parts * size + d * stride + bt % a.T];
  });
}
