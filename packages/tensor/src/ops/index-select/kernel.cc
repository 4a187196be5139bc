// Rows are taken a few at a time, so that a tile of keys, once in L1, serves them all. Where there are few rows, the
// cache is cut instead; the best of the best of all cuts are the best.
#include "index_keys.h"
#include "topk.h"

namespace {

constexpr int64_t kRowsAtOnce = 4;
constexpr int64_t kTile = 32;  // keys scored at once
constexpr int32_t kScoreIsNan = -2;  // see src/indices.ts

struct IndexSelect {
  const cachalot::KernelCall& call;
  PagedRows paged;
  int64_t rows, heads, padded, dim, k;
  const float *floats, *scales;
  const int32_t* starts;
  const uint8_t* bytes;
  std::vector<IndexQuery> queries;

  explicit IndexSelect(const cachalot::KernelCall& call)
      : call(call), paged(call, 4), rows(call.in(0).dim(0)), heads(call.in(0).dim(1)), padded((heads + 7) / 8 * 8),
        dim(call.in(0).dim(2)), k(call.out(0).dim(1)) {
    const bool quantized = call.in(2).dtype == cachalot::DType::kU8;
    floats = quantized ? nullptr : call.in(2).as<float>();
    bytes = quantized ? call.in(2).as<uint8_t>() : nullptr;
    scales = quantized ? call.in(3).as<float>() : nullptr;
    starts = call.inputs > 7 && call.in(7).present() ? call.in(7).as<int32_t>() : nullptr;
    prepare();
  }

  void prepare() {
    const float scale = static_cast<float>(call.attr(1));
    const int64_t row_floats = padded * dim;
    float* q = call.scratch<float>(rows * (row_floats + 2 * padded), 1);
    int8_t* integers = reinterpret_cast<int8_t*>(q);
    float* weights = q + rows * row_floats;
    int32_t* starts = reinterpret_cast<int32_t*>(weights + rows * padded);
    queries.resize(rows);
    call.parallel(rows, 8, [&](int64_t begin, int64_t end) {
      float* work = call.thread_scratch<float>(dim, 1);
      for (int64_t r = begin; r < end; ++r) {
        const float* from = call.in(0).as<float>() + r * heads * dim;
        for (int64_t h = 0; h < padded; ++h) {
          const int64_t at = r * padded + h;
          weights[at] = h < heads ? call.in(1).as<float>()[r * heads + h] * scale : 0.0f;
          starts[at] = 0;
          if (!bytes) {
            for (int64_t d = 0; d < dim; ++d) q[at * dim + d] = h < heads ? from[h * dim + d] : 0.0f;
          } else if (h < heads) {
            weights[at] *= quantize_rotated(from + h * dim, dim, work, integers + at * dim);
            for (int64_t d = 0; d < dim; ++d) starts[at] -= 128 * integers[at * dim + d];
          } else {
            std::memset(integers + at * dim, 0, dim);
          }
        }
        queries[r] = {q + r * row_floats, integers + r * row_floats, starts + r * padded, weights + r * padded};
      }
    });
  }

  // Offers keys [first, last) to the rows [r0, r1), which belong to one sequence. `first` is a multiple of kTile.
  void offer(int64_t r0, int64_t r1, int64_t first, int64_t last, TopK* best) const {
    const int32_t* table = paged.table(r0);
    float scores[kTile];
    int64_t visible = 0;
    for (int64_t r = r0; r < r1; ++r) visible = std::max(visible, paged.visible(r));
    last = std::min(last, visible);
    if (starts) {
      int64_t start = last;
      for (int64_t r = r0; r < r1; ++r) start = std::min<int64_t>(start, starts[r]);
      first = std::max(first, start / kTile * kTile);
    }
    for (int64_t t = first; t < last; t += kTile) {
      // Two blocks; where the second does not exist its scores are of no use.
      const int64_t a = slot_of(table, t), b = t + kKeyGroup < last ? slot_of(table, t + kKeyGroup) : a;
      for (int64_t r = r0; r < r1; ++r) {
        const int64_t count = std::min(last, paged.visible(r)) - t;
        const int64_t skipped = starts ? std::max<int64_t>(starts[r] - t, 0) : 0;
        if (skipped >= std::min(count, kTile)) continue;
        if (bytes) {
          score_bytes(queries[r], padded, dim, bytes + a * dim, bytes + b * dim, scores);
          for (int64_t i = 0; i < kKeyGroup; ++i) scores[i] *= scales[a + i];
          for (int64_t i = 0; i < kKeyGroup; ++i) scores[kKeyGroup + i] *= scales[b + i];
        } else {
          score_floats(queries[r], padded, dim, floats + a * dim, scores);
          score_floats(queries[r], padded, dim, floats + b * dim, scores + kKeyGroup);
        }
        push(best[r - r0], scores, static_cast<int32_t>(t), skipped, std::min(count, kTile));
      }
    }
  }

