// Heads side by side in vectors as wide as registers, against a few rows at a time: no product then needs a sum across lanes.
#pragma once
#include <algorithm>
#include <cstdint>

#include "row_lanes.h"

namespace {

template <int kHeads>
struct HeadDots {
  static constexpr int kVectors = kHeads <= kRowLanes ? 1 : kHeads / kRowLanes;
  static constexpr int kLanes = kHeads / kVectors;
  // So many rows' sums stay in registers beside what is multiplied.
  static constexpr int kRows = 8 / kVectors;
  typedef float Lanes __attribute__((vector_size(kLanes * 4), aligned(4)));

  Lanes sum[kRows][kVectors] = {};

  // sum[j][head] += q[head] . rows[i + j], rows behind the last one being the last one again; `q` is [n][kHeads].
  CACHALOT_INLINE void add(const float* q, int64_t n, const float* const* rows, int64_t i, int64_t count) {
    const float* row[kRows];
    for (int j = 0; j < kRows; ++j) row[j] = rows[std::min(i + j, count - 1)];
    for (int64_t d = 0; d < n; ++d)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        const Lanes x = *reinterpret_cast<const Lanes*>(q + d * kHeads + v * kLanes);
#pragma GCC unroll 8
        for (int j = 0; j < kRows; ++j) sum[j][v] += row[j][d] * x;
      }
  }
};

}  // namespace
