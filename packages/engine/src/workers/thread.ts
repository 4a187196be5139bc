import { Worker } from "node:worker_threads";
import type { EngineWorker } from "./engine-worker.js";

/** An engine in a worker thread: nothing to start, cheapest to talk to; a crash of a kernel takes the program with it. */
export function startThread(): EngineWorker {
  const worker = new Worker(new URL("./thread-entry.js", import.meta.url));
  const ended = new Promise<string>((resolve) => {
    worker.once("error", (error) => resolve(`failed: ${error.message}`));
    worker.once("exit", (code) => resolve(`ended with code ${code}`));
  });
  const kill = (): void => void worker.terminate();
  return {
    port: {
      postMessage: (message) => worker.postMessage(message),
      on: (event, listener) => worker.on(event, listener),
      close: kill,
    },
    ended,
    kill,
  };
}
