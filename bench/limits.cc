// What the machine can do: prints {"threads", "readGigabytes", "fmaGflops", "bf16Gflops", "int8Gops"} per second, the best
// of several rounds. Rates the CPU has no instruction for are left out.
//   limits <threads> <rounds>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Units of work per second of `body(thread)` on all threads at once.
template <typename Body>
double rate(int threads, int rounds, double work, const Body& body) {
  double best = 0;
  for (int round = 0; round < rounds; ++round) {
    const double began = now();
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back([&body, i] { body(i); });
    body(0);
    for (auto& other : others) other.join();
    best = std::max(best, work / (now() - began));
  }
  return best;
}

// Twelve sums hide the latency of the instruction; the assembler keeps the compiler from removing them.
template <typename Sum, typename Step>
void spin(int64_t count, Sum zero, const Step& step) {
  Sum sums[12];
  for (auto& sum : sums) sum = zero;
  for (int64_t i = 0; i < count; ++i) {
#pragma GCC unroll 12
    for (int lane = 0; lane < 12; ++lane) sums[lane] = step(sums[lane]);
  }
  Sum total = sums[0];
  for (int lane = 1; lane < 12; ++lane) total = total + sums[lane];
  asm volatile("" : : "m"(total));
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  const size_t bytes = size_t{512} << 20;
  uint64_t* memory = static_cast<uint64_t*>(std::aligned_alloc(4096, bytes));
  std::memset(memory, 1, bytes);
  const double read = rate(threads, rounds, bytes, [&](int i) {
    const size_t words = bytes / 8 / threads;
    const uint64_t* from = memory + words * i;
    typedef uint64_t Words __attribute__((vector_size(64)));
    Words sums[4] = {};
    for (size_t at = 0; at + 32 <= words; at += 32)
      for (int lane = 0; lane < 4; ++lane) sums[lane] ^= *reinterpret_cast<const Words*>(from + at + 8 * lane);
    asm volatile("" : : "m"(sums));
  });
  std::printf("{\"threads\": %d, \"readGigabytes\": %.2f", threads, read / 1e9);
#if defined(__FMA__)
#if defined(__AVX512F__)
  typedef __m512 Floats;
  const Floats ones = _mm512_set1_ps(1e-3f);
  const auto fma = [&](Floats sum) { return _mm512_fmadd_ps(sum, ones, ones); };
#else
  typedef __m256 Floats;
  const Floats ones = _mm256_set1_ps(1e-3f);
  const auto fma = [&](Floats sum) { return _mm256_fmadd_ps(sum, ones, ones); };
#endif
  const int64_t count = 4'000'000;
  const double fmas = rate(threads, rounds, 12.0 * count * threads * sizeof(Floats) / 4 * 2,
                           [&](int) { spin(count, ones, fma); });
  std::printf(", \"fmaGflops\": %.1f", fmas / 1e9);
#endif
#if defined(__AVX512BF16__)
  const __m512bh halves = reinterpret_cast<__m512bh>(_mm512_set1_epi16(0x3c00));
  const double bf16 = rate(threads, rounds, 12.0 * count * threads * 64, [&](int) {
    spin(count, _mm512_setzero_ps(), [&](__m512 sum) { return _mm512_dpbf16_ps(sum, halves, halves); });
  });
  std::printf(", \"bf16Gflops\": %.1f", bf16 / 1e9);
#endif
#if defined(__AVX512VNNI__)
  const __m512i integers = _mm512_set1_epi8(3);
  const double int8 = rate(threads, rounds, 12.0 * count * threads * 128, [&](int) {
    spin(count, _mm512_setzero_si512(), [&](__m512i sum) { return _mm512_dpbusd_epi32(sum, integers, integers); });
  });
  std::printf(", \"int8Gops\": %.1f", int8 / 1e9);
#endif
  std::printf("}\n");
}
