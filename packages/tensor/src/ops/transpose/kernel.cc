#include <algorithm>

#include "kernel.h"

namespace {
// A square of this many elements is read and written while both its sides lie in cache.
constexpr int64_t kTile = 16;

template <typename T>
void transpose(const cachalot::KernelCall& call) {
  const int64_t rows = call.in(0).dim(-2), columns = call.in(0).dim(-1), matrices = call.in(0).rows(2);
  const T* x = call.in(0).as<T>();
  T* y = call.out(0).as<T>();
  const int64_t bands = (rows + kTile - 1) / kTile;
  call.parallel(matrices * bands, 1 + (1 << 12) / (columns * kTile + 1), [&](int64_t begin, int64_t end) {
    for (int64_t band = begin; band < end; ++band) {
      const int64_t at = band / bands * rows * columns, i0 = band % bands * kTile;
      const int64_t i1 = std::min(rows, i0 + kTile);
      for (int64_t j0 = 0; j0 < columns; j0 += kTile)
        for (int64_t j = j0; j < std::min(columns, j0 + kTile); ++j)
          for (int64_t i = i0; i < i1; ++i) y[at + j * rows + i] = x[at + i * columns + j];
    }
  });
}
}  // namespace

CACHALOT_KERNEL(transpose) {
  if (call.in(0).dtype == cachalot::DType::kBF16)
    transpose<uint16_t>(call);
  else
    transpose<float>(call);
}
