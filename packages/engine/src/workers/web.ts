import type { WorkerMessage } from "../protocol.js";
import type { StartWorker } from "./engine-worker.js";

/** A dedicated Web Worker, as far as it is needed: Node's types have none. */
export interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "error", listener: (event: { message?: string }) => void): void;
}

/** What the worker says last: the page is not told otherwise that one has ended. */
export const CLOSED = { type: "closed" } as const;

/** An engine in a Web Worker. */
export function webWorkers(create: () => WebWorker): StartWorker {
  return () => {
    const worker = create();
    let end: (reason: string) => void;
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    const kill = (): void => {
      worker.terminate();
      end("was terminated");
    };
    worker.addEventListener("error", ({ message }) => {
      worker.terminate();
      end(`failed: ${message ?? "its script cannot be loaded"}`);
    });
    worker.addEventListener("message", ({ data }) => {
      if ((data as { type: string }).type === CLOSED.type) end("ended");
    });
    return {
      port: {
        postMessage: (message) => worker.postMessage(message),
        on: (_, listener: (message: WorkerMessage) => void) =>
          worker.addEventListener("message", ({ data }) => {
            if ((data as { type: string }).type !== CLOSED.type) listener(data as WorkerMessage);
          }),
        close: kill,
      },
      ended,
      kill,
    };
  };
}
