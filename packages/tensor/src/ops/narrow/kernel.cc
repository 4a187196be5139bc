#include <cstring>

#include "kernel.h"

namespace {
struct Split {
  int64_t outer = 1, inner = 1;
};
inline Split split(const cachalot::TensorView& x, int axis) {
  Split s;
  for (int i = 0; i < axis; ++i) s.outer *= x.dims[i];
  for (int i = axis + 1; i < x.rank; ++i) s.inner *= x.dims[i];
  return s;
}
}  // namespace

CACHALOT_KERNEL(narrow) {
  const int axis = static_cast<int>(call.attr(0));
  const auto [outer, inner] = split(call.in(0), axis);
  const int64_t start = static_cast<int64_t>(call.attr(1)) * inner;
  const int64_t length = static_cast<int64_t>(call.attr(2)) * inner;
  const int64_t size = call.in(0).dims[axis] * inner;
  const float* x = call.in(0).as<float>();
  float* y = call.out(0).as<float>();
  call.parallel(outer, 1 + (1 << 14) / (length + 1), [&, size = size](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) std::memcpy(y + o * length, x + o * size + start, length * 4);
  });
}

CACHALOT_KERNEL(pad) {
  const int axis = static_cast<int>(call.attr(0));
  const auto [outer, inner] = split(call.in(0), axis);
  const int64_t start = static_cast<int64_t>(call.attr(1)) * inner;
  const int64_t length = static_cast<int64_t>(call.attr(2)) * inner;
  const int64_t size = static_cast<int64_t>(call.attr(3)) * inner;
  const float* x = call.in(0).as<float>();
  float* y = call.out(0).as<float>();
  call.parallel(outer, 1 + (1 << 14) / (size + 1), [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o) {
      std::memset(y + o * size, 0, start * 4);
      std::memcpy(y + o * size + start, x + o * length, length * 4);
      std::memset(y + o * size + start + length, 0, (size - start - length) * 4);
    }
  });
}
