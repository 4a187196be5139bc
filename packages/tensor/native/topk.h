// The k largest of a stream of scores, exactly; of equal ones those at the lowest positions. One that is NaN is remembered.
#pragma once
#include <algorithm>

#include "kernel.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace {

// Floats as integers of the same order.
CACHALOT_INLINE int32_t ordered_bits(float x) {
  const int32_t bits = __builtin_bit_cast(int32_t, x + 0.0f);
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

// The k-th largest of n scores, by halving the range it can lie in: every step is one pass of vector compares.
inline float kth_largest(const float* scores, int64_t n, int64_t k, int32_t* work) {
  int32_t low = INT32_MAX, high = INT32_MIN;
  for (int64_t i = 0; i < n; ++i) {
    work[i] = ordered_bits(scores[i]);
    low = std::min(low, work[i]);
    high = std::max(high, work[i]);
  }
  // Invariant: at least k scores are >= low, fewer than k are > high.
  while (low < high) {
    const int32_t middle = static_cast<int32_t>((static_cast<int64_t>(low) + high + 1) >> 1);
    int32_t count = 0;
    for (int64_t i = 0; i < n; ++i) count += work[i] >= middle;
    if (count >= k)
      low = middle;
    else
      high = middle - 1;
  }
  return __builtin_bit_cast(float, low ^ ((low >> 31) & 0x7fffffff));
}

// Candidates in order of position. Positions must come in ascending order.
class TopK {
 public:
  // Elements of scratch needed, floats and integers alike, each twice.
  static int64_t capacity(int64_t k) { return 2 * std::max<int64_t>(k, 512) + 16; }

  TopK() = default;
  TopK(int64_t k, float* scores, int32_t* positions, int32_t* work)
      : k_(k), limit_(capacity(k) - 16), scores_(scores), positions_(positions), work_(work) {}

  CACHALOT_INLINE void push(float score, int32_t position) {
    has_nan_ |= score != score;
    scores_[size_] = score;
    positions_[size_] = position;
    size_ += score > cut_;
    if (size_ >= limit_) keep();
  }

#if defined(__AVX512F__)
  CACHALOT_INLINE void push16(__m512 scores, int32_t first, __mmask16 lanes) {
    has_nan_ |= _mm512_mask_cmp_ps_mask(lanes, scores, scores, _CMP_UNORD_Q) != 0;
    const __mmask16 taken = _mm512_mask_cmp_ps_mask(lanes, scores, _mm512_set1_ps(cut_), _CMP_GT_OQ);
    if (!taken) return;
    const __m512i positions = _mm512_add_epi32(
        _mm512_set1_epi32(first), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    _mm512_storeu_ps(scores_ + size_, _mm512_maskz_compress_ps(taken, scores));
    _mm512_storeu_si512(positions_ + size_, _mm512_maskz_compress_epi32(taken, positions));
    size_ += __builtin_popcount(taken);
    if (size_ >= limit_) keep();
  }
#endif

  // Leaves the k best.
  void keep() {
    if (size_ <= k_) return;
    cut_ = kth_largest(scores_, size_, k_, work_);
    int64_t above = 0;
    for (int64_t i = 0; i < size_; ++i) above += scores_[i] > cut_;
    int64_t ties = k_ - above, kept = 0;
    for (int64_t i = 0; i < size_; ++i) {
      const float score = scores_[i];
      const bool tie = score == cut_ && ties > 0;
      scores_[kept] = score;
      positions_[kept] = positions_[i];
      ties -= tie;
      kept += score > cut_ || tie;
    }
    size_ = kept;
  }

  int64_t size() const { return size_; }
  // Whether any score was NaN: then there are no k largest.
  bool has_nan() const { return has_nan_; }
  void mark_nan() { has_nan_ = true; }
  const float* scores() const { return scores_; }
  const int32_t* positions() const { return positions_; }

 private:
  bool has_nan_ = false;
  int64_t k_ = 0, limit_ = 0, size_ = 0;
  float cut_ = -__builtin_inff();
  float* scores_ = nullptr;
  int32_t* positions_ = nullptr;
  int32_t* work_ = nullptr;
};

}  // namespace
