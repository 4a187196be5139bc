// The kernels as a WebAssembly module: what JavaScript calls instead of the Node addon. One thread; the heap is the module's own.
#include "../kernel_host.h"

namespace cachalot {

KernelRegistrar::KernelRegistrar(const char* name, int isa_level, KernelFunction function) {
  registry()[name].by_level[isa_level] = function;
}

void* scratch_memory(int slot, size_t bytes) {
  static auto* scratch = new Scratch();
  return scratch->get(slot, bytes);
}

void* thread_scratch_memory(int slot, size_t bytes) {
  static auto* scratch = new Scratch();
  return scratch->get(slot, bytes);
}

namespace {

const std::vector<KernelFunction>& kernels() {
  static const auto* all = new std::vector<KernelFunction>(kernels_up_to(0));
  return *all;
}

}  // namespace
}  // namespace cachalot

#define CACHALOT_EXPORT(name) extern "C" __attribute__((export_name(#name)))

// Names of the kernels in order, one a line, null-terminated.
CACHALOT_EXPORT(kernelNames) const char* kernel_names() {
  static auto* names = [] {
    auto* text = new std::string();
    for (const auto& [name, entry] : cachalot::registry()) *text += name + "\n";
    return text;
  }();
  return names->c_str();
}

// Null where the memory has reached its limit.
CACHALOT_EXPORT(allocate) void* allocate(size_t bytes) { return std::aligned_alloc(64, bytes); }
CACHALOT_EXPORT(release) void release(void* block) { std::free(block); }

// Runs the call that `length` numbers describe. Returns 0, or where a text lies that says what is wrong.
CACHALOT_EXPORT(run) const char* run(const double* frame, size_t length) {
  // Kept between calls, so that its vectors are not made anew each time.
  static auto* call = new cachalot::KernelCall();
  size_t kernel = 0;
  const auto& all = cachalot::kernels();
  if (const char* wrong = cachalot::decode_call(frame, frame + length, all.size(), &kernel, call)) return wrong;
  all[kernel](*call);
  return nullptr;
}
