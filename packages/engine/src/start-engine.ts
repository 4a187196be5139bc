import { basename, resolve } from "node:path";
import type { AttentionMode, WeightDtype } from "@cachalot/model";
import type { DeviceName } from "@cachalot/tensor";
import { EngineClient } from "./engine-client.js";
import { LocalEngine } from "./local-engine.js";
import type { LoadOptions } from "./protocol.js";
import { Supervisor } from "./supervisor.js";
import { startProcess } from "./workers/process.js";
import { startThread } from "./workers/thread.js";

export interface EngineOptions {
  /** Name clients ask for. Default: the checkpoint directory's. */
  id?: string;
  /** Default: cpu where it works, else wasm. */
  device?: DeviceName;
  /**
   * bf16: matrices and latents in bf16, indexer keys in 8 bits; less than half the memory, and faster. q8: most matrices in 8
   * bits as well. Default f32.
   */
  weights?: WeightDtype;
  /** Default: sparse where the model has an indexer. */
  attention?: AttentionMode;
  /** Tokens of prompt and answer; default and most: what the model was made for. */
  contextLength?: number;
  /** Sequences generated at once. Default 8. */
  maxSequences?: number;
  /** Generations that may wait beyond those. Default 32. */
  maxQueue?: number;
  /** Prompt tokens read per step. Default 256. */
  prefillChunk?: number;
  /**
   * Memory for caches, of running sequences and of finished ones kept for prompts that begin the same way; at least what one
   * sequence of `contextLength` takes. Used as needed. Default 1 GiB.
   */
  cacheBytes?: number;
  /**
   * Where the checkpoint has a multi-token-prediction layer, guess a token ahead with it and check the guess in the next
   * forward pass: fewer passes for the same distribution of answers. Default true.
   */
  draft?: boolean;
  /**
   * Where the model runs. A thread costs least; when a kernel crashes, the program does. A process costs the answers it was
   * giving, and is started again. Default "thread".
   */
  isolation?: "thread" | "process";
  /** Told in a sentence that the worker died, and when it is tried again. Default: standard error. */
  onCrash?: (message: string) => void;
}

/**
 * Loads a checkpoint directory into a supervised worker: when that dies, its generations fail, and it is started again.
 * @throws EngineError `load_failed` with the reason.
 */
export async function startEngine(dir: string, options: EngineOptions = {}): Promise<LocalEngine> {
  const maxSequences = options.maxSequences ?? 8;
  const load: LoadOptions = {
    dir: resolve(dir),
    deviceName: options.device,
    weights: options.weights ?? "f32",
    attention: options.attention,
    contextLength: options.contextLength,
    maxSequences,
    prefillChunk: options.prefillChunk ?? 256,
    cacheBytes: options.cacheBytes ?? 2 ** 30,
    draft: options.draft ?? true,
    weightsVersion: 0,
  };
  const client = new EngineClient({ maxSequences, maxQueue: options.maxQueue ?? 32 });
  const startWorker = options.isolation === "process" ? startProcess : startThread;
  const supervisor = new Supervisor(startWorker, load, client, options.onCrash);
  const contextLength = await supervisor.start();
  return new LocalEngine(options.id ?? basename(resolve(dir)), contextLength, client, {
    close: () => supervisor.close(),
    loadWeights: (other) => supervisor.loadWeights(resolve(other)),
  });
}
