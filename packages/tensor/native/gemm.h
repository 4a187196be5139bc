// Matrix products for kernels: C (+)= A B with any strides, f32 accumulation, B in f32 or bf16.
// A product is cut into tiles of C, each done by one thread in a fixed order: the same bits for any thread count.
#pragma once
#include <algorithm>
#include <cstring>

#include "kernel.h"

namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16, kMr = 12;
#elif defined(__AVX2__)
constexpr int kLanes = 8, kMr = 6;
#else
constexpr int kLanes = 4, kMr = 4;
#endif
constexpr int kNr = 2 * kLanes;
constexpr int64_t kFewRowsMost = kLanes >= 16 ? 8 : 4;  // up to here weights are used as they lie
constexpr int64_t kKc = 320;   // depth of a packed panel: kKc * kNr floats stay in L1
constexpr int64_t kNc = 512;   // columns packed at once: kKc * kNc floats stay in L2
typedef float Lanes __attribute__((vector_size(kLanes * 4), aligned(4)));

struct Gemm {
  int64_t m, n, k;
  const float* a;
  int64_t a_row, a_col;  // element (i, p) is a[i * a_row + p * a_col]
  const void* b;
  int64_t b_row, b_col;  // element (p, j) is b[p * b_row + j * b_col]
  bool b_bf16;
  float* c;
  int64_t c_row;
  bool accumulate;
};

inline float gemm_b(const Gemm& g, int64_t p, int64_t j) {
  const int64_t at = p * g.b_row + j * g.b_col;
  return g.b_bf16 ? cachalot::bf16_to_float(static_cast<const uint16_t*>(g.b)[at])
                  : static_cast<const float*>(g.b)[at];
}

CACHALOT_INLINE float gemm_widen(float value) { return value; }
CACHALOT_INLINE float gemm_widen(uint16_t bits) {
  return __builtin_bit_cast(float, static_cast<uint32_t>(bits) << 16);
}

// A column whose depths lie contiguously, into its place in a panel: eight depths at a time.
template <typename T>
inline void gemm_pack_column(const T* from, int64_t kc, float* to) {
  int64_t p = 0;
  for (; p + 8 <= kc; p += 8)
    for (int q = 0; q < 8; ++q) to[(p + q) * kNr] = gemm_widen(from[p + q]);
  for (; p < kc; ++p) to[p * kNr] = gemm_widen(from[p]);
}

// B[p0..p0+kc, j0..j0+nc] as panels of kNr columns, each [kc][kNr], zero-padded.
inline void gemm_pack_b(const Gemm& g, int64_t p0, int64_t kc, int64_t j0, int64_t nc, float* to) {
  for (int64_t j = 0; j < nc; j += kNr, to += kc * kNr) {
    const int64_t width = std::min<int64_t>(kNr, nc - j);
    if (!g.b_bf16 && g.b_col == 1) {
      const float* from = static_cast<const float*>(g.b) + p0 * g.b_row + j0 + j;
      for (int64_t p = 0; p < kc; ++p, from += g.b_row) {
        float* row = to + p * kNr;
        if (width == kNr) {
          std::memcpy(row, from, kNr * 4);
        } else {
          for (int64_t i = 0; i < kNr; ++i) row[i] = i < width ? from[i] : 0.0f;
        }
      }
      continue;
    }
    if (g.b_row == 1) {
      for (int64_t i = 0; i < kNr; ++i) {
        const int64_t column = p0 + (j0 + j + i) * g.b_col;
        if (i >= width) {
          for (int64_t p = 0; p < kc; ++p) to[p * kNr + i] = 0.0f;
        } else if (g.b_bf16) {
          gemm_pack_column(static_cast<const uint16_t*>(g.b) + column, kc, to + i);
        } else {
          gemm_pack_column(static_cast<const float*>(g.b) + column, kc, to + i);
        }
      }
      continue;
    }
    for (int64_t p = 0; p < kc; ++p)
      for (int64_t i = 0; i < kNr; ++i) to[p * kNr + i] = i < width ? gemm_b(g, p0 + p, j0 + j + i) : 0.0f;
  }
}

