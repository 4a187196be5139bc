// Rows of a batch over paged caches: see src/block-table.ts.
#pragma once
#include "kernel.h"

namespace {

constexpr int64_t kBlockSize = 16;
constexpr int64_t kKeyGroup = 16;

struct PagedRows {
  const int32_t* sequence;
  const int32_t* position;
  const int32_t* blocks;
  int64_t most_blocks;

  // The tensors sequence [rows], position [rows], blocks [sequences, most blocks], from input `first` on.
  PagedRows(const cachalot::KernelCall& call, int first)
      : sequence(call.in(first).as<int32_t>()),
        position(call.in(first + 1).as<int32_t>()),
        blocks(call.in(first + 2).as<int32_t>()),
        most_blocks(call.in(first + 2).dim(1)) {}

  CACHALOT_INLINE const int32_t* table(int64_t row) const { return blocks + sequence[row] * most_blocks; }
  CACHALOT_INLINE int64_t visible(int64_t row) const { return position[row] + 1; }
};

CACHALOT_INLINE int64_t slot_of(const int32_t* table, int64_t position) {
  return table[position / kBlockSize] * kBlockSize + position % kBlockSize;
}

}  // namespace
