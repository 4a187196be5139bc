#include "thread_pool.h"

#include <algorithm>
#include <cstdlib>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cachalot {
namespace {
inline void relax() {
#if defined(__x86_64__)
  _mm_pause();
#else
  std::this_thread::yield();
#endif
}
// Kernels follow each other within microseconds; sleeping between them would cost more than they do.
constexpr int kSpins = 4000;
}  // namespace

ThreadPool& ThreadPool::instance() {
  // Never destroyed: worker threads must not be joined while the process exits.
  static ThreadPool* pool = new ThreadPool();
  return *pool;
}

ThreadPool::ThreadPool() {
  int threads = static_cast<int>(std::thread::hardware_concurrency());
  if (const char* wanted = std::getenv("CACHALOT_THREADS")) threads = std::atoi(wanted);
  start(std::clamp(threads, 1, 256));
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::start(int threads) {
  threads_ = threads;
  stopping_ = false;
  // The generation a worker starts from is taken here: a thread may get going only after the first run() began.
  const uint64_t seen = generation_.load(std::memory_order_acquire);
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this, seen] { worker(seen); });
}

void ThreadPool::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    generation_.fetch_add(1, std::memory_order_release);
  }
  wake_.notify_all();
  for (auto& thread : workers_) thread.join();
  workers_.clear();
}

void ThreadPool::resize(int threads) {
  std::lock_guard<std::mutex> run_lock(run_mutex_);
  stop();
  start(std::clamp(threads, 1, 256));
}

void ThreadPool::work() {
  for (int64_t part = next_.fetch_add(1, std::memory_order_relaxed); part < parts_;
       part = next_.fetch_add(1, std::memory_order_relaxed))
    fn_(context_, part);
}

void ThreadPool::worker(uint64_t seen) {
  for (;;) {
    int spins = 0;
    while (generation_.load(std::memory_order_acquire) == seen && spins < kSpins) {
      relax();
      ++spins;
    }
    if (generation_.load(std::memory_order_acquire) == seen) {
      std::unique_lock<std::mutex> lock(mutex_);
      ++sleeping_;
      wake_.wait(lock, [&] { return generation_.load(std::memory_order_relaxed) != seen; });
      --sleeping_;
    }
    seen = generation_.load(std::memory_order_acquire);
    if (stopping_) return;
    // Who comes late, because the machine gave its core to another, finds the run closed; nobody waits for it.
    active_.fetch_add(1);
    if (open_.load()) work();
    active_.fetch_sub(1);
  }
}

void ThreadPool::run(int64_t parts, void (*fn)(void*, int64_t), void* context) {
  if (parts <= 0) return;
  // One run at a time; a second caller (another worker_threads isolate) works alone rather than waits.
  std::unique_lock<std::mutex> run_lock(run_mutex_, std::try_to_lock);
  if (parts == 1 || threads_ == 1 || !run_lock.owns_lock()) {
    for (int64_t part = 0; part < parts; ++part) fn(context, part);
    return;
  }
  // Closed, and nobody inside: what the workers read may change.
  parts_ = parts;
  fn_ = fn;
  context_ = context;
  next_.store(0, std::memory_order_relaxed);
  open_.store(true);
  bool asleep;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    generation_.fetch_add(1, std::memory_order_release);
    asleep = sleeping_ > 0;
  }
  if (asleep) wake_.notify_all();
  work();
  // All parts are taken. Sequentially consistent with a worker's entry: either it sees the run closed or it is counted.
  open_.store(false);
  for (int spins = 0; active_.load() != 0; ++spins) {
    if (spins < kSpins)
      relax();
    else
      std::this_thread::yield();
  }
}

}  // namespace cachalot
