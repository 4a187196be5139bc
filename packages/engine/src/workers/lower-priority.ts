import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { basename } from "node:path";
import { isMainThread } from "node:worker_threads";

/** Below the program's own threads, above what runs in the background. */
const NICENESS = 5;

/**
 * Lets the threads that serve clients go before this one and those it starts later, such as the kernels' pool. Where the
 * platform cannot do that for a thread, nothing happens.
 */
export function lowerPriority(): void {
  try {
    if (process.platform === "linux") setPriority(Number(basename(readlinkSync("/proc/thread-self"))), NICENESS);
    else if (isMainThread) setPriority(NICENESS);
  } catch {
    // Without /proc, or where a sandbox forbids it.
  }
}
