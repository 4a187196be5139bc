// Sixteen queries of one head lie side by side in a vector, as heads do over a latent: see latent_rows.h. Keys and values of
// every head are laid out first, rounded.
#include "latent_rows.h"

namespace {

#if defined(__AVX512BF16__)
typedef uint16_t Element;
inline Element rounded(float x) { return cachalot::float_to_bf16(x); }
#else
typedef float Element;
inline Element rounded(float x) { return cachalot::bf16_to_float(cachalot::float_to_bf16(x)); }
#endif

struct ExpandedAttention {
  int64_t S, H, D, T, R, N, V, padded;  // padded: values of a head, a multiple of sixteen
  float scale;
  const float *q, *kv, *rope;

  explicit ExpandedAttention(const cachalot::KernelCall& call)
      : S(call.in(0).dim(0)), H(call.in(0).dim(1)), D(call.in(0).dim(2)), T(call.in(2).dim(0)), R(call.in(2).dim(1)),
        N(D - R), V(static_cast<int64_t>(call.attr(1))), padded((V + 15) / 16 * 16),
        scale(static_cast<float>(call.attr(0))), q(call.in(0).as<float>()), kv(call.in(1).as<float>()),
        rope(call.in(2).as<float>()) {}

  int64_t even() const { return (D + 1) / 2 * 2; }
  int64_t row() const { return even() + padded; }

  // Key and value of token t for head h.
  void lay_out(int64_t h, int64_t t, Element* to) const {
    const float* from = kv + (t * H + h) * (N + V);
    for (int64_t d = 0; d < N; ++d) to[d] = rounded(from[d]);
    for (int64_t d = 0; d < R; ++d) to[N + d] = rounded(rope[t * R + d]);
    if (even() > D) to[D] = Element{};
    for (int64_t d = 0; d < padded; ++d) to[even() + d] = d < V ? rounded(from[N + d]) : Element{};
  }

  // Queries [s, s + 16) of head h as latent_rows.h reads them, zero beyond the last.
  void load_queries(int64_t s, int64_t h, Element* to) const {
    for (int64_t d = 0; d < even(); ++d)
      for (int64_t lane = 0; lane < kHeadLanes; ++lane) {
        const bool present = d < D && s + lane < S;
        const Element x = present ? rounded(q[((s + lane) * H + h) * D + d]) : Element{};
#if defined(__AVX512BF16__)
        to[d / 2 * 32 + lane * 2 + d % 2] = x;
#else
        to[d * kHeadLanes + lane] = x;
#endif
      }
  }
};

}  // namespace

CACHALOT_KERNEL(expanded_attention) {
  const ExpandedAttention a(call);
  float* output = call.out(0).as<float>();
  Element* rows = call.scratch<Element>(a.H * a.T * a.row(), 1);
  call.parallel(a.H * a.T, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) a.lay_out(i / a.T, i % a.T, rows + i * a.row());
  });
  const int64_t blocks = (a.S + kHeadLanes - 1) / kHeadLanes;
  // The longest first: what is left at the end is short.
  call.parallel_tasks(a.H * blocks, [&](int64_t task) {
    const int64_t h = task % a.H, s = (blocks - 1 - task / a.H) * kHeadLanes;
    const int64_t lanes = std::min(kHeadLanes, a.S - s), last = a.T - a.S + s + lanes;
    float* values = call.thread_scratch<float>(kHeadLanes * a.padded + kBlockKeys * kHeadLanes, 1);
    float* scores = values + kHeadLanes * a.padded;
    Element* queries = call.thread_scratch<Element>(a.even() * kHeadLanes, 2);
    a.load_queries(s, h, queries);
    RunningSoftmax state;
    state.values = values;
    std::memset(values, 0, kHeadLanes * a.padded * 4);
    for (int64_t lane = 0; lane < kHeadLanes; ++lane) {
      state.max[lane] = -__builtin_inff();
      state.sum[lane] = 0;
    }
    for (int64_t t = 0; t < last; t += kBlockKeys) {
      const int64_t count = std::min(kBlockKeys, last - t);
      const Element* keys[kBlockKeys];
      const Element* to_values[kBlockKeys];
      for (int64_t i = 0; i < count; ++i) {
        keys[i] = rows + (h * a.T + t + i) * a.row();
        to_values[i] = keys[i] + a.even();
      }
#if defined(__AVX512BF16__)
      bf16_scores(queries, a.even(), keys, count, a.scale, scores);
#else
      float_scores(queries, a.even(), keys, count, a.scale, scores);
#endif
      // A query sees itself and what is before it. Lanes beyond the last query see what that one sees.
      for (int64_t i = 0; i < count; ++i)
        for (int64_t lane = 0; lane < lanes; ++lane)
          if (t + i > a.T - a.S + s + lane) scores[i * kHeadLanes + lane] = -__builtin_inff();
      update_softmax(state, scores, count, a.padded);
#if defined(__AVX512BF16__)
      add_bf16_values(scores, to_values, count, a.padded, values);
#else
      add_float_values(scores, to_values, count, kHeadLanes, a.padded, values);
#endif
    }
    for (int64_t lane = 0; lane < lanes; ++lane) {
      const float inverse = 1.0f / state.sum[lane];
      for (int64_t d = 0; d < a.V; ++d)
        output[((s + lane) * a.H + h) * a.V + d] = values[lane * a.padded + d] * inverse;
    }
  });
}
