/** What every worker does: waits for a `load` command, loads that model, then runs the engine loop. */

import {
  blobSource,
  bytesPerToken,
  type CausalLM,
  checkpointConfig,
  loadModel,
  loadTokenizer,
  reloadWeights,
  withoutMtp,
} from "@cachalot/model";
import { BLOCK_SIZE, type DeviceName, openDevice } from "@cachalot/tensor";
import { runEngineLoop } from "../engine-loop.js";
import { languageModelOf } from "../model-adapter.js";
import { NODE_BYTES } from "../prefix-tree.js";
import type { Command, LoadOptions, Port, WorkerMessage } from "../protocol.js";

/** What a worker can do that has a process of its own. */
export interface WorkerAbilities {
  /** Its memory. */
  residentBytes?: () => number;
  /** Run the model before the first request. */
  warmUp?: boolean;
}

export function serveWorker(port: Port, abilities: WorkerAbilities = {}): void {
  port.on("message", (command: Command) => {
    if (command.type !== "load") return;
    loadAndRun(port, command.options, abilities).catch((error: unknown) => {
      const message: WorkerMessage = {
        type: "load-failed",
        message: error instanceof Error ? error.message : String(error),
      };
      port.postMessage(message);
      port.close();
    });
  });
}

async function loadAndRun(port: Port, options: LoadOptions, abilities: WorkerAbilities): Promise<void> {
  const { dir, deviceName, weights, attention, contextLength, cacheBytes, draft, ...serving } = options;
  // A name that no device has is an error of openDevice, which lists those there are.
  const device = await openDevice(deviceName as DeviceName | undefined);
  const location = typeof dir === "string" ? dir : blobSource(dir);
  const tokenizer = await loadTokenizer(location);
  const stored = await checkpointConfig(location);
  const config = draft ? stored : withoutMtp(stored);
  const limit = Math.min(contextLength ?? config.maxPositionEmbeddings, config.maxPositionEmbeddings);
  // One sequence of the longest kind always fits, with a block to spare for a copy.
  const tokenBytes = bytesPerToken(config, weights === "f32" ? "f32" : "bf16") + NODE_BYTES / BLOCK_SIZE;
  const cacheTokens = Math.max(Math.floor(cacheBytes / tokenBytes), limit + 2 * BLOCK_SIZE);
  const model = await loadModel(location, { device, dtype: weights, cacheTokens, mtp: draft });
  const reload = (from: string): Promise<void> => reloadWeights(model, from, { dtype: weights, mtp: draft });
  if (abilities.warmUp) await warmUp(model, Math.min(serving.prefillChunk, limit));
  runEngineLoop(
    port,
    languageModelOf(model, reload, attention),
    tokenizer,
    { ...serving, contextLength: limit },
    abilities.residentBytes,
  );
}

/** A pass that takes longer is not followed by a larger one: slow devices need no warm-up, they need time. */
const WARM_UP_MS = 100;

/**
 * Reads prompts of growing sizes, up to a full chunk: threads, scratch memory and compiled code are there before the first
 * request, and the process has the size it will have.
 */
async function warmUp(model: CausalLM, chunk: number): Promise<void> {
  for (let size = 1; size <= chunk; size = size < chunk ? Math.min(4 * size, chunk) : chunk + 1) {
    const cache = model.createCache(size);
    const began = performance.now();
    const { logits } = model.forwardOnDevice([{ cache, tokens: new Int32Array(size) }]);
    await model.device.read(logits!);
    logits!.dispose();
    cache.dispose();
    if (performance.now() - began > WARM_UP_MS) return;
  }
}