// kMr rows of A as [kc][kMr].
inline void gemm_pack_a(const Gemm& g, int64_t i0, int64_t rows, int64_t p0, int64_t kc, float* to) {
  const float* base = g.a + i0 * g.a_row + p0 * g.a_col;
  if (g.a_col == 1 && rows == kMr) {
    // Eight depths of every row at a time: whole cache lines are read, and what is written stays in L1.
    int64_t p = 0;
    for (; p + 8 <= kc; p += 8)
      for (int64_t i = 0; i < kMr; ++i) {
        const float* from = base + i * g.a_row + p;
        for (int q = 0; q < 8; ++q) to[(p + q) * kMr + i] = from[q];
      }
    for (; p < kc; ++p)
      for (int64_t i = 0; i < kMr; ++i) to[p * kMr + i] = base[i * g.a_row + p];
    return;
  }
  for (int64_t p = 0; p < kc; ++p) {
    const float* from = base + p * g.a_col;
    for (int64_t i = 0; i < kMr; ++i) to[p * kMr + i] = i < rows ? from[i * g.a_row] : 0.0f;
  }
}

// acc[kMr][kNr] = A[kMr, kc] * panel. `row` and `step` say how A is walked.
template <bool kPackedA>
inline __attribute__((always_inline)) void gemm_micro(const float* a, int64_t a_row, int64_t kc, const float* panel,
                                                      float* c, int64_t c_row, int64_t rows, int64_t width,
                                                      bool accumulate) {
  Lanes acc[kMr][2] = {};
  const float* row[kMr];
  for (int i = 0; i < kMr; ++i) row[i] = kPackedA ? a + i : a + std::min<int64_t>(i, rows - 1) * a_row;
  for (int64_t p = 0; p < kc; ++p) {
    const Lanes b0 = *reinterpret_cast<const Lanes*>(panel + p * kNr);
    const Lanes b1 = *reinterpret_cast<const Lanes*>(panel + p * kNr + kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kMr; ++i) {
      const float x = kPackedA ? a[p * kMr + i] : row[i][p];
      acc[i][0] += x * b0;
      acc[i][1] += x * b1;
    }
  }
  if (rows == kMr && width == kNr) {
#pragma GCC unroll 16
    for (int i = 0; i < kMr; ++i) {
      Lanes* to = reinterpret_cast<Lanes*>(c + i * c_row);
      to[0] = accumulate ? to[0] + acc[i][0] : acc[i][0];
      to[1] = accumulate ? to[1] + acc[i][1] : acc[i][1];
    }
    return;
  }
  for (int64_t i = 0; i < rows; ++i) {
    const float* from = reinterpret_cast<const float*>(acc[i]);
    float* to = c + i * c_row;
    for (int64_t j = 0; j < width; ++j) to[j] = accumulate ? to[j] + from[j] : from[j];
  }
}

CACHALOT_INLINE Lanes gemm_load(const float* from) { return *reinterpret_cast<const Lanes*>(from); }
CACHALOT_INLINE Lanes gemm_load(const uint16_t* from) {
  Lanes values;
  for (int i = 0; i < kLanes; ++i) values[i] = gemm_widen(from[i]);
  return values;
}

// A few rows of A times one column of B, read from end to end: the order in which memory is fastest. Several sums hide the
// latency of a multiply-add.
template <int kRows, typename Weight>
CACHALOT_INLINE void gemm_column(const Gemm& g, int64_t j) {
  constexpr int kSums = kRows <= 4 ? 4 : 2;
  const Weight* w = static_cast<const Weight*>(g.b) + j * g.b_col;
  Lanes sum[kRows][kSums] = {};
  int64_t p = 0;
  for (; p + kSums * kLanes <= g.k; p += kSums * kLanes)
#pragma GCC unroll 4
    for (int u = 0; u < kSums; ++u) {
      const Lanes weights = gemm_load(w + p + u * kLanes);
#pragma GCC unroll 8
      for (int r = 0; r < kRows; ++r) sum[r][u] += weights * gemm_load(g.a + r * g.a_row + p + u * kLanes);
    }
  for (int r = 0; r < kRows; ++r) {
    Lanes lanes = sum[r][0];
    for (int u = 1; u < kSums; ++u) lanes += sum[r][u];
    float total = 0;
    for (int i = 0; i < kLanes; ++i) total += lanes[i];
    for (int64_t q = p; q < g.k; ++q) total += gemm_widen(w[q]) * g.a[r * g.a_row + q];
    float* to = g.c + r * g.c_row + j;
    *to = g.accumulate ? *to + total : total;
  }
}

