/** What every worker does: waits for a `load` command, loads that model, then runs the engine loop. */

import { bytesPerToken, checkpointConfig, loadModel, loadTokenizer, reloadWeights, withoutMtp } from "@cachalot/model";
import { createDevice, defaultDevice, PAGE_SIZE } from "@cachalot/tensor";
import { runEngineLoop } from "../engine-loop.js";
import { languageModelOf } from "../model-adapter.js";
import type { Command, LoadOptions, Port, WorkerMessage } from "../protocol.js";

/** @param residentBytes memory of the worker alone, where it has some of its own */
export function serveWorker(port: Port, residentBytes?: () => number): void {
  port.on("message", (command: Command) => {
    if (command.type !== "load") return;
    loadAndRun(port, command.options, residentBytes).catch((error: unknown) => {
      const message: WorkerMessage = {
        type: "load-failed",
        message: error instanceof Error ? error.message : String(error),
      };
      port.postMessage(message);
      port.close();
    });
  });
}

async function loadAndRun(port: Port, options: LoadOptions, residentBytes?: () => number): Promise<void> {
  const { dir, deviceName, weights, attention, contextLength, cacheBytes, draft, ...serving } = options;
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
  const reload = (from: string): Promise<void> => reloadWeights(model, from, { dtype: weights, mtp: draft });
  runEngineLoop(
    port,
    languageModelOf(model, reload, attention),
    tokenizer,
    { ...serving, contextLength: limit },
    residentBytes,
  );
}
