/** Entry of the worker thread: loads the model, then serves it. */

import { parentPort, workerData } from "node:worker_threads";
import { loadModel, loadTokenizer } from "@cachalot/model";
import { createDevice, defaultDevice } from "@cachalot/tensor";
import type { Report } from "./protocol.js";
import { serveEngine } from "./serve-engine.js";
import type { WorkerOptions } from "./start-engine.js";

const port = parentPort!;
const { dir, deviceName, weights, attention, contextLength, ...serving } = workerData as WorkerOptions;
try {
  const device = deviceName ? createDevice(deviceName) : defaultDevice();
  const tokenizer = await loadTokenizer(dir);
  const model = await loadModel(dir, { device, dtype: weights });
  const limit = model.config.maxPositionEmbeddings;
  const language = {
    createCache: (capacity: number) => model.createCache(capacity),
    prefill: (tokens: Int32Array, cache: ReturnType<typeof model.createCache>) =>
      model.prefill(tokens, cache, attention ? { attention } : {}),
    decode: (tokens: Int32Array, caches: readonly ReturnType<typeof model.createCache>[]) =>
      model.decode(tokens, caches, attention ? { attention } : {}),
    dispose: () => model.dispose(),
  };
  serveEngine(port, language, tokenizer, { ...serving, contextLength: Math.min(contextLength ?? limit, limit) });
} catch (error) {
  const report: Report = { type: "load-failed", message: error instanceof Error ? error.message : String(error) };
  port.postMessage(report);
  port.close();
}
