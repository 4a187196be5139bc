// One query at a time: all heads read each of its selected keys once. See sparse_rows.h.
#include <cstring>

#include "sparse_rows.h"

namespace {

// Inputs q [B,S,H,D], k [B,T,D], weights [B,S,H], indices [B,S,K].
struct SelectedScores {
  int64_t B, S, H, D, T, K, stride;
  const float *q, *k, *weights;
  const int32_t* indices;
  float scale;
  float *dots, *turned;  // of the thread: products [H][stride], queries turned
  const float** keys;    // where the selected keys lie

  explicit SelectedScores(const cachalot::KernelCall& call)
      : B(call.in(0).dim(0)), S(call.in(0).dim(1)), H(call.in(0).dim(2)), D(call.in(0).dim(3)), T(call.in(1).dim(1)),
        K(call.in(3).dim(2)), stride((K + 15) / 16 * 16), q(call.in(0).as<float>()), k(call.in(1).as<float>()),
        weights(call.in(2).as<float>()), indices(call.in(3).as<int32_t>()), scale(static_cast<float>(call.attr(0))) {}

  void workspace(const cachalot::KernelCall& call) {
    dots = call.thread_scratch<float>(H * stride + 16 * D, 1);
    turned = dots + H * stride;
    keys = call.thread_scratch<const float*>(K, 2);
  }
  // Multiplies a query with its keys; returns how many there are.
  int64_t products(int64_t query) const {
    const int32_t* chosen = indices + query * K;
    int64_t count = K;
    while (count > 0 && chosen[count - 1] < 0) --count;
    const float* base = k + query / S * T * D;
    for (int64_t i = 0; i < count; ++i) keys[i] = base + chosen[i] * D;
    all_dots(H, q + query * H * D, D, keys, count, 1.0f, dots, stride, turned);
    return count;
  }
};

}  // namespace

CACHALOT_KERNEL(sparse_index_scores) {
  const SelectedScores shape(call);
  float* scores = call.out(0).as<float>();
  call.parallel(shape.B * shape.S, 8, [&](int64_t begin, int64_t end) {
    SelectedScores a = shape;
    a.workspace(call);
    for (int64_t query = begin; query < end; ++query) {
      const int64_t count = a.products(query);
      float* to = scores + query * a.K;
      for (int64_t i = 0; i < a.K; ++i) to[i] = i < count ? 0.0f : -__builtin_inff();
      for (int64_t h = 0; h < a.H; ++h) {
        const float w = a.weights[query * a.H + h] * a.scale;
        const float* row = a.dots + h * a.stride;
        for (int64_t i = 0; i < count; ++i) to[i] += row[i] <= 0 ? 0.0f : w * row[i];
      }
    }
  });
}

CACHALOT_KERNEL(sparse_index_scores_backward) {
  const SelectedScores shape(call);
  const float* dscores = call.in(4).as<float>();
  float* dq = call.out(0).as<float>();
  float* dk = call.out(1).as<float>();
  float* dweights = call.out(2).as<float>();
  // Partial sums of the keys' gradients, as many as shapes say: the same bits for any number of threads.
  const int64_t parts = shape.B >= 8 ? 1 : (8 + shape.B - 1) / shape.B;
  const int64_t size = shape.T * shape.D;
  float* partial = call.scratch<float>(shape.B * parts * size);
  call.parallel(shape.B * parts, 1, [&](int64_t begin, int64_t end) {
    SelectedScores a = shape;
    a.workspace(call);
    for (int64_t job = begin; job < end; ++job) {
      const int64_t b = job / parts, part = job % parts;
      float* to_keys = partial + job * size;
      std::memset(to_keys, 0, size * 4);
      for (int64_t s = a.S * part / parts; s < a.S * (part + 1) / parts; ++s) {
        const int64_t query = b * a.S + s, count = a.products(query);
        const float* g = dscores + query * a.K;
        for (int64_t h = 0; h < a.H; ++h) {
          float* row = a.dots + h * a.stride;
          const float w = a.weights[query * a.H + h] * a.scale;
          float sum = 0;
          for (int64_t i = 0; i < count; ++i) {
            sum += row[i] > 0 ? g[i] * row[i] : 0.0f;
            row[i] = row[i] > 0 ? w * g[i] : 0.0f;
          }
          dweights[query * a.H + h] = sum * a.scale;
        }
        weighted_rows(a.H, a.dots, a.stride, a.keys, count, a.D, dq + query * a.H * a.D);
        const int32_t* chosen = a.indices + query * a.K;
        for (int64_t i = 0; i < count; ++i)
          add_outer(a.H, a.dots + i, a.stride, a.q + query * a.H * a.D, a.D, to_keys + chosen[i] * a.D);
      }
    }
  });
  call.parallel(shape.B * size, 1 << 13, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const float* from = partial + i / size * parts * size + i % size;
      float sum = 0;
      for (int64_t part = 0; part < parts; ++part) sum += from[part * size];
      dk[i] = sum;
    }
  });
}