template <int kRows, typename Weight>
inline void gemm_columns(const Gemm& g, int64_t j0, int64_t j1) {
  for (int64_t j = j0; j < j1; ++j) gemm_column<kRows, Weight>(g, j);
}

template <typename Weight>
inline void gemm_few_rows_of(const Gemm& g, int64_t j0, int64_t j1) {
  switch (g.m) {
    case 1: return gemm_columns<1, Weight>(g, j0, j1);
    case 2: return gemm_columns<2, Weight>(g, j0, j1);
    case 3: return gemm_columns<3, Weight>(g, j0, j1);
    case 4: return gemm_columns<4, Weight>(g, j0, j1);
    case 5: return gemm_columns<5, Weight>(g, j0, j1);
    case 6: return gemm_columns<6, Weight>(g, j0, j1);
    case 7: return gemm_columns<7, Weight>(g, j0, j1);
    default: return gemm_columns<8, Weight>(g, j0, j1);
  }
}

// Up to eight rows: each weight is read once and used at once; the work is bound by memory.
inline void gemm_few_rows(const Gemm& g, int64_t j0, int64_t j1) {
  if (g.b_bf16) {
    gemm_few_rows_of<uint16_t>(g, j0, j1);
  } else {
    gemm_few_rows_of<float>(g, j0, j1);
  }
}

// Floats between two blocks of kKc depths of a whole B packed by gemm_pack_b.
inline int64_t gemm_packed_columns(int64_t n) { return (n + kNr - 1) / kNr * kNr; }

// C[i0..i1, j0..j1] += or = A * panels, the panels holding depths [pc, pc + kc) of columns from j0 on.
inline void gemm_block(const Gemm& g, int64_t i0, int64_t i1, int64_t j0, int64_t j1, int64_t pc, int64_t kc,
                       const float* panels, bool direct_a, float* packed_a) {
  const bool accumulate = g.accumulate || pc > 0;
  for (int64_t i = i0; i < i1; i += kMr) {
    const int64_t rows = std::min<int64_t>(kMr, i1 - i);
    if (!direct_a) gemm_pack_a(g, i, rows, pc, kc, packed_a);
    for (int64_t j = j0; j < j1; j += kNr) {
      const float* panel = panels + (j - j0) * kc;
      float* c = g.c + i * g.c_row + j;
      const int64_t width = std::min<int64_t>(kNr, j1 - j);
      if (direct_a)
        gemm_micro<false>(g.a + i * g.a_row + pc, g.a_row, kc, panel, c, g.c_row, rows, width, accumulate);
      else
        gemm_micro<true>(packed_a, 0, kc, panel, c, g.c_row, rows, width, accumulate);
    }
  }
}

// C[i0..i1, j0..j1], by one thread. `packed`: the whole of B in panels, or null to pack what is needed here.
inline void gemm_tile(const cachalot::KernelCall& call, const Gemm& g, int64_t i0, int64_t i1, int64_t j0, int64_t j1,
                      const float* packed = nullptr) {
  if (g.k == 0) {
    for (int64_t i = i0; i < i1 && !g.accumulate; ++i) std::memset(g.c + i * g.c_row + j0, 0, (j1 - j0) * 4);
    return;
  }
  float* own = call.thread_scratch<float>(kKc * kNc + kKc * kMr, 0);
  float* packed_a = own + kKc * kNc;
  // Rows that lie a multiple of 2 KiB apart fall on the same few lines of L1: those are packed first.
  const bool direct_a = g.a_col == 1 && (g.a_row % 512 != 0 || j1 - j0 < 4 * kNr);
  for (int64_t jc = j0; jc < j1; jc += kNc) {
    const int64_t nc = std::min(kNc, j1 - jc);
    for (int64_t pc = 0; pc < g.k; pc += kKc) {
      const int64_t kc = std::min(kKc, g.k - pc);
      const float* panels = packed ? packed + pc * gemm_packed_columns(g.n) + jc * kc : own;
      if (!packed) gemm_pack_b(g, pc, kc, jc, nc, own);
      gemm_block(g, i0, i1, jc, jc + nc, pc, kc, panels, direct_a, packed_a);
    }
  }
}

