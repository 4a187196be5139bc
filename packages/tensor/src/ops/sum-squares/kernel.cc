#include <algorithm>

#include "kernel.h"

CACHALOT_KERNEL(sum_squares) {
  const float* x = call.in(0).as<float>();
  const int64_t n = call.in(0).size();
  // Fixed blocks, added in order: the same bits for any number of threads.
  constexpr int64_t kBlock = 1 << 14;
  const int64_t blocks = (n + kBlock - 1) / kBlock;
  double* partial = call.scratch<double>(blocks + 1);
  call.parallel(blocks, 4, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      double sum = 0;
      for (int64_t i = b * kBlock; i < std::min(n, (b + 1) * kBlock); ++i) sum += static_cast<double>(x[i]) * x[i];
      partial[b] = sum;
    }
  });
  double sum = 0;
  for (int64_t b = 0; b < blocks; ++b) sum += partial[b];
  *call.out(0).as<float>() = static_cast<float>(sum);
}
