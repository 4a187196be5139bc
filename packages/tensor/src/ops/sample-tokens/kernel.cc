#include <algorithm>

#include "fast_exp.h"

namespace {

// The sampling distribution of one row of logits: temperature, then top-k, then top-p.
struct Distribution {
  const float* logits;
  float* weights;  // [n], not normalised; 0 for tokens that are left out
  int64_t n;
  int64_t best;    // -1 where no logit is finite
  float max;
  double inverse;  // 1 / temperature
  double mass;     // sum of the weights
  bool limited;    // by top-k, top-p or greedy sampling

  CACHALOT_INLINE double probability(int64_t id) const { return weights[id] / mass; }
};

// NaN counts as impossible. Without branches, so that loops become vector code.
CACHALOT_INLINE float exp_below(float logit, float max, float inverse) {
  const float below = logit <= max ? logit - max : -__builtin_inff();
  return fast_exp(std::max(below * inverse, -1e30f));
}

// Weights are at most 1, so the upper bits of their floats sort them into this many buckets, each an eighth of an octave.
constexpr int kBuckets = 1024;
CACHALOT_INLINE int bucket_of(float weight) { return static_cast<int>(__builtin_bit_cast(uint32_t, weight) >> 20); }

// Keeps the largest weights until they are enough (ties: the lower id) and sets the others to 0; returns the sum of those
// kept. Only the bucket the limit falls into is sorted: sorting the vocabulary would take longer than a small model's pass.
template <typename Enough>
double keep_best(float* weights, int64_t n, int32_t* undecided, const Enough& enough) {
  int32_t counts[kBuckets] = {};
  double masses[kBuckets] = {};
  for (int64_t id = 0; id < n; ++id) {
    const int bucket = bucket_of(weights[id]);
    ++counts[bucket];
    masses[bucket] += weights[id];
  }
  int edge = kBuckets - 1;
  int64_t count = 0;
  double mass = 0;
  for (; edge > 0 && !enough(count + counts[edge], mass + masses[edge]); --edge) {
    count += counts[edge];
    mass += masses[edge];
  }
  int64_t open = 0;
  for (int64_t id = 0; id < n; ++id) {
    const int bucket = bucket_of(weights[id]);
    if (bucket == edge && weights[id] > 0) undecided[open++] = static_cast<int32_t>(id);
    if (bucket < edge) weights[id] = 0;
  }
  std::sort(undecided, undecided + open,
            [&](int32_t a, int32_t b) { return weights[a] > weights[b] || (weights[a] == weights[b] && a < b); });
  for (int64_t i = 0; i < open; ++i) {
    float& weight = weights[undecided[i]];
    if (enough(count, mass)) {
      weight = 0;
    } else {
      ++count;
      mass += weight;
    }
  }
  return mass;
}

// `weights` and `scratch` hold n elements.
Distribution distribution_of(const float* logits, int64_t n, const float* parameters, float* weights, int32_t* scratch) {
  const float temperature = parameters[0], top_p = parameters[1];
  const int64_t top_k = static_cast<int64_t>(parameters[2]);
  Distribution d{logits, weights, n, -1, -__builtin_inff(), 1, 1, false};
  for (int64_t i = 0; i < n; ++i)
    if (logits[i] > d.max) {
      d.max = logits[i];
      d.best = i;
    }
  if (d.max == __builtin_inff()) d.best = -1;
  if (d.best < 0) return d;
  if (temperature == 0 || top_k == 1) {
    d.limited = true;
    std::fill(weights, weights + n, 0.0f);
    weights[d.best] = 1;
    return d;
  }
  d.inverse = std::min(1.0 / temperature, 1e30);
  const float inverse = static_cast<float>(d.inverse);
  for (int64_t i = 0; i < n; ++i) weights[i] = exp_below(logits[i], d.max, inverse);
  d.mass = 0;
  for (int64_t i = 0; i < n; ++i) d.mass += weights[i];
  const bool by_rank = top_k > 0 && top_k < n;
  d.limited = by_rank || top_p < 1;
  if (by_rank) d.mass = keep_best(weights, n, scratch, [&](int64_t count, double) { return count >= top_k; });
  if (top_p < 1) {
    const double wanted = static_cast<double>(top_p) * d.mass;
    d.mass = keep_best(weights, n, scratch, [&](int64_t count, double mass) { return count > 0 && mass >= wanted; });
  }
  return d;
}

// The token whose share of the weights, in order of ids, holds `u` of `mass`.
template <typename Weight>
CACHALOT_INLINE int32_t draw(const Distribution& d, double mass, double u, const Weight& weight) {
  const double wanted = u * mass;
  double sum = 0;
  int64_t last = d.best;
  for (int64_t id = 0; id < d.n; ++id) {
    const double own = weight(id);
    if (own <= 0) continue;
    sum += own;
    last = id;
    if (wanted < sum) break;
  }
  return static_cast<int32_t>(last);
}

int32_t draw(const Distribution& d, double u) {
  return draw(d, d.mass, u, [&](int64_t id) -> double { return d.weights[id]; });
}

// Speculative sampling: the draft, drawn from q, or a token of max(p - q, 0); either way the distribution is p.
int32_t accept_or_replace(const Distribution& p, const Distribution& q, int32_t draft, double u, double v) {
  if (u * q.probability(draft) < p.probability(draft)) return draft;
  const auto rest = [&](int64_t id) { return std::max(p.probability(id) - q.probability(id), 0.0); };
  double total = 0;
  for (int64_t id = 0; id < p.n; ++id) total += rest(id);
  // Where rounding leaves nothing, p and q are the same.
  return total > 0 ? draw(p, total, v, rest) : draw(p, v);
}

float logprob_of(const Distribution& d, int32_t token) {
  const double below = static_cast<double>(d.logits[token]) - static_cast<double>(d.max);
  return static_cast<float>(below * d.inverse - std::log(d.mass));
}

// Log-probability of the model itself, and of its `k` most probable tokens.
float raw_scores(const Distribution& d, int32_t token, int64_t k, int32_t* ids, float* logprobs) {
  double total = 0;
  for (int64_t i = 0; i < d.n; ++i) total += exp_below(d.logits[i], d.max, 1);
  const double normalizer = static_cast<double>(d.max) + std::log(total);
  int64_t found = 0;
  for (int64_t id = 0; k > 0 && id < d.n; ++id) {
    const float logit = d.logits[id];
    if (!(logit > (found < k ? -__builtin_inff() : d.logits[ids[k - 1]]))) continue;
    int64_t at = found < k ? found++ : k - 1;
    for (; at > 0 && d.logits[ids[at - 1]] < logit; --at) ids[at] = ids[at - 1];
    ids[at] = static_cast<int32_t>(id);
  }
  for (int64_t i = 0; i < k; ++i) {
    if (i >= found) ids[i] = -1;
    logprobs[i] = i < found ? static_cast<float>(d.logits[ids[i]] - normalizer) : -__builtin_inff();
  }
  return static_cast<float>(d.logits[token] - normalizer);
}

// A bit per token, lowest first. What nothing limits keeps every token, also those too improbable for a float.
void write_kept(const Distribution& d, uint8_t* bits) {
  for (int64_t byte = 0; byte < (d.n + 7) / 8; ++byte) {
    unsigned value = 0;
    for (int64_t id = 8 * byte; id < std::min(d.n, 8 * byte + 8); ++id)
      value |= static_cast<unsigned>(!d.limited || d.weights[id] > 0) << (id - 8 * byte);
    bits[byte] = static_cast<uint8_t>(value);
  }
}

}  // namespace

