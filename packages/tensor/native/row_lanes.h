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

}  // namespace
