// The other side of bench/gemm.mjs: times cblas_sgemm and the machine's FMA peak. Reads one request a line and answers
// each with one JSON line:
//   gemm <transA> <transB> <m> <n> <k> <lda> <ldb> <ldc> <batch> <strideA> <strideB> <strideC> <seconds>
//   peak <threads>
#include <cblas.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

extern "C" char* openblas_get_corename();

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<float>& filled(int slot, size_t size) {
  static std::vector<float> buffers[3];
  auto& buffer = buffers[slot];
  uint32_t state = 1;
  while (buffer.size() < size) {
    state = state * 1664525u + 1013904223u;
    buffer.push_back(static_cast<float>(state >> 8) / (1 << 23) - 1.0f);
  }
  return buffer;
}

// Ten independent accumulators hide the latency of a fused multiply-add.
double fma_flops(double seconds) {
#if defined(__AVX512F__)
  constexpr int kLanes = 16;
  using Vector = __m512;
#define FMA(a) a = _mm512_fmadd_ps(a, scale, shift)
  const Vector scale = _mm512_set1_ps(0.999f), shift = _mm512_set1_ps(0.001f);
#elif defined(__AVX2__) && defined(__FMA__)
  constexpr int kLanes = 8;
  using Vector = __m256;
#define FMA(a) a = _mm256_fmadd_ps(a, scale, shift)
  const Vector scale = _mm256_set1_ps(0.999f), shift = _mm256_set1_ps(0.001f);
#else
  constexpr int kLanes = 4;
  typedef float Vector __attribute__((vector_size(16)));
#define FMA(a) a = a * scale + shift
  const Vector scale = {0.999f, 0.999f, 0.999f, 0.999f}, shift = {0.001f, 0.001f, 0.001f, 0.001f};
#endif
  Vector a0 = shift, a1 = shift, a2 = shift, a3 = shift, a4 = shift, a5 = shift, a6 = shift, a7 = shift, a8 = shift,
         a9 = shift;
  // Opaque to the compiler, or it would see ten equal chains and keep one.
#define OPAQUE(a) asm volatile("" : "+x"(a))
#if !defined(__x86_64__)
#undef OPAQUE
#define OPAQUE(a) asm volatile("" : "+w"(a))
#elif defined(__AVX512F__)
#undef OPAQUE
#define OPAQUE(a) asm volatile("" : "+v"(a))
#endif
  OPAQUE(a0);
  OPAQUE(a1);
  OPAQUE(a2);
  OPAQUE(a3);
  OPAQUE(a4);
  OPAQUE(a5);
  OPAQUE(a6);
  OPAQUE(a7);
  OPAQUE(a8);
  OPAQUE(a9);
  constexpr int kInner = 100000;
  double best = 0;
  for (const double until = now() + seconds; now() < until;) {
    const double start = now();
    for (int i = 0; i < kInner; ++i) {
      FMA(a0), FMA(a1), FMA(a2), FMA(a3), FMA(a4), FMA(a5), FMA(a6), FMA(a7), FMA(a8), FMA(a9);
    }
    best = std::max(best, 20.0 * kLanes * kInner / (now() - start));
  }
  alignas(64) volatile float sink[kLanes];
  const Vector sum = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9;
  float lanes[kLanes];
  std::memcpy(lanes, &sum, sizeof lanes);
  for (int i = 0; i < kLanes; ++i) sink[i] = lanes[i];
  return best;
}

double peak(int threads) {
  std::vector<double> flops(threads);
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back([&flops, i] { flops[i] = fma_flops(0.3); });
  double total = 0;
  for (int i = 0; i < threads; ++i) {
    workers[i].join();
    total += flops[i];
  }
  return total;
}

}  // namespace

int main() {
  std::printf("{\"core\":\"%s\",\"config\":\"%s\"}\n", openblas_get_corename(), openblas_get_config());
  std::fflush(stdout);
  char line[512];
  while (std::fgets(line, sizeof line, stdin)) {
    int threads = 0;
    if (std::sscanf(line, "peak %d", &threads) == 1) {
      std::printf("{\"flops\":%.6g}\n", peak(threads));
      std::fflush(stdout);
      continue;
    }
    int trans_a, trans_b, m, n, k, lda, ldb, ldc, batch;
    long stride_a, stride_b, stride_c;
    double seconds;
    if (std::sscanf(line, "gemm %d %d %d %d %d %d %d %d %d %ld %ld %ld %lf", &trans_a, &trans_b, &m, &n, &k, &lda,
                    &ldb, &ldc, &batch, &stride_a, &stride_b, &stride_c, &seconds) != 13) {
      std::printf("{\"error\":\"malformed request\"}\n");
      std::fflush(stdout);
      continue;
    }
    const auto extent = [&](int rows, int ld, long stride) {
      return static_cast<size_t>(rows) * ld + static_cast<size_t>(batch - 1) * stride;
    };
    const float* a = filled(0, extent(trans_a ? k : m, lda, stride_a)).data();
    const float* b = filled(1, extent(trans_b ? n : k, ldb, stride_b)).data();
    float* c = filled(2, extent(m, ldc, stride_c)).data();
    const auto multiply = [&] {
      for (int i = 0; i < batch; ++i)
        if (m == 1 && trans_b && !trans_a)
          cblas_sgemv(CblasRowMajor, CblasNoTrans, n, k, 1.0f, b + i * stride_b, ldb, a + i * stride_a, 1, 0.0f,
                      c + i * stride_c, 1);
        else
          cblas_sgemm(CblasRowMajor, trans_a ? CblasTrans : CblasNoTrans, trans_b ? CblasTrans : CblasNoTrans, m, n, k,
                    1.0f, a + i * stride_a, lda, b + i * stride_b, ldb, 0.0f, c + i * stride_c, ldc);
    };
    multiply();
    // Short products are timed many at once, as on the other side.
    double start = now();
    multiply();
    const int inner = std::max(1, static_cast<int>(2e-4 / std::max(now() - start, 1e-7)));
    double best = 1e30;
    const double until = now() + seconds;
    do {
      start = now();
      for (int i = 0; i < inner; ++i) multiply();
      best = std::min(best, (now() - start) / inner);
    } while (now() < until);
    std::printf("{\"seconds\":%.9g}\n", best);
    std::fflush(stdout);
  }
}
