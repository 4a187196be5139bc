// A task is one row, sixteen heads and a range of keys. Rows with many keys are cut into ranges whose results are merged,
// by their number of keys only: the same bits for any number of threads.
#include <cmath>

#include "latent_rows.h"
#include "block_table.h"

namespace {

constexpr int64_t kRangeKeys = 512;

struct PagedAttention {
  const cachalot::KernelCall& call;
  PagedRows paged;
  int64_t rows, heads, groups, dim, value_dim, k;
  float scale;
  const int32_t* indices;
  bool bf16;

  explicit PagedAttention(const cachalot::KernelCall& call)
      : call(call), paged(call, 2), rows(call.in(0).dim(0)), heads(call.in(0).dim(1)),
        groups((heads + kHeadLanes - 1) / kHeadLanes), dim(call.in(0).dim(2)), value_dim(call.out(0).dim(2)),
        k(call.in(5).present() ? call.in(5).dim(1) : 0), scale(static_cast<float>(call.attr(0))),
        indices(call.in(5).present() ? call.in(5).as<int32_t>() : nullptr),
        bf16(call.in(1).dtype == cachalot::DType::kBF16) {}

  int64_t keys(int64_t row) const {
    if (!indices) return paged.visible(row);
    int64_t n = k;
    while (n > 0 && indices[row * k + n - 1] < 0) --n;
    return n;
  }
  int64_t slot(const int32_t* table, int64_t row, int64_t i) const {
    return slot_of(table, indices ? indices[row * k + i] : i);
  }

  // Queries of a group of heads as [dim][16], zero beyond the last head; rounded where keys are bf16.
  void load_queries(int64_t row, int64_t group, float* to) const {
    const float* q = call.in(0).as<float>() + (row * heads + group * kHeadLanes) * dim;
    const int64_t count = std::min(kHeadLanes, heads - group * kHeadLanes);
    for (int64_t d = 0; d < dim; ++d)
      for (int64_t h = 0; h < kHeadLanes; ++h) {
        const float x = h < count ? q[h * dim + d] : 0.0f;
        to[d * kHeadLanes + h] = bf16 ? cachalot::bf16_to_float(cachalot::float_to_bf16(x)) : x;
      }
  }

#if defined(CACHALOT_FEW_HEADS)
  bool few() const { return heads <= kFewHeads && dim % 16 == 0 && value_dim % 16 == 0 && !bf16; }

  void attend_few(int64_t row, int64_t first, int64_t last, RunningSoftmax& to) const {
    float* q = call.thread_scratch<float>(kFewHeads * dim + kBlockKeys * kFewHeads, 1);
    float* scores = q + kFewHeads * dim;
    std::memcpy(q, call.in(0).as<float>() + row * heads * dim, heads * dim * 4);
    std::memset(q + heads * dim, 0, (kFewHeads - heads) * dim * 4);
    const int32_t* table = paged.table(row);
    const float* pool = call.in(1).as<float>();
    for (int64_t begin = first; begin < last; begin += kBlockKeys) {
      const int64_t count = std::min(kBlockKeys, last - begin);
      const float* at[kBlockKeys];
      for (int64_t i = 0; i < count; ++i) at[i] = pool + slot(table, row, begin + i) * dim;
      few_scores(q, dim, at, count, scale, scores);
      update_few_softmax(to, scores, count, value_dim);
      add_few_values(scores, at, count, value_dim, to.values);
    }
  }
#endif

