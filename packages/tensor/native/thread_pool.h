// A small thread pool: the caller works too, and waits until all parts are done.
#pragma once
#if defined(__wasm__)
#include <cstdint>

namespace cachalot {

// WebAssembly runs on one thread: the caller does all parts, in order.
class ThreadPool {
 public:
  static ThreadPool& instance() {
    static ThreadPool pool;
    return pool;
  }
  int threads() const { return 1; }
  void run(int64_t parts, void (*fn)(void*, int64_t), void* context) {
    for (int64_t part = 0; part < parts; ++part) fn(context, part);
  }
};

}  // namespace cachalot

#else
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace cachalot {

class ThreadPool {
 public:
  static ThreadPool& instance();
  ~ThreadPool();
  int threads() const { return threads_; }
  void resize(int threads);
  // Calls fn(context, part) for every part in [0, parts), on all threads.
  void run(int64_t parts, void (*fn)(void*, int64_t), void* context);

 private:
  ThreadPool();
  void worker(uint64_t seen);
  void work();
  void start(int threads);
  void stop();

  int threads_ = 1;
  std::vector<std::thread> workers_;
  std::mutex mutex_, run_mutex_;
  std::condition_variable wake_;
  int sleeping_ = 0;  // guarded by mutex_
  std::atomic<uint64_t> generation_{0};
  std::atomic<int64_t> next_{0};
  std::atomic<int> active_{0};     // workers that are inside a run, or look whether there is one
  std::atomic<bool> open_{false};  // whether there is
  int64_t parts_ = 0;
  void (*fn_)(void*, int64_t) = nullptr;
  void* context_ = nullptr;
  std::atomic<bool> stopping_{false};
};

}  // namespace cachalot

#endif
