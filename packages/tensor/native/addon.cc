// The only file that speaks N-API: loads, picks an instruction set, and runs kernels by number.
#include <node_api.h>

#include <cstring>

#include "kernel_host.h"

namespace cachalot {
namespace {

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

void fail(napi_env env, const char* message) { napi_throw_error(env, nullptr, message); }

const std::vector<KernelFunction>& kernels() {
  static const auto* best = new std::vector<KernelFunction>(kernels_up_to(best_isa_level()));
  return *best;
}

// The arguments of a call are numbers in one array: N-API is asked for nothing but where that lies.
napi_value run(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (argc != 1 || napi_get_typedarray_info(env, argv[0], &type, &length, &data, nullptr, nullptr) != napi_ok ||
      type != napi_float64_array) {
    fail(env, "run: expected a Float64Array");
    return nullptr;
  }
  const double* at = static_cast<const double*>(data);
  size_t kernel = 0;
  KernelCall call;
  if (const char* wrong = decode_call(at, at + length, kernels().size(), &kernel, &call)) {
    fail(env, wrong);
    return nullptr;
  }
  kernels()[kernel](call);
  return nullptr;
}

napi_value address_of(napi_env env, napi_callback_info info) {
  size_t argc = 1, bytes = 0;
  napi_value argv[1], result;
  void* data = nullptr;
  napi_get_cb_info(env, info, &argc, argv, nullptr, nullptr);
  if (argc != 1 || napi_get_arraybuffer_info(env, argv[0], &data, &bytes) != napi_ok) {
    fail(env, "addressOf: expected an ArrayBuffer");
    return nullptr;
  }
  // An address has 48 bits or 57: a double has them all up to 53, and no system hands out more.
  napi_create_double(env, static_cast<double>(reinterpret_cast<uintptr_t>(data)), &result);
  return result;
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
  method("addressOf", address_of);
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
  bool all = true;
  for (const KernelFunction function : kernels()) all = all && function;
  napi_value complete;
  napi_get_boolean(env, all, &complete);
  napi_set_named_property(env, exports, "complete", complete);
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