  void attend(int64_t row, int64_t group, int64_t first, int64_t last, RunningSoftmax& to) const {
    for (int64_t h = 0; h < kHeadLanes; ++h) {
      to.max[h] = -__builtin_inff();
      to.sum[h] = 0;
    }
    std::memset(to.values, 0, kHeadLanes * value_dim * 4);
#if defined(CACHALOT_FEW_HEADS)
    if (few()) return attend_few(row, first, last, to);
#endif
    float* q = call.thread_scratch<float>((2 * kHeadLanes + kBlockKeys) * dim + kBlockKeys * kHeadLanes, 1);
    float* widened = q + 2 * kHeadLanes * dim;
    float* scores = widened + kBlockKeys * dim;
#if defined(__AVX512BF16__)
    const bool pairs = bf16 && value_dim % 16 == 0;
    // The rows of this block and of the next, in turns.
    const uint16_t* addresses[2][kBlockKeys];
    const auto locate = [&](int64_t begin, const uint16_t** to) {
      const int64_t count = std::clamp<int64_t>(last - begin, 0, kBlockKeys);
      const uint16_t* rows = call.in(1).as<uint16_t>();
      for (int64_t i = 0; i < count; ++i) to[i] = rows + slot(paged.table(row), row, begin + i) * dim;
      return count;
    };
    int turn = 0;
    if (pairs) {
      const int64_t count = locate(first, addresses[0]);
      for (int64_t i = 0; i < count; ++i) prefetch_row(addresses[0][i], dim);
    }
    load_queries(row, group, q);
    uint16_t* q_pairs = reinterpret_cast<uint16_t*>(q + kHeadLanes * dim);
    if (pairs)
      for (int64_t d = 0; d < dim; ++d)
        for (int64_t h = 0; h < kHeadLanes; ++h)
          q_pairs[d / 2 * 32 + h * 2 + d % 2] =
              static_cast<uint16_t>(__builtin_bit_cast(uint32_t, q[d * kHeadLanes + h]) >> 16);
#else
    const bool pairs = false;
    load_queries(row, group, q);
#endif
    const int32_t* table = paged.table(row);
    const auto& pool = call.in(1);
    for (int64_t begin = first; begin < last; begin += kBlockKeys) {
      const int64_t count = std::min(kBlockKeys, last - begin);
      if (pairs) {
#if defined(__AVX512BF16__)
        const uint16_t *const *at = addresses[turn], *const *next = addresses[1 - turn];
        const int64_t next_count = locate(begin + count, addresses[1 - turn]);
        turn = 1 - turn;
        bf16_scores(q_pairs, dim, at, count, scale, scores, next, next_count);
        update_softmax(to, scores, count, value_dim);
        add_bf16_values(scores, at, count, value_dim, to.values);
#endif
        continue;
      }
      int64_t slots[kBlockKeys];
      for (int64_t i = 0; i < count; ++i) slots[i] = slot(table, row, begin + i);
      const float* at[kBlockKeys];
      for (int64_t i = 0; i < count; ++i) {
        at[i] = bf16 ? widened + i * dim : pool.as<float>() + slots[i] * dim;
        if (bf16)
          for (int64_t d = 0; d < dim; ++d)
            widened[i * dim + d] = cachalot::bf16_to_float(pool.as<uint16_t>()[slots[i] * dim + d]);
      }
      float_scores(q, dim, at, count, scale, scores);
      update_softmax(to, scores, count, value_dim);
      add_float_values(scores, at, count, std::min(kHeadLanes, heads - group * kHeadLanes), value_dim, to.values);
    }
  }

  // Merges the ranges of a row and group and writes the heads there are.
  void finish(int64_t row, int64_t group, RunningSoftmax* ranges, int64_t count) const {
    const int64_t present = std::min(kHeadLanes, heads - group * kHeadLanes);
    for (int64_t h = 0; h < present; ++h) {
      float max = -__builtin_inff(), sum = 0;
      for (int64_t i = 0; i < count; ++i) max = ranges[i].max[h] > max ? ranges[i].max[h] : max;
      float* to = call.out(0).as<float>() + (row * heads + group * kHeadLanes + h) * value_dim;
      for (int64_t i = 0; i < count; ++i) sum += ranges[i].sum[h] * fast_exp(ranges[i].max[h] - max);
      for (int64_t i = 0; i < count; ++i) {
        const float factor = sum > 0 ? fast_exp(ranges[i].max[h] - max) / sum : 0.0f;
        const float* from = ranges[i].values + h * value_dim;
        for (int64_t d = 0; d < value_dim; ++d) to[d] = i == 0 ? factor * from[d] : to[d] + factor * from[d];
      }
    }
  }
};

}  // namespace

CACHALOT_KERNEL(paged_attention) {
  const PagedAttention x(call);
  struct Job {
    int64_t row, group, first, last, part, parts;
  };
  std::vector<Job> jobs;
  for (int64_t r = 0; r < x.rows; ++r) {
    const int64_t keys = x.keys(r);
    // Enough rows keep every thread busy without cutting any.
    const int64_t parts = x.rows * x.groups >= 64 ? 1 : std::clamp<int64_t>(keys / kRangeKeys * 2, 1, 32);
    for (int64_t g = 0; g < x.groups; ++g)
      for (int64_t p = 0; p < parts; ++p) jobs.push_back({r, g, keys * p / parts, keys * (p + 1) / parts, p, parts});
  }
  const int64_t count = static_cast<int64_t>(jobs.size());
  const int64_t size = kHeadLanes * x.value_dim;
  if (x.rows * x.groups >= 64) {
    call.parallel(count, 1, [&](int64_t begin, int64_t end) {
      RunningSoftmax state;
      state.values = call.thread_scratch<float>(size, 2);
      for (int64_t j = begin; j < end; ++j) {
        x.attend(jobs[j].row, jobs[j].group, jobs[j].first, jobs[j].last, state);
        x.finish(jobs[j].row, jobs[j].group, &state, 1);
      }
    });
    return;
  }
  std::vector<RunningSoftmax> states(count);
  float* values = call.scratch<float>(count * size, 1);
  call.parallel_tasks(count, [&](int64_t j) {
    states[j].values = values + j * size;
    x.attend(jobs[j].row, jobs[j].group, jobs[j].first, jobs[j].last, states[j]);
  });
  for (int64_t j = 0; j < count; j += jobs[j].parts) x.finish(jobs[j].row, jobs[j].group, &states[j], jobs[j].parts);
}
