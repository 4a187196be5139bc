#include "kernel.h"

namespace {
// NaN is above everything: what it stands for is chosen, and shows, instead of giving way unseen.
inline bool above(float a, float b) { return a > b || (a != a && b == b); }

// The largest not taken yet, ties to the lower index.
inline int64_t take_best(const float* values, bool* taken, int64_t n) {
  int64_t best = -1;
  for (int64_t i = 0; i < n; ++i)
    if (!taken[i] && (best < 0 || above(values[i], values[best]))) best = i;
  taken[best] = true;
  return best;
}
}  // namespace

CACHALOT_KERNEL(route_select) {
  const auto& scores = call.in(0);
  const float* bias = call.in(1).present() ? call.in(1).as<float>() : nullptr;
  int32_t* chosen = call.out(0).as<int32_t>();
  const int64_t experts = scores.dim(1), top_k = static_cast<int64_t>(call.attr(0));
  const int64_t groups = static_cast<int64_t>(call.attr(1)), kept = static_cast<int64_t>(call.attr(2));
  const bool top2 = call.attr(3) != 0;
  const int64_t size = experts / groups;
  call.parallel(scores.dim(0), 64, [&](int64_t begin, int64_t end) {
    float* choice = call.thread_scratch<float>(experts + groups, 0);
    float* by_group = choice + experts;
    bool* taken = call.thread_scratch<bool>(experts + groups, 1);
    bool* group_taken = taken + experts;
    for (int64_t r = begin; r < end; ++r) {
      for (int64_t e = 0; e < experts; ++e) choice[e] = scores.as<float>()[r * experts + e] + (bias ? bias[e] : 0.0f);
      for (int64_t e = 0; e < experts; ++e) taken[e] = groups > 1;
      for (int64_t g = 0; g < groups; ++g) {
        float first = -__builtin_inff(), second = -__builtin_inff();
        for (int64_t e = g * size; e < (g + 1) * size; ++e) {
          if (above(choice[e], first)) {
            second = first;
            first = choice[e];
          } else if (above(choice[e], second)) {
            second = choice[e];
          }
        }
        by_group[g] = top2 && size > 1 ? first + second : first;
        group_taken[g] = false;
      }
      for (int64_t i = 0; i < kept && groups > 1; ++i) {
        const int64_t g = take_best(by_group, group_taken, groups);
        for (int64_t e = g * size; e < (g + 1) * size; ++e) taken[e] = false;
      }
      for (int64_t i = 0; i < top_k; ++i)
        chosen[r * top_k + i] = static_cast<int32_t>(take_best(choice, taken, experts));
    }
  });
}
