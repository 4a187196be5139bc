// Blocks of query rows against the keys they see: shared by dense attention, its mass, and the lightning indexer.
#pragma once
#include "fast_exp.h"
#include "gemm.h"

namespace {

constexpr int64_t kBlockRows = 64, kIndexerBlockRows = 128;

// Queries [s0, s1) of one batch row and key head. Scores are [rows][width] over columns from first_column on.
struct Block {
  int64_t b, kv_head, s0, s1, rows, first_column, width;
};

struct Range {
  int64_t first, last;
};

// Inputs q [B,S,H,D], k [B,T,Hk,D], v [B,T,Hk,V] or absent, documentStart [B,S] or absent; or the indexer's
// q [B,S,H,D], k [B,T,D], weights, documentStart.
struct Attention {
  int64_t B, S, H, D, T, Hk, V = 0;
  bool has_v = false;
  float scale = 1, indexer_scale = 1;
  const float* q;
  const float* k;
  const float* v = nullptr;
  const int32_t* start;
  int64_t key_row, value_row = 0;
  int64_t row_step;           // rows of q between two rows of a block
  int64_t queries_per_block;  // MQA: all heads of a query are in one block
  const float* packed_keys;   // per group, times the scale: see pack_columns

  explicit Attention(const cachalot::KernelCall& call, bool indexer = false) {
    const auto& qt = call.in(0);
    const auto& kt = call.in(1);
    B = qt.dim(0), S = qt.dim(1), H = qt.dim(2), D = qt.dim(3), T = kt.dim(1);
    Hk = indexer ? 1 : kt.dim(2);
    q = qt.as<float>();
    k = kt.as<float>();
    start = call.in(3).present() ? call.in(3).as<int32_t>() : nullptr;
    key_row = Hk * D;
    if (indexer) {
      indexer_scale = static_cast<float>(call.attr(0));
    } else {
      scale = static_cast<float>(call.attr(0));
      has_v = call.in(2).present();
      V = has_v ? call.in(2).dim(3) : static_cast<int64_t>(call.attr(1));
      v = has_v ? call.in(2).as<float>() : k;
      value_row = has_v ? Hk * V : key_row;
    }
    const bool shared = Hk == 1;
    row_step = shared ? 1 : H;
    queries_per_block = shared ? std::max<int64_t>(1, (indexer ? kIndexerBlockRows : kBlockRows) / H) : kBlockRows;
    packed_keys = pack_columns(call, k, D, key_row, scale, 5);
  }

  // Rows of x, which holds keys or values of Hk heads, as the columns of a product, in the panels that gemm_tile takes.
  // Every block of queries meets them again; packing them each time would be a third of the work.
  float* pack_columns(const cachalot::KernelCall& call, const float* x, int64_t dim, int64_t row, float factor,
                      int slot) const {
    const int64_t columns = gemm_packed_columns(T), cuts = (T + kNc - 1) / kNc;
    float* to = call.scratch<float>(groups() * columns * dim, slot);
    call.parallel_tasks(groups() * cuts, [&](int64_t task) {
      const int64_t group = task / cuts, j0 = task % cuts * kNc, count = std::min(kNc, T - j0);
      Gemm source{};
      source.b = x + group / Hk * T * row + group % Hk * dim;
      source.b_row = 1, source.b_col = row;
      for (int64_t p = 0; p < dim; p += kKc) {
        const int64_t depth = std::min(kKc, dim - p);
        float* panels = to + group * columns * dim + p * columns + j0 * depth;
        gemm_pack_b(source, p, depth, j0, count, panels);
        if (factor != 1.0f)
          for (int64_t i = 0; i < gemm_packed_columns(count) * depth; ++i) panels[i] *= factor;
      }
    });
    return to;
  }

  // Most rows of a block.
  int64_t block_rows() const { return queries_per_block * (Hk == 1 ? H : 1); }
  int64_t blocks_per_group() const { return (S + queries_per_block - 1) / queries_per_block; }
  int64_t groups() const { return B * Hk; }
  int64_t blocks() const { return groups() * blocks_per_group(); }
  // How many partial sums a group's key gradients are cut into: depends on shapes only.
  int64_t parts() const {
    const int64_t wanted = groups() >= 8 ? 1 : (8 + groups() - 1) / groups();
    return std::min(wanted, blocks_per_group());
  }

  Block block(int64_t index) const {
    Block x;
    const int64_t group = index / blocks_per_group();
    x.b = group / Hk;
    x.kv_head = group % Hk;
    x.s0 = index % blocks_per_group() * queries_per_block;
    x.s1 = std::min(S, x.s0 + queries_per_block);
    x.rows = (x.s1 - x.s0) * (Hk == 1 ? H : 1);
    x.first_column = 0;
    if (start) {
      x.first_column = start[x.b * S + x.s0];
      for (int64_t s = x.s0 + 1; s < x.s1; ++s) x.first_column = std::min<int64_t>(x.first_column, start[x.b * S + s]);
      x.first_column -= x.first_column % kNr;  // where a panel begins
    }
    x.width = T - S + x.s1 - x.first_column;
    return x;
  }
  // Row i of a block as (b, s, h).
  int64_t row(const Block& x, int64_t i) const {
    return Hk == 1 ? (x.b * S + x.s0) * H + i : (x.b * S + x.s0 + i) * H + x.kv_head;
  }
  // Visible columns of row i, counted from the block's first column.
  Range visible(const Block& x, int64_t i) const {
    const int64_t s = x.s0 + (Hk == 1 ? i / H : i);
    return {(start ? start[x.b * S + s] : 0) - x.first_column, T - S + s + 1 - x.first_column};
  }
  const float* keys(const Block& x) const { return k + ((x.b * T + x.first_column) * Hk + x.kv_head) * D; }
  const float* values(const Block& x) const {
    return v + ((x.b * T + x.first_column) * Hk + x.kv_head) * (has_v ? V : D);
  }
};

// to[rows][width] = from * columns, for rows of `dim` from that of the block's first query on.
inline void block_product(const cachalot::KernelCall& call, const Attention& a, const Block& x, const float* from,
                          int64_t dim, const float* packed, float* to) {
  const int64_t group = x.b * a.Hk + x.kv_head;
  const Gemm product{x.rows, a.T, dim, from + a.row(x, 0) * dim, a.row_step * dim, 1, nullptr, 0, 0, false,
                     to - x.first_column, x.width, false};
  gemm_tile(call, product, 0, x.rows, x.first_column, x.first_column + x.width,
            packed + group * gemm_packed_columns(a.T) * dim);
}

// scores[rows][width] = scale * q k^T; columns that a row does not see hold whatever the product gives.
inline void block_scores(const cachalot::KernelCall& call, const Attention& a, const Block& x, float* scores) {
  block_product(call, a, x, a.q, a.D, a.packed_keys, scores);
}

}  // namespace
