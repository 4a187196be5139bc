#include "kernel.h"

CACHALOT_KERNEL(expert_sort) {
  const int32_t* indices = call.in(0).as<int32_t>();
  const int64_t n = call.in(0).size(), k = call.in(0).dim(1);
  const int64_t experts = static_cast<int64_t>(call.attr(0));
  int32_t* row_of_slot = call.out(0).as<int32_t>();
  int32_t* slot_of = call.out(1).as<int32_t>();
  int32_t* offsets = call.out(2).as<int32_t>();
  int32_t* next = call.scratch<int32_t>(experts + 1);
  for (int64_t e = 0; e <= experts; ++e) offsets[e] = 0;
  for (int64_t i = 0; i < n; ++i) ++offsets[indices[i] + 1];
  for (int64_t e = 0; e < experts; ++e) {
    offsets[e + 1] += offsets[e];
    next[e] = offsets[e];
  }
  for (int64_t i = 0; i < n; ++i) {
    const int32_t slot = next[indices[i]]++;
    row_of_slot[slot] = static_cast<int32_t>(i / k);
    slot_of[i] = slot;
  }
}
