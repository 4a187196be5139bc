// What a kernel sees. Kernels are compiled once per instruction set, each time into its own namespace, and
// registered by name; the addon picks the best one the machine runs.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "thread_pool.h"

#ifndef CACHALOT_ISA
#define CACHALOT_ISA portable
#define CACHALOT_ISA_LEVEL 0
#endif

// Everything here is inlined into its caller: were it not, the linker could merge an AVX-512 copy into portable code.
#define CACHALOT_INLINE inline __attribute__((always_inline))

namespace cachalot {

enum class DType : int { kAbsent = -1, kF32 = 0, kBF16 = 1, kF8E4M3 = 2, kI32 = 3, kU8 = 4 };

struct TensorView {
  void* data = nullptr;
  DType dtype = DType::kAbsent;
  int rank = 0;
  int64_t dims[8] = {};

  CACHALOT_INLINE bool present() const { return data != nullptr; }
  template <typename T>
  CACHALOT_INLINE T* as() const {
    return static_cast<T*>(data);
  }
  // Negative axes count from the end.
  CACHALOT_INLINE int64_t dim(int axis) const { return dims[axis < 0 ? rank + axis : axis]; }
  CACHALOT_INLINE int64_t size() const {
    int64_t n = 1;
    for (int i = 0; i < rank; ++i) n *= dims[i];
    return n;
  }
  // Product of all dimensions but the last `trailing`.
  CACHALOT_INLINE int64_t rows(int trailing = 1) const {
    int64_t n = 1;
    for (int i = 0; i < rank - trailing; ++i) n *= dims[i];
    return n;
  }
};

// Grows and is kept: scratch memory costs nothing after the first call. One slot per use within a kernel.
void* scratch_memory(int slot, size_t bytes);
// The same, private to the calling thread: for use inside parallel().
void* thread_scratch_memory(int slot, size_t bytes);

class KernelCall {
 public:
  std::vector<TensorView> tensors;
  int inputs = 0;
  std::vector<double> attrs;

  CACHALOT_INLINE const TensorView& in(int i) const { return tensors[i]; }
  CACHALOT_INLINE const TensorView& out(int i) const { return tensors[inputs + i]; }
  CACHALOT_INLINE double attr(int i) const { return attrs[i]; }
  CACHALOT_INLINE int threads() const { return ThreadPool::instance().threads(); }

  template <typename T>
  CACHALOT_INLINE T* scratch(int64_t count, int slot = 0) const {
    return static_cast<T*>(scratch_memory(slot, count * sizeof(T)));
  }
  template <typename T>
  CACHALOT_INLINE T* thread_scratch(int64_t count, int slot = 0) const {
    return static_cast<T*>(thread_scratch_memory(slot, count * sizeof(T)));
  }

  // body(i) for every i in [0, n), in any order on any thread.
  template <typename Body>
  void parallel_tasks(int64_t n, const Body& body) const {
    ThreadPool::instance().run(
        n, [](void* raw, int64_t i) { (*static_cast<const Body*>(raw))(i); },
        const_cast<void*>(static_cast<const void*>(&body)));
  }

  // body(begin, end) over [0, n) in blocks of at least `grain`.
  template <typename Body>
  void parallel(int64_t n, int64_t grain, const Body& body) const {
    if (n <= 0) return;
    const int64_t most = static_cast<int64_t>(threads()) * 4;
    int64_t blocks = (n + grain - 1) / grain;
    if (blocks > most) blocks = most;
    if (blocks <= 1) {
      body(int64_t{0}, n);
      return;
    }
    struct State {
      const Body* body;
      int64_t n, blocks;
    } state{&body, n, blocks};
    ThreadPool::instance().run(
        blocks,
        [](void* raw, int64_t block) {
          auto* s = static_cast<State*>(raw);
          (*s->body)(s->n * block / s->blocks, s->n * (block + 1) / s->blocks);
        },
        &state);
  }
};

using KernelFunction = void (*)(const KernelCall&);

struct KernelRegistrar {
  KernelRegistrar(const char* name, int isa_level, KernelFunction function);
};

CACHALOT_INLINE float bf16_to_float(uint16_t bits) {
  union {
    uint32_t u;
    float f;
  } v{static_cast<uint32_t>(bits) << 16};
  return v.f;
}

// Round to nearest even; NaN stays NaN.
CACHALOT_INLINE uint16_t float_to_bf16(float value) {
  union {
    float f;
    uint32_t u;
  } v{value};
  if ((v.u & 0x7fffffffu) > 0x7f800000u) return static_cast<uint16_t>((v.u >> 16) | 0x40u);
  return static_cast<uint16_t>((v.u + 0x7fffu + ((v.u >> 16) & 1u)) >> 16);
}

}  // namespace cachalot

#define CACHALOT_KERNEL(name)                                                                              \
  static void cachalot_kernel_##name(const ::cachalot::KernelCall& call);                                  \
  static const ::cachalot::KernelRegistrar cachalot_registrar_##name(#name, CACHALOT_ISA_LEVEL,            \
                                                                     cachalot_kernel_##name);              \
  static void cachalot_kernel_##name([[maybe_unused]] const ::cachalot::KernelCall& call)
