// Queries are taken in blocks of about 64 rows: in MQA form all heads of a query are rows of one block, since they
// read the same keys; in MHA form a block holds one head. Scores of a block are one matrix product against the visible
// keys, so memory grows with the context, not with its square.
#include <cmath>
#include <cstring>

#include "attention_blocks.h"

CACHALOT_KERNEL(attention) {
  const Attention a(call);
  float* output = call.out(0).as<float>();
  float* log_sum_exp = call.out(1).as<float>();
  call.parallel(a.blocks(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t index = begin; index < end; ++index) {
      const Block block = a.block(index);
      float* scores = call.thread_scratch<float>(a.block_rows() * block.width, 1);
      block_scores(call, a, block, scores);
      for (int64_t i = 0; i < block.rows; ++i) {
        float* row = scores + i * block.width;
        const auto [first, last] = a.visible(block, i);
        const float max = row_max(row + first, last - first);
        for (int64_t t = 0; t < first; ++t) row[t] = 0;
        float sum = 0;
        for (int64_t t = first; t < last; ++t) {
          row[t] = fast_exp(row[t] - max);
          sum += row[t];
        }
        for (int64_t t = last; t < block.width; ++t) row[t] = 0;
        const float inverse = 1.0f / sum;
        for (int64_t t = first; t < last; ++t) row[t] *= inverse;
        log_sum_exp[a.row(block, i)] = max + std::log(sum);
      }
      Gemm product{block.rows, a.V, block.width, scores, block.width, 1, a.values(block), a.value_row, 1, false,
                   output + a.row(block, 0) * a.V, a.row_step * a.V, false};
      gemm_tile(call, product, 0, block.rows, 0, a.V);
    }
  });
}

CACHALOT_KERNEL(attention_backward) {
  const Attention a(call);
  const float* output = call.in(4).as<float>();
  const float* log_sum_exp = call.in(5).as<float>();
  const float* doutput = call.in(6).as<float>();
  float* dq = call.out(0).as<float>();
  // Partial sums for keys and values: one copy per part of a (batch, key head), the same for any number of threads.
  const int64_t parts = a.parts();
  const int64_t key_size = a.T * a.D, value_size = a.has_v ? a.T * a.V : 0;
  float* partial = call.scratch<float>(a.groups() * parts * (key_size + value_size));
  const float* packed_values = a.pack_columns(call, a.v, a.V, a.value_row, 1, 4);
  call.parallel(a.groups() * parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t job = begin; job < end; ++job) {
      const int64_t group = job / parts, part = job % parts;
      float* dk = partial + job * (key_size + value_size);
      float* dv = a.has_v ? dk + key_size : dk;
      const int64_t dv_row = a.has_v ? a.V : a.D;
      std::memset(dk, 0, (key_size + value_size) * 4);
      const int64_t per_group = a.blocks_per_group();
      for (int64_t i = per_group * part / parts; i < per_group * (part + 1) / parts; ++i) {
        const Block block = a.block(group * per_group + i);
        float* p = call.thread_scratch<float>(2 * a.block_rows() * block.width, 1);
        float* ds = p + a.block_rows() * block.width;
        block_scores(call, a, block, p);
        const int64_t first_row = a.row(block, 0), row_size = a.row_step * a.V;
        const float* dout = doutput + first_row * a.V;
        block_product(call, a, block, doutput, a.V, packed_values, ds);
        for (int64_t r = 0; r < block.rows; ++r) {
          const int64_t row = a.row(block, r);
          float mean = 0;
          for (int64_t d = 0; d < a.V; ++d) mean += doutput[row * a.V + d] * output[row * a.V + d];
          const auto [first, last] = a.visible(block, r);
          float* p_row = p + r * block.width;
          float* ds_row = ds + r * block.width;
          for (int64_t t = 0; t < first; ++t) p_row[t] = ds_row[t] = 0;
          for (int64_t t = first; t < last; ++t) {
            p_row[t] = fast_exp(p_row[t] - log_sum_exp[row]);
            ds_row[t] = a.scale * p_row[t] * (ds_row[t] - mean);
          }
          for (int64_t t = last; t < block.width; ++t) p_row[t] = ds_row[t] = 0;
        }
        Gemm to_q{block.rows, a.D, block.width, ds, block.width, 1, a.keys(block), a.key_row, 1, false,
                  dq + first_row * a.D, a.row_step * a.D, false};
        gemm_tile(call, to_q, 0, block.rows, 0, a.D);
        Gemm to_k{block.width, a.D, block.rows, ds, 1, block.width, a.q + first_row * a.D, a.row_step * a.D, 1, false,
                  dk + block.first_column * a.D, a.D, true};
        gemm_tile(call, to_k, 0, block.width, 0, a.D);
        Gemm to_v{block.width, a.V, block.rows, p, 1, block.width, dout, row_size, 1, false,
                  dv + block.first_column * dv_row, dv_row, true};
        gemm_tile(call, to_v, 0, block.width, 0, a.V);
      }
    }
  });
  const auto reduce = [&](const cachalot::TensorView& to, int64_t width, int64_t offset) {
    call.parallel(a.B * a.T, 64, [&](int64_t begin, int64_t end) {
      for (int64_t bt = begin; bt < end; ++bt)
        for (int64_t h = 0; h < a.Hk; ++h) {
          float* row = to.as<float>() + (bt * a.Hk + h) * width;
          const int64_t group = bt / a.T * a.Hk + h;
          for (int64_t part = 0; part < parts; ++part) {
            const float* from =
                partial + (group * parts + part) * (key_size + value_size) + offset + bt % a.T * width;
            for (int64_t d = 0; d < width; ++d) row[d] = part == 0 ? from[d] : row[d] + from[d];
          }
        }
    });
  };
  reduce(call.out(1), a.D, 0);
  if (a.has_v) reduce(call.out(2), a.V, key_size);
}
