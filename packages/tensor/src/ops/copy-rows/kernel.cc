#include <cstring>

#include "kernel.h"

CACHALOT_KERNEL(copy_rows) {
  const int64_t width = call.in(0).size() / call.in(0).dim(0);
  float* to = call.in(0).as<float>() + static_cast<int64_t>(call.attr(0)) * width;
  std::memcpy(to, call.in(1).data, call.in(1).size() * 4);
}
