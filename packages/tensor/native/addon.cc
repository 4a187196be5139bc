// The only file that speaks N-API: loads, picks an instruction set, and runs kernels by name.
#include <node_api.h>

#include <cstring>
#include <map>
#include <memory>
#include <string>

#include "kernel.h"

namespace cachalot {
namespace {

struct Entry {
  KernelFunction by_level[4] = {};
};

std::map<std::string, Entry>& registry() {
  static auto* entries = new std::map<std::string, Entry>();
  return *entries;
}

const char* kIsaNames[] = {"portable", "avx2", "avx512", "avx512dot"};

int best_isa_level() {
  int level = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) level = 1;
  if (level == 1 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    level = 2;
  if (level == 2 && __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vnni")) level = 3;
#endif
  if (const char* wanted = std::getenv("CACHALOT_ISA")) {
    for (int asked = 0; asked < level; ++asked)
      if (!std::strcmp(wanted, kIsaNames[asked])) level = asked;
  }
  return level;
}

struct Scratch {
  std::vector<std::pair<void*, size_t>> slots;
  ~Scratch() {
    for (auto& slot : slots) std::free(slot.first);
  }
  void* get(int slot, size_t bytes) {
    if (slots.size() <= static_cast<size_t>(slot)) slots.resize(slot + 1, {nullptr, 0});
    auto& s = slots[slot];
    if (s.second < bytes) {
      std::free(s.first);
      const size_t rounded = (bytes + bytes / 4 + 4095) / 4096 * 4096;
      s.first = std::aligned_alloc(64, rounded);
      s.second = s.first ? rounded : 0;
      if (!s.first) std::abort();
    }
    return s.first;
  }
};

void fail(napi_env env, const char* message) { napi_throw_error(env, nullptr, message); }

napi_value run(napi_env env, napi_callback_info info) {
  size_t argc = 5;
  napi_value argv[5];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  char name[64];
  size_t length = 0;
  if (argc != 5 || napi_get_value_string_utf8(env, argv[0], name, sizeof name, &length) != napi_ok) {
    fail(env, "run: expected (kernel, tensors, inputs, dims, attrs)");
    return nullptr;
  }
  const auto found = registry().find(name);
  static const int level = best_isa_level();
  KernelFunction function = nullptr;
  if (found != registry().end())
    for (int l = level; l >= 0 && !function; --l) function = found->second.by_level[l];
  if (!function) {
    fail(env, "run: no such kernel");
    return nullptr;
  }
  KernelCall call;
  uint32_t count = 0;
  napi_get_array_length(env, argv[1], &count);
  napi_get_value_int32(env, argv[2], &call.inputs);
  napi_typedarray_type type;
  size_t dims_length = 0, attrs_length = 0;
  void *dims_data = nullptr, *attrs_data = nullptr;
  if (napi_get_typedarray_info(env, argv[3], &type, &dims_length, &dims_data, nullptr, nullptr) != napi_ok ||
      type != napi_int32_array ||
      napi_get_typedarray_info(env, argv[4], &type, &attrs_length, &attrs_data, nullptr, nullptr) != napi_ok ||
      type != napi_float64_array) {
    fail(env, "run: dims must be an Int32Array and attrs a Float64Array");
    return nullptr;
  }
  const int32_t* dims = static_cast<const int32_t*>(dims_data);
  const int32_t* dims_end = dims + dims_length;
  call.attrs.assign(static_cast<double*>(attrs_data), static_cast<double*>(attrs_data) + attrs_length);
  call.tensors.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    TensorView& view = call.tensors[i];
    if (dims_end - dims < 2 || dims[1] < 0 || dims[1] > 8 || dims_end - dims < 2 + dims[1]) {
      fail(env, "run: dims are malformed");
      return nullptr;
    }
    view.dtype = static_cast<DType>(dims[0]);
    view.rank = dims[1];
    for (int d = 0; d < view.rank; ++d) view.dims[d] = dims[2 + d];
    dims += 2 + view.rank;
    if (view.dtype == DType::kAbsent) continue;
    napi_value element;
    napi_get_element(env, argv[1], i, &element);
    size_t elements = 0;
    if (napi_get_typedarray_info(env, element, &type, &elements, &view.data, nullptr, nullptr) != napi_ok ||
        static_cast<int64_t>(elements) != view.size()) {
      fail(env, "run: a tensor is not a typed array of its shape's size");
      return nullptr;
    }
  }
  function(call);
  return nullptr;
}

napi_value threads(napi_env env, napi_callback_info) {
  napi_value result;
  napi_create_int32(env, ThreadPool::instance().threads(), &result);
  return result;
}

napi_value set_threads(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  int32_t wanted = 0;
  if (argc != 1 || napi_get_value_int32(env, argv[0], &wanted) != napi_ok || wanted < 1 || wanted > 256) {
    fail(env, "setThreads: pass a number from 1 to 256");
    return nullptr;
  }
  ThreadPool::instance().resize(wanted);
  return nullptr;
}

napi_value init(napi_env env, napi_value exports) {
  const auto method = [&](const char* name, napi_callback callback) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  };
  method("run", run);
  method("threads", threads);
  method("setThreads", set_threads);
  napi_value isa, names;
  napi_create_string_utf8(env, kIsaNames[best_isa_level()], NAPI_AUTO_LENGTH, &isa);
  napi_set_named_property(env, exports, "isa", isa);
  napi_create_array(env, &names);
  uint32_t i = 0;
  for (const auto& [name, entry] : registry()) {
    napi_value value;
    napi_create_string_utf8(env, name.c_str(), name.size(), &value);
    napi_set_element(env, names, i++, value);
  }
  napi_set_named_property(env, exports, "kernels", names);
  return exports;
}

}  // namespace

KernelRegistrar::KernelRegistrar(const char* name, int isa_level, KernelFunction function) {
  registry()[name].by_level[isa_level] = function;
}

void* scratch_memory(int slot, size_t bytes) {
  // Per calling thread: two isolates may run kernels at the same time.
  thread_local Scratch scratch;
  return scratch.get(slot, bytes);
}

void* thread_scratch_memory(int slot, size_t bytes) {
  thread_local Scratch scratch;
  return scratch.get(slot, bytes);
}

}  // namespace cachalot

NAPI_MODULE(NODE_GYP_MODULE_NAME, cachalot::init)
