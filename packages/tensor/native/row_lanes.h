// A vector of what lies side by side in a row, as wide as the processor's registers.
#pragma once

namespace {

#if defined(__AVX512F__)
constexpr int kRowLanes = 16;
#elif defined(__AVX2__)
constexpr int kRowLanes = 8;
#else
constexpr int kRowLanes = 4;
#endif
typedef float RowLanes __attribute__((vector_size(kRowLanes * 4), aligned(4)));

// A row of so many floats as vectors: of sums over it so many stay in registers beside what is multiplied.
constexpr int vectors_of(int floats) { return floats <= kRowLanes ? 1 : floats / kRowLanes; }
constexpr int sums_at_once(int floats) { return 8 / vectors_of(floats); }

}  // namespace
