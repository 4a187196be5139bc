/** What is waited for, or the reason of a signal that aborts before. What then becomes of the work is nobody's. */
export function orAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  waited.catch(() => {});
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    waited.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
