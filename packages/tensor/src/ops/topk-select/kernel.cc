#include "topk.h"

CACHALOT_KERNEL(topk_select) {
  const float* scores = call.in(0).as<float>();
  int32_t* chosen = call.out(0).as<int32_t>();
  const int64_t n = call.in(0).dim(-1), k = call.out(0).dim(-1);
  call.parallel(call.in(0).rows(), 8, [&](int64_t begin, int64_t end) {
    float* copy = call.thread_scratch<float>(2 * n, 1);
    for (int64_t r = begin; r < end; ++r) {
      const float* row = scores + r * n;
      int32_t* to = chosen + r * k;
      int64_t eligible = 0;
      for (int64_t t = 0; t < n; ++t) {
        copy[eligible] = row[t];
        eligible += row[t] > -__builtin_inff();
      }
      int64_t at = 0;
      if (eligible <= k) {
        for (int64_t t = 0; t < n; ++t)
          if (row[t] > -__builtin_inff()) to[at++] = static_cast<int32_t>(t);
      } else {
        const float cut = kth_largest(copy, eligible, k, reinterpret_cast<int32_t*>(copy + n));
        int64_t ties = k;
        for (int64_t i = 0; i < eligible; ++i) ties -= copy[i] > cut;
        for (int64_t t = 0; t < n && at < k; ++t)
          if (row[t] > cut || (row[t] == cut && ties-- > 0)) to[at++] = static_cast<int32_t>(t);
      }
      for (; at < k; ++at) to[at] = -1;
    }
  });
}