  // Scores [skipped, count) of a tile.
  static CACHALOT_INLINE void push(TopK& best, const float* scores, int32_t first, int64_t skipped, int64_t count) {
#if defined(__AVX512F__)
    const uint32_t lanes = (count >= 32 ? ~0u : (1u << count) - 1) & ~((1u << skipped) - 1);
    best.push16(_mm512_loadu_ps(scores), first, static_cast<__mmask16>(lanes));
    best.push16(_mm512_loadu_ps(scores + 16), first + 16, static_cast<__mmask16>(lanes >> 16));
#else
    for (int64_t i = skipped; i < count; ++i) best.push(scores[i], first + static_cast<int32_t>(i));
#endif
  }

  // Scratch of `count` selections, private to the thread.
  void start(TopK* best, int64_t count) const {
    const int64_t size = TopK::capacity(k);
    float* scores = call.thread_scratch<float>(3 * size * count, 2);
    for (int64_t i = 0; i < count; ++i) {
      int32_t* integers = reinterpret_cast<int32_t*>(scores + count * size);
      best[i] = TopK(k, scores + i * size, integers + 2 * i * size, integers + (2 * i + 1) * size);
    }
  }

  void write(int64_t row, const TopK& best) const {
    int32_t* to = call.out(0).as<int32_t>() + row * k;
    for (int64_t i = 0; i < k; ++i) to[i] = best.has_nan() ? kScoreIsNan : i < best.size() ? best.positions()[i] : -1;
  }
};

}  // namespace

CACHALOT_KERNEL(index_select) {
  const IndexSelect x(call);
  struct Job {
    int64_t r0, r1;
  };
  std::vector<Job> jobs;
  int64_t most = 0;
  for (int64_t r = 0; r < x.rows; ++r) {
    most = std::max(most, x.paged.visible(r));
    if (!jobs.empty() && r - jobs.back().r0 < kRowsAtOnce && x.paged.sequence[r] == x.paged.sequence[r - 1])
      jobs.back().r1 = r + 1;
    else
      jobs.push_back({r, r + 1});
  }
  const int64_t count = static_cast<int64_t>(jobs.size());
  const int64_t cuts = std::clamp<int64_t>(std::min((2 * call.threads() + count - 1) / count, most / 2048), 1, 64);
  if (cuts == 1) {
    call.parallel_tasks(count, [&](int64_t j) {
      TopK best[kRowsAtOnce];
      x.start(best, kRowsAtOnce);
      const auto [r0, r1] = jobs[j];
      x.offer(r0, r1, 0, most, best);
      for (int64_t r = r0; r < r1; ++r) {
        best[r - r0].keep();
        x.write(r, best[r - r0]);
      }
    });
    return;
  }
  // [rows][cuts][k] candidates, and how many there are.
  float* scores = call.scratch<float>(x.rows * cuts * (2 * x.k + 1), 2);
  int32_t* positions = reinterpret_cast<int32_t*>(scores + x.rows * cuts * x.k);
  int32_t* sizes = positions + x.rows * cuts * x.k;
  const int64_t width = (most + cuts * kTile - 1) / (cuts * kTile) * kTile;
  call.parallel_tasks(count * cuts, [&](int64_t task) {
    const auto [r0, r1] = jobs[task / cuts];
    const int64_t cut = task % cuts;
    TopK best[kRowsAtOnce];
    x.start(best, kRowsAtOnce);
    x.offer(r0, r1, cut * width, (cut + 1) * width, best);
    for (int64_t r = r0; r < r1; ++r) {
      TopK& b = best[r - r0];
      b.keep();
      const int64_t at = r * cuts + cut;
      sizes[at] = b.has_nan() ? kScoreIsNan : static_cast<int32_t>(b.size());
      std::copy_n(b.scores(), b.size(), scores + at * x.k);
      std::copy_n(b.positions(), b.size(), positions + at * x.k);
    }
  });
  call.parallel(x.rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      TopK best;
      x.start(&best, 1);
      for (int64_t at = r * cuts; at < (r + 1) * cuts; ++at) {
        if (sizes[at] == kScoreIsNan) best.mark_nan();
        for (int64_t i = 0; i < sizes[at]; ++i) best.push(scores[at * x.k + i], positions[at * x.k + i]);
      }
      best.keep();
      x.write(r, best);
    }
  });
}
