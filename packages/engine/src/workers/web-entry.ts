/** Entry of the Web Worker. */

import { setKernelsAddress } from "@cachalot/tensor/browser";
import type { Command } from "../protocol.js";
import { serveWorker } from "./serve-worker.js";
import { CLOSED } from "./web.js";

/** The worker's global scope, as far as it is needed. */
const scope = globalThis as unknown as {
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: { data: Command }) => void): void;
  close(): void;
};

serveWorker({
  postMessage: (message) => scope.postMessage(message),
  on: (_, listener) =>
    scope.addEventListener("message", ({ data }) => {
      if (data.type === "load" && data.options.kernelsAddress) setKernelsAddress(data.options.kernelsAddress);
      listener(data);
    }),
  close: () => {
    scope.postMessage(CLOSED);
    scope.close();
  },
});
