/** Entry of the worker thread: loads the model, then serves it. */

import { parentPort, workerData } from "node:worker_threads";
import { bytesPerToken, checkpointConfig, loadModel, loadTokenizer, withoutMtp } from "@cachalot/model";
import { createDevice, defaultDevice, PAGE_SIZE } from "@cachalot/tensor";
import { runEngineLoop } from "./engine-loop.js";
import { languageModelOf } from "./model-adapter.js";
import type { WorkerMessage } from "./protocol.js";
import type { WorkerOptions } from "./start-engine.js";

const port = parentPort!;
const { dir, deviceName, weights, attention, contextLength, cacheBytes, draft, ...serving } =
  workerData as WorkerOptions;
try {
  const device = deviceName ? createDevice(deviceName) : defaultDevice();
  const tokenizer = await loadTokenizer(dir);
  const stored = await checkpointConfig(dir);
  const config = draft ? stored : withoutMtp(stored);
  const limit = Math.min(contextLength ?? config.maxPositionEmbeddings, config.maxPositionEmbeddings);
  // One sequence of the longest kind always fits, with a block to spare for a copy.
  const cacheTokens = Math.max(
    Math.floor(cacheBytes / bytesPerToken(config, weights === "f32" ? "f32" : "bf16")),
    limit + 2 * PAGE_SIZE,
  );
  const model = await loadModel(dir, { device, dtype: weights, cacheTokens, mtp: draft });
  runEngineLoop(port, languageModelOf(model, attention), tokenizer, { ...serving, contextLength: limit });
} catch (error) {
  const message: WorkerMessage = {
    type: "load-failed",
    message: error instanceof Error ? error.message : String(error),
  };
  port.postMessage(message);
  port.close();
}
