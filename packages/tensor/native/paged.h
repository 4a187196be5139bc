// Rows of a batch over paged caches: see src/paging.ts.
#pragma once
#include "kernel.h"

namespace {

constexpr int64_t kPageSize = 16;
constexpr int64_t kKeyGroup = 16;

struct PagedRows {
  const int32_t* sequence;
  const int32_t* position;
  const int32_t* pages;
  int64_t most_pages;

  // The tensors sequence [rows], position [rows], pages [sequences, most pages], from input `first` on.
  PagedRows(const cachalot::KernelCall& call, int first)
      : sequence(call.in(first).as<int32_t>()),
        position(call.in(first + 1).as<int32_t>()),
        pages(call.in(first + 2).as<int32_t>()),
        most_pages(call.in(first + 2).dim(1)) {}

  CACHALOT_INLINE const int32_t* table(int64_t row) const { return pages + sequence[row] * most_pages; }
  CACHALOT_INLINE int64_t visible(int64_t row) const { return position[row] + 1; }
};

CACHALOT_INLINE int64_t slot_of(const int32_t* table, int64_t position) {
  return table[position / kPageSize] * kPageSize + position % kPageSize;
}

}  // namespace
