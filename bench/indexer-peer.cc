// The lightning indexer as one would write it first: float32 scores of every key, then std::partial_sort. The compiler makes
// vector code of the dot products; rows, or for one row keys, are shared among threads.
//   indexer-peer <rows> <tokens> <heads> <dim> <k> <threads> <rounds>    prints seconds, the best of all rounds
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <thread>
#include <vector>

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <typename Body>
void parallel(int threads, int64_t count, const Body& body) {
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i)
    others.emplace_back([&body, i, count, threads] { body(count * i / threads, count * (i + 1) / threads); });
  body(0, count / threads);
  for (auto& other : others) other.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) return 2;
  const int64_t rows = std::atoll(argv[1]), tokens = std::atoll(argv[2]), heads = std::atoll(argv[3]);
  const int64_t dim = std::atoll(argv[4]), k = std::atoll(argv[5]);
  const int threads = std::atoi(argv[6]), rounds = std::atoi(argv[7]);
  uint32_t state = 1;
  const auto random = [&state] {
    state = state * 1664525u + 1013904223u;
    return static_cast<float>(state >> 8) / (1 << 23) - 1.0f;
  };
  std::vector<float> q(rows * heads * dim), keys(tokens * dim), weights(rows * heads), scores(rows * tokens);
  std::generate(q.begin(), q.end(), random);
  std::generate(keys.begin(), keys.end(), random);
  std::generate(weights.begin(), weights.end(), random);
  std::vector<int32_t> order(rows * tokens);
  const auto score = [&](int64_t row, int64_t first, int64_t last) {
    for (int64_t t = first; t < last; ++t) {
      float sum = 0;
      for (int64_t h = 0; h < heads; ++h) {
        const float* a = q.data() + (row * heads + h) * dim;
        const float* b = keys.data() + t * dim;
        float dot = 0;
        for (int64_t d = 0; d < dim; ++d) dot += a[d] * b[d];
        sum += weights[row * heads + h] * std::max(dot, 0.0f);
      }
      scores[row * tokens + t] = sum;
    }
  };
  const auto select = [&](int64_t row) {
    int32_t* first = order.data() + row * tokens;
    std::iota(first, first + tokens, 0);
    const float* s = scores.data() + row * tokens;
    std::partial_sort(first, first + std::min(k, tokens), first + tokens, [s](int32_t a, int32_t b) {
      return s[a] > s[b] || (s[a] == s[b] && a < b);
    });
  };
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const double began = now();
    if (rows >= threads) {
      parallel(threads, rows, [&](int64_t r0, int64_t r1) {
        for (int64_t row = r0; row < r1; ++row) {
          score(row, 0, tokens);
          select(row);
        }
      });
    } else {
      for (int64_t row = 0; row < rows; ++row) {
        parallel(threads, tokens, [&](int64_t t0, int64_t t1) { score(row, t0, t1); });
        select(row);
      }
    }
    best = std::min(best, now() - began);
  }
  std::printf("%.9f\n", best);
}