// Several products at once (experts, heads), spread over all threads. B is packed by all of them first, so that no two
// pack the same; products too small to gain by it, and matrices too large to hold twice, are packed by whoever needs them.
class GemmBatch {
 public:
  GemmBatch(const cachalot::KernelCall& call, const std::vector<Gemm>& products) : call_(call) {
    double work = 0;
    for (const Gemm& g : products) work += static_cast<double>(g.m) * g.n * (g.k + 1);
    // About four tasks a thread balance the load on shared cores; tiles keep whole micro-tiles.
    const double share = std::max(work / (4.0 * call.threads()), 1.0);
    int64_t packed_size = 0;
    for (const Gemm& g : products) {
      if (g.m <= 0 || g.n <= 0) continue;
      const double own = static_cast<double>(g.m) * g.n * (g.k + 1);
      const int64_t parts = std::clamp<int64_t>(static_cast<int64_t>(own / share + 0.5), 1, 4 * call.threads());
      if (g.m <= kFewRowsMost && g.a_col == 1 && g.b_row == 1) {
        const int64_t blocks = own < 32768 ? 1 : parts;
        for (int64_t t = 0; t < blocks; ++t)
          tasks_.push_back({&g, 0, g.m, g.n * t / blocks, g.n * (t + 1) / blocks, kFewRows});
      } else {
        cut(g, own < 65536 ? 1 : parts, packed_size);
      }
    }
    if (packed_size > 0) packed_ = call.scratch<float>(packed_size, 6);
  }

  void run() {
    call_.parallel_tasks(packs_.size(), [this](int64_t i) {
      const Pack& p = packs_[i];
      const int64_t kc = std::min(kKc, p.g->k - p.pc);
      gemm_pack_b(*p.g, p.pc, kc, p.j0, p.j1 - p.j0,
                  packed_ + p.offset + p.pc * gemm_packed_columns(p.g->n) + p.j0 * kc);
    });
    call_.parallel_tasks(tasks_.size(), [this](int64_t i) {
      const Task& t = tasks_[i];
      if (t.packed == kFewRows)
        gemm_few_rows(*t.g, t.j0, t.j1);
      else
        gemm_tile(call_, *t.g, t.i0, t.i1, t.j0, t.j1, t.packed == kAlone ? nullptr : packed_ + t.packed);
    });
  }

 private:
  static constexpr int64_t kFewRows = -2, kAlone = -1;
  static constexpr int64_t kMaxPacked = 1 << 24;
  struct Task {
    const Gemm* g;
    int64_t i0, i1, j0, j1;
    int64_t packed;  // where its B begins in packed_, or one of the two above
  };
  struct Pack {
    const Gemm* g;
    int64_t offset, pc, j0, j1;
  };

  void cut(const Gemm& g, int64_t wanted, int64_t& packed_size) {
    const int64_t row_tiles = (g.m + kMr - 1) / kMr, column_tiles = (g.n + kNr - 1) / kNr;
    const int64_t size = gemm_packed_columns(g.n) * g.k;
    int64_t row_cuts = std::min(wanted, std::max<int64_t>(row_tiles / 8, 1));
    int64_t packed = kAlone;
    if (row_cuts > 1 && size <= kMaxPacked) {
      packed = packed_size;
      packed_size += size;
      for (int64_t pc = 0; pc < g.k; pc += kKc)
        for (int64_t j = 0; j < g.n; j += kNc) packs_.push_back({&g, packed, pc, j, std::min(g.n, j + kNc)});
    } else if (g.n >= 2 * g.m) {
      row_cuts = 1;
    }
    const int64_t column_cuts = std::clamp<int64_t>((wanted + row_cuts - 1) / row_cuts, 1, column_tiles);
    for (int64_t c = 0; c < column_cuts; ++c)
      for (int64_t r = 0; r < row_cuts; ++r)
        tasks_.push_back({&g, row_tiles * r / row_cuts * kMr, std::min(g.m, row_tiles * (r + 1) / row_cuts * kMr),
                          column_tiles * c / column_cuts * kNr, std::min(g.n, column_tiles * (c + 1) / column_cuts * kNr),
                          packed});
  }

  const cachalot::KernelCall& call_;
  std::vector<Task> tasks_;
  std::vector<Pack> packs_;
  float* packed_ = nullptr;
};

inline void gemm_batch(const cachalot::KernelCall& call, const std::vector<Gemm>& products) {
  GemmBatch(call, products).run();
}

inline void gemm(const cachalot::KernelCall& call, const Gemm& product) {
  const std::vector<Gemm> products{product};
  gemm_batch(call, products);
}

}  // namespace