CACHALOT_KERNEL(sample_tokens) {
  const float* logits = call.in(0).as<float>();
  const float* parameters = call.in(1).as<float>();
  const int32_t* drafts = call.in(2).present() ? call.in(2).as<int32_t>() : nullptr;
  const int32_t* draft_rows = drafts ? call.in(3).as<int32_t>() : nullptr;
  const float* draft_logits = drafts ? call.in(4).as<float>() : nullptr;
  const int64_t rows = call.in(0).dim(0), vocab = call.in(0).dim(1);
  const int64_t top = static_cast<int64_t>(call.attr(0));
  int32_t* tokens = call.out(0).as<int32_t>();
  float* logprobs = call.out(1).as<float>();
  float* raw = top >= 0 ? call.out(2).as<float>() : nullptr;
  int32_t* top_ids = top > 0 ? call.out(3).as<int32_t>() : nullptr;
  float* top_logprobs = top > 0 ? call.out(4).as<float>() : nullptr;
  uint8_t* kept = call.attr(1) ? call.out(2 + (top >= 0) + 2 * (top > 0)).as<uint8_t>() : nullptr;
  call.parallel_tasks(rows, [&](int64_t r) {
    float* scratch = call.thread_scratch<float>((drafts ? 4 : 2) * vocab, 1);
    const auto distribution = [&](const float* row, int64_t at) {
      float* weights = scratch + 2 * at * vocab;
      return distribution_of(row, vocab, parameters + 5 * r, weights, reinterpret_cast<int32_t*>(weights + vocab));
    };
    const Distribution p = distribution(logits + r * vocab, 0);
    const double u = parameters[5 * r + 3], v = parameters[5 * r + 4];
    int32_t token = -1;
    if (p.best >= 0) {
      const int32_t draft = drafts ? drafts[r] : -1;
      token = draft < 0 ? draw(p, u)
                        : accept_or_replace(p, distribution(draft_logits + draft_rows[r] * vocab, 1), draft, u, v);
    }
    tokens[r] = token;
    logprobs[r] = token < 0 ? __builtin_nanf("") : logprob_of(p, token);
    if (raw) {
      if (token >= 0) {
        raw[r] = raw_scores(p, token, top, top_ids + r * top, top_logprobs + r * top);
      } else {
        raw[r] = __builtin_nanf("");
        for (int64_t i = 0; i < top; ++i) {
          top_ids[r * top + i] = -1;
          top_logprobs[r * top + i] = -__builtin_inff();
        }
      }
    }
    if (kept) {
      uint8_t* bits = kept + r * ((vocab + 7) / 8);
      if (token >= 0) write_kept(p, bits);
      else std::fill(bits, bits + (vocab + 7) / 8, 0);
    }
  });
}
