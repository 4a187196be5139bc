// What every host of kernels shares (the Node addon, the WebAssembly module): the kernels by name, scratch memory, and how a
// call is written as numbers.
#pragma once
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernel.h"

namespace cachalot {

struct KernelEntry {
  KernelFunction by_level[4] = {};
};

inline std::map<std::string, KernelEntry>& registry() {
  static auto* entries = new std::map<std::string, KernelEntry>();
  return *entries;
}

// The best kernel of each name up to an instruction-set level, in the order of the names.
inline std::vector<KernelFunction> kernels_up_to(int level) {
  std::vector<KernelFunction> functions;
  for (const auto& [name, entry] : registry()) {
    KernelFunction function = nullptr;
    for (int l = level; l >= 0 && !function; --l) function = entry.by_level[l];
    functions.push_back(function);
  }
  return functions;
}

class Scratch {
 public:
  ~Scratch() {
    for (auto& slot : slots_) std::free(slot.first);
  }
  void* get(int slot, size_t bytes) {
    if (slots_.size() <= static_cast<size_t>(slot)) slots_.resize(slot + 1, {nullptr, 0});
    auto& s = slots_[slot];
    if (s.second < bytes) {
      std::free(s.first);
      const size_t rounded = (bytes + bytes / 4 + 4095) / 4096 * 4096;
      s.first = std::aligned_alloc(64, rounded);
      s.second = s.first ? rounded : 0;
      if (!s.first) std::abort();
    }
    return s.first;
  }

 private:
  std::vector<std::pair<void*, size_t>> slots_;
};

// A call as numbers: index of the kernel; numbers of inputs, tensors and attributes; the attributes; for each tensor (inputs,
// then outputs) its dtype code, or -1 for none, its rank, dimensions and address. Returns what is wrong with it, or null.
inline const char* decode_call(const double* at, const double* end, size_t kernels, size_t* kernel, KernelCall* call) {
  if (end - at < 4) return "run: the call is malformed";
  *kernel = static_cast<size_t>(at[0]);
  if (*kernel >= kernels) return "run: no such kernel";
  call->inputs = static_cast<int>(at[1]);
  const auto count = static_cast<int64_t>(at[2]), attrs = static_cast<int64_t>(at[3]);
  at += 4;
  if (attrs < 0 || count < 0 || attrs > end - at) return "run: the call is malformed";
  call->attrs.assign(at, at + attrs);
  at += attrs;
  call->tensors.assign(count, TensorView{});
  for (TensorView& view : call->tensors) {
    if (end - at < 3 || at[1] < 0 || at[1] > 8 || end - at < 3 + at[1]) return "run: a tensor is malformed";
    view.dtype = static_cast<DType>(static_cast<int>(at[0]));
    view.rank = static_cast<int>(at[1]);
    at += 2;
    for (int d = 0; d < view.rank; ++d) view.dims[d] = static_cast<int64_t>(*at++);
    const auto address = static_cast<uintptr_t>(*at++);
    if (view.dtype != DType::kAbsent) view.data = reinterpret_cast<void*>(address);
  }
  return nullptr;
}

}  // namespace cachalot
