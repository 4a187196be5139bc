/** Entry of the worker thread: loads the model, then serves it. */

import { parentPort, workerData } from "node:worker_threads";
import { bytesPerToken, type KvCache, loadModel, loadTokenizer, readConfig } from "@cachalot/model";
import { createDevice, defaultDevice, PAGE_SIZE } from "@cachalot/tensor";
import type { CausalLanguageModel } from "./language-model.js";
import type { Report } from "./protocol.js";
import { serveEngine } from "./serve-engine.js";
import type { WorkerOptions } from "./start-engine.js";

const port = parentPort!;
const { dir, deviceName, weights, attention, contextLength, cacheBytes, ...serving } = workerData as WorkerOptions;
try {
  const device = deviceName ? createDevice(deviceName) : defaultDevice();
  const tokenizer = await loadTokenizer(dir);
  const config = await readConfig(dir);
  const limit = Math.min(contextLength ?? config.maxPositionEmbeddings, config.maxPositionEmbeddings);
  // One sequence of the longest kind always fits, with a block to spare for a copy.
  const cacheTokens = Math.max(
    Math.floor(cacheBytes / bytesPerToken(config, weights === "f32" ? "f32" : "bf16")),
    limit + 2 * PAGE_SIZE,
  );
  const model = await loadModel(dir, { device, dtype: weights, cacheTokens });
  const language: CausalLanguageModel<KvCache> = {
    blocks: model.blocks,
    createCache: (capacity, prefix) => model.createCache(capacity, prefix),
    forward: (inputs) => model.forward(inputs, attention ? { attention } : {}),
    sample: (logits, parameters) => model.sample(logits, parameters),
    dispose: () => model.dispose(),
  };
  serveEngine(port, language, tokenizer, { ...serving, contextLength: limit });
} catch (error) {
  const report: Report = { type: "load-failed", message: error instanceof Error ? error.message : String(error) };
  port.postMessage(report);
  port.close();
}
