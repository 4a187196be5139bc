#include <algorithm>

#include "fast_exp.h"

namespace {

// The token of one row. `weights` and `order` hold n elements.
int32_t sample(const float* logits, int64_t n, const float* parameters, float* weights, int32_t* order) {
  const float temperature = parameters[0], top_p = parameters[1], u = parameters[3];
  const int64_t top_k = static_cast<int64_t>(parameters[2]);
  float max = -__builtin_inff();
  int64_t best = -1;
  for (int64_t i = 0; i < n; ++i)
    if (logits[i] > max) {
      max = logits[i];
      best = i;
    }
  if (best < 0 || max == __builtin_inff()) return -1;
  if (temperature == 0 || top_k == 1) return static_cast<int32_t>(best);
  const float inverse = std::min(1.0f / temperature, 1e30f);
  for (int64_t i = 0; i < n; ++i) {
    // NaN counts as impossible. Without branches, so that the loop becomes vector code.
    const float below = logits[i] <= max ? logits[i] - max : -__builtin_inff();
    weights[i] = fast_exp(std::max(below * inverse, -1e30f));
  }
  double total = 0;
  for (int64_t i = 0; i < n; ++i) total += weights[i];
  const bool limited = top_k > 0 && top_k < n;
  if (!limited && top_p >= 1) {
    const double wanted = u * total;
    double mass = 0;
    int64_t last = best;
    for (int64_t i = 0; i < n; ++i) {
      if (weights[i] <= 0) continue;
      mass += weights[i];
      last = i;
      if (wanted < mass) break;
    }
    return static_cast<int32_t>(last);
  }
  // A token below this cannot be in the nucleus: all such tokens together are lighter than what the nucleus leaves out.
  const double floor = limited ? 0 : (1 - static_cast<double>(top_p)) * total / static_cast<double>(n);
  int64_t count = 0;
  for (int64_t i = 0; i < n; ++i) {
    order[count] = static_cast<int32_t>(i);
    count += weights[i] > floor || i == best;
  }
  const auto before = [&](int32_t a, int32_t b) {
    return weights[a] > weights[b] || (weights[a] == weights[b] && a < b);
  };
  if (limited && top_k < count) {
    std::partial_sort(order, order + top_k, order + count, before);
    count = top_k;
  } else {
    std::sort(order, order + count, before);
  }
  if (limited) {
    total = 0;
    for (int64_t i = 0; i < count; ++i) total += weights[order[i]];
  }
  double mass = 0;
  int64_t kept = 0;
  while (kept < count && mass < static_cast<double>(top_p) * total) mass += weights[order[kept++]];
  kept = std::max<int64_t>(kept, 1);
  if (mass == 0) mass = weights[order[0]];
  const double wanted = u * mass;
  double sum = 0;
  for (int64_t i = 0; i < kept; ++i) {
    sum += weights[order[i]];
    if (wanted < sum) return order[i];
  }
  return order[kept - 1];
}

}  // namespace

CACHALOT_KERNEL(sample_tokens) {
  const float* logits = call.in(0).as<float>();
  const float* parameters = call.in(1).as<float>();
  int32_t* tokens = call.out(0).as<int32_t>();
  const int64_t rows = call.in(0).dim(0), vocab = call.in(0).dim(1);
  call.parallel_tasks(rows, [&](int64_t r) {
    float* weights = call.thread_scratch<float>(2 * vocab, 1);
    tokens[r] = sample(logits + r * vocab, vocab, parameters + 4 * r, weights,
                       reinterpret_cast<int32_t*>(weights + vocab));
  });
}
