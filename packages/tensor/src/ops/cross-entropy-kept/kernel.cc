#include <cstring>

#include "fast_exp.h"

namespace {

// The rows of a call: logits, targets, temperatures, kept ids and where each row's begin.
struct KeptRows {
  const float* logits;
  const int32_t* targets;
  const float* temperatures;
  const int32_t* ids;
  const int32_t* offsets;
  int64_t vocab;

  CACHALOT_INLINE explicit KeptRows(const cachalot::KernelCall& call)
      : logits(call.in(0).as<float>()),
        targets(call.in(1).as<int32_t>()),
        temperatures(call.in(2).as<float>()),
        ids(call.in(3).as<int32_t>()),
        offsets(call.in(4).as<int32_t>()),
        vocab(call.in(0).dim(1)) {}

  CACHALOT_INLINE bool whole(int64_t r) const { return offsets[r] == offsets[r + 1]; }

  // log sum exp(logits / T) over the kept tokens.
  CACHALOT_INLINE float total(int64_t r, float inverse) const {
    const float* row = logits + r * vocab;
    float sum = 0;
    if (whole(r)) {
      const float max = row_max(row, vocab);
      for (int64_t v = 0; v < vocab; ++v) sum += fast_exp((row[v] - max) * inverse);
      return max * inverse + std::log(sum);
    }
    float max = -__builtin_inff();
    for (int64_t i = offsets[r]; i < offsets[r + 1]; ++i) max = row[ids[i]] > max ? row[ids[i]] : max;
    for (int64_t i = offsets[r]; i < offsets[r + 1]; ++i) sum += fast_exp((row[ids[i]] - max) * inverse);
    return max * inverse + std::log(sum);
  }
};

}  // namespace

CACHALOT_KERNEL(cross_entropy_kept) {
  const KeptRows rows(call);
  float* losses = call.out(0).as<float>();
  call.parallel(call.in(0).dim(0), 4, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const int32_t target = rows.targets[r];
      const float inverse = 1.0f / rows.temperatures[r];
      losses[r] = target < 0 ? 0.0f : rows.total(r, inverse) - rows.logits[r * rows.vocab + target] * inverse;
    }
  });
}

CACHALOT_KERNEL(cross_entropy_kept_backward) {
  const KeptRows rows(call);
  const float* dy = call.in(5).as<float>();
  float* dlogits = call.out(0).as<float>();
  const int64_t vocab = rows.vocab;
  call.parallel(call.in(0).dim(0), 4, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* row = rows.logits + r * vocab;
      float* to = dlogits + r * vocab;
      const int32_t target = rows.targets[r];
      if (target < 0 || !rows.whole(r)) std::memset(to, 0, vocab * 4);
      if (target < 0) continue;
      const float inverse = 1.0f / rows.temperatures[r];
      const float total = rows.total(r, inverse);
      const float scale = dy[r] * inverse;
      if (rows.whole(r))
        for (int64_t v = 0; v < vocab; ++v) to[v] = fast_exp(row[v] * inverse - total) * scale;
      else
        for (int64_t i = rows.offsets[r]; i < rows.offsets[r + 1]; ++i)
          to[rows.ids[i]] = fast_exp(row[rows.ids[i]] * inverse - total) * scale;
      to[target] -= scale;
    }
  });
}
